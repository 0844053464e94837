import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from './free-port.ts'
import { logTail, type OwnedProcess, startProcess } from './owned-process.ts'
import { type ProcessUsage, processUsage } from './process-usage.ts'

export interface FalkirkProcessOptions {
  /** The shipped bundle, `dist/falkirk.js`. */
  readonly program: string
  readonly kubeconfig: string
  /** Where its log goes. */
  readonly folder: string
  /** `falkirk` unless told; also the name of the log. */
  readonly processName?: string
  /** `system-upgrade-controller` unless told. */
  readonly name?: string
  /** `system-upgrade` unless told. */
  readonly namespace?: string
  readonly leaderElect?: boolean
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** For Node.js itself, e.g. `--cpu-prof`. */
  readonly nodeArgs?: readonly string[]
}

/** The controller as a process of its own, as a pod would run it. */
export interface FalkirkProcess {
  readonly process: OwnedProcess
  /** `http://127.0.0.1:PORT` of /healthz, /readyz and /metrics. */
  readonly url: string
  /** Resolves with the milliseconds from its start to the first 200 of /readyz; throws with the end of its log when it ends before. */
  ready(timeoutMs?: number): Promise<number>
  usage(): ProcessUsage | undefined
  /** SIGTERM, as a kubelet does. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
}

/** Starts it; it ends when this process ends, in whatever way. */
export async function startFalkirk(options: FalkirkProcessOptions): Promise<FalkirkProcess> {
  const [port = 0] = await freePorts(1)
  const begin = performance.now()
  const name = options.processName ?? 'falkirk'
  const owned = startProcess({
    name,
    logFile: join(options.folder, `${name}.log`),
    command: [process.execPath, ...(options.nodeArgs ?? []), options.program, 'controller', ...flags(options, port)],
    ...(options.env === undefined ? {} : { env: options.env }),
  })
  const url = `http://127.0.0.1:${port}`
  return {
    process: owned,
    url,
    usage: () => processUsage(owned.pid),
    async ready(timeoutMs = 60_000) {
      while (!(await answersReady(url))) {
        if (!owned.running) throw new Error(`the controller ended before it was ready:\n${logTail(owned.logFile)}`)
        if (performance.now() - begin > timeoutMs) throw new Error(`the controller is not ready:\n${logTail(owned.logFile)}`)
        await sleep(20)
      }
      return performance.now() - begin
    },
    async stop() {
      await owned.stop('SIGTERM')
    },
    async kill() {
      await owned.stop('SIGKILL')
    },
  }
}

function flags(options: FalkirkProcessOptions, port: number): string[] {
  const { kubeconfig, name = 'system-upgrade-controller', namespace = 'system-upgrade', leaderElect = true, args = [] } = options
  const election = leaderElect ? '--leader-elect' : '--no-leader-elect'
  return [`--kubeconfig=${kubeconfig}`, `--name=${name}`, `--namespace=${namespace}`, `--listen=127.0.0.1:${port}`, election, ...args]
}

async function answersReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`)
    await answer.arrayBuffer()
    return answer.status === 200
  } catch {
    return false
  }
}
