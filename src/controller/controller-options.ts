import { FalkirkError } from '../core/falkirk-error.ts'
import { type ElectionOptions, electionOptions } from './election-options.ts'

/** What the controller is started with. The names of flags and variables are those of system-upgrade-controller v0.20. */
export interface ControllerOptions {
  readonly debug: boolean
  readonly leaderElect: boolean
  readonly kubeconfig?: string
  readonly context?: string
  readonly master?: string
  /** Label value on Jobs, name of the Lease, source of events. */
  readonly name: string
  /** The only namespace whose Plans, Jobs and Secrets are looked at. */
  readonly namespace: string
  /** Source host of events; the machine's host name unless told. */
  readonly nodeName?: string
  readonly threads: number
  /** `host:port` or `:port` of /healthz, /readyz and /metrics; empty for none. */
  readonly listen: string
  readonly election: ElectionOptions
  /** A file of release data that are laid over those of the program. */
  readonly releases?: string
}

/** What does not depend on how the cluster is reached. */
export type ServeOptions = Pick<ControllerOptions, 'leaderElect' | 'name' | 'namespace' | 'nodeName' | 'threads' | 'election'>

/** Flags as the command line gives them, all optional. */
export interface ControllerFlags {
  readonly debug?: boolean
  readonly leaderElect?: boolean
  readonly kubeconfig?: string
  readonly context?: string
  readonly master?: string
  readonly name?: string
  readonly namespace?: string
  readonly nodeName?: string
  readonly threads?: string
  readonly listen?: string
  readonly releases?: string
}

type Environment = Readonly<Record<string, string | undefined>>
const prefix = 'SYSTEM_UPGRADE_CONTROLLER_'

/** Flags first, then the environment, then defaults. Throws FK_BAD_SETTING with one sentence that names the flag and the variable. */
export function controllerOptions(flags: ControllerFlags, env: Environment): ControllerOptions {
  const text = (flag: string | undefined, variable: string) => flag || env[`${prefix}${variable}`] || undefined
  const kubeconfig = text(flags.kubeconfig, 'KUBE_CONFIG')
  const master = text(flags.master, 'MASTER_URL')
  const nodeName = text(flags.nodeName, 'NODE_NAME')
  const releases = flags.releases || env.FALKIRK_RELEASES || undefined
  return {
    debug: flags.debug ?? flag(env, 'DEBUG'),
    leaderElect: flags.leaderElect ?? flag(env, 'LEADER_ELECT'),
    name: required(text(flags.name, 'NAME'), '--name', 'NAME'),
    namespace: required(text(flags.namespace, 'NAMESPACE'), '--namespace', 'NAMESPACE'),
    threads: threads(text(flags.threads, 'THREADS')),
    listen: flags.listen ?? env.FALKIRK_LISTEN ?? ':8080',
    election: electionOptions(env),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(flags.context === undefined ? {} : { context: flags.context }),
    ...(master === undefined ? {} : { master }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(releases === undefined ? {} : { releases }),
  }
}

function required(value: string | undefined, flagName: string, variable: string): string {
  if (value !== undefined) return value
  throw new FalkirkError('FK_BAD_SETTING', `${flagName} is missing: set it, or the environment variable ${prefix}${variable}`)
}

function flag(env: Environment, variable: string): boolean {
  const value = env[`${prefix}${variable}`]
  if (value === undefined || value === '') return false
  if (/^(1|t|true)$/i.test(value)) return true
  if (/^(0|f|false)$/i.test(value)) return false
  throw new FalkirkError('FK_BAD_SETTING', `${prefix}${variable} is "${value}": write true or false`)
}

function threads(value: string | undefined): number {
  const count = Number(value ?? 2)
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count
  throw new FalkirkError('FK_BAD_SETTING', `--threads (${prefix}THREADS) is "${value}": write a whole number from 1 to 1000`)
}
