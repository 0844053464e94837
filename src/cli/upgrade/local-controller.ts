import { hostname } from 'node:os'
import { rootCertificates } from 'node:tls'
import { systemClock } from '../../cluster/clock.ts'
import { type Log, silentLog } from '../../cluster/log.ts'
import { createChannelFetch } from '../../controller/channel-fetch.ts'
import { controllerOptions } from '../../controller/controller-options.ts'
import { runController } from '../../controller/run-controller.ts'
import type { HostSource } from '../../controller/shell.ts'
import { standAgain } from '../../controller/stand-again.ts'
import { systemAuthorities } from '../../controller/system-authorities.ts'
import type { Releases } from '../../core/version/releases.ts'
import type { ClusterFlags } from './cluster.ts'

/** Name of the Lease that controllers share, and of the controller in the cluster. */
export const controllerName = 'system-upgrade-controller'

export interface LocalController {
  /** Gives the Lease back when what is being written has been written; what runs on hosts goes on there. */
  stop(): Promise<void>
}

export interface LocalControllerOptions extends Pick<ClusterFlags, 'kubeconfig' | 'context'> {
  readonly namespace: string
  readonly releases: Releases
  readonly hosts: HostSource
  /** Hears why it had to stop working for a while. */
  readonly onLost: (message: string) => void
  /** Hears why it has ended, if nobody has stopped it. */
  readonly onEnd: (error: unknown) => void
  /** `another`: who leads instead, as soon as that is known. */
  readonly onWaiting: (another: string) => void
}

/** The controller in this process, beside a command that follows its work. It stands for election as any other. */
export function startLocalController({
  namespace,
  releases,
  hosts,
  onEnd,
  onLost,
  onWaiting,
  ...access
}: LocalControllerOptions): LocalController {
  // another one on this machine is another contender
  const env = { FALKIRK_LEASE_IDENTITY: `${hostname()}-${process.pid}`, ...process.env }
  const options = controllerOptions({ ...access, namespace, name: controllerName, leaderElect: true, listen: '' }, env)
  const stop = new AbortController()
  const channelFetch = createChannelFetch([...rootCertificates, ...systemAuthorities(process.env)])
  const ports = { env, clock: systemClock, random: Math.random, channelFetch, releases, hosts, hostName: hostname(), interactive: false }
  const { signal } = stop
  const serve = () => runController(options, { ...ports, log: leaderLog(onWaiting), signal })
  const ended = standAgain(serve, { signal, onLost: ({ message }) => onLost(message) })
    .catch((error: unknown) => {
      if (!stop.signal.aborted) onEnd(error)
    })
    .finally(() => channelFetch.close())
  return {
    stop: async () => {
      stop.abort()
      await ended
    },
  }
}

/** What goes on is in the status of the run, which is shown; here it matters who leads. */
function leaderLog(onWaiting: (another: string) => void): Log {
  return {
    ...silentLog,
    info: (fields) => {
      if ('leader' in fields && typeof fields.leader === 'string' && fields.leader !== '') onWaiting(fields.leader)
    },
  }
}
