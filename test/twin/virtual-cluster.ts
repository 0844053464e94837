import { silentLog } from '../../src/cluster/log.ts'
import type { ApiRequest, ApiTransport } from '../../src/cluster/transport.ts'
import { VirtualClock } from '../../src/cluster/virtual-clock.ts'
import { controllerOptions } from '../../src/controller/controller-options.ts'
import { createMetrics } from '../../src/controller/metrics.ts'
import { Readiness } from '../../src/controller/readiness.ts'
import { serveCluster } from '../../src/controller/serve-cluster.ts'
import type { ApiServers, ChannelFetch, HostSource } from '../../src/controller/shell.ts'
import type { RequestFaults } from '../../src/twin/api/http/request-faults.ts'
import type { Machine } from '../../src/twin/machine/machine.ts'
import { ObjectStore } from '../../src/twin/store/object-store.ts'
import { seededRandom } from '../../src/twin/time/seeded-random.ts'
import { createTwin, type Twin, type TwinOptions } from '../../src/twin/twin.ts'
import { type DeathAtCall, type DeathAtWrite, type KillablePorts, killableHosts, killablePorts } from './killable-ports.ts'

export const namespace = 'system-upgrade'
export const startMs = Date.UTC(2026, 10, 21, 12)

export interface VirtualClusterOptions {
  readonly seed: number
  /** Of the API server, until its control plane is upgraded; `v1.20.2+k3s1` unless told. */
  readonly version?: string
  readonly machines: readonly Machine[]
  readonly store?: ObjectStore
  readonly kubelets?: TwinOptions['kubelets']
  readonly latencies?: TwinOptions['latencies']
  /** What goes wrong with single requests of anybody. */
  readonly faults?: RequestFaults
  readonly channelFetch?: ChannelFetch
}

/** A twin and the real controller of Plans, both in virtual time: nothing passes but what `clock` says. */
export interface VirtualCluster {
  readonly clock: VirtualClock
  readonly store: ObjectStore
  readonly twin: Twin
  /** What went wrong inside the twin or ended a controller that nobody had stopped. */
  readonly defects: readonly string[]
  /** Adds to them. */
  defect(where: string, error: unknown): void
  /** Starts a controller as a process of its own, as the leader or to become it. */
  startController(options?: ControllerStart): RunningController
  stop(): void
}

export interface ControllerStart {
  readonly leaderElect?: boolean
  readonly env?: Readonly<Record<string, string>>
  readonly death?: DeathAtWrite & { onDeath(): void }
  /** At one of its calls to hosts. */
  readonly deathAtCall?: DeathAtCall & { onDeath(): void }
  /** Writes that take their time to reach the server, and their answers to come back. */
  readonly slow?: { readonly paths: RegExp; readonly thereMs: number; readonly backMs: number }
  /** One that is there already; the usual one unless told. */
  readonly namespace?: string
  /** Hosts that it reaches over SSH; none unless told. */
  readonly hosts?: HostSource
  /** Told which API servers are not to be asked. */
  readonly servers?: ApiServers
  /** Name of the service account that it asks as; one that may do everything unless told. */
  readonly account?: string
}

export interface RunningController extends Pick<KillablePorts, 'kill' | 'isDead' | 'writes'> {
  /** SIGTERM; resolves when it has ended, for which time has to pass. */
  stop(): Promise<void>
}

const accountName = (name: string) => `system:serviceaccount:${namespace}:${name}`

/** The user that the controller asks as. */
const account = { username: accountName('system-upgrade'), groups: ['system:masters', 'system:authenticated'] }

/** Ten seconds of the new cluster have passed when it is there: its nodes are Ready. */
export async function virtualCluster(options: VirtualClusterOptions): Promise<VirtualCluster> {
  const { seed, version = 'v1.20.2+k3s1', machines } = options
  const clock = new VirtualClock({ startMs })
  const store = options.store ?? new ObjectStore()
  const random = seededRandom(seed)
  const defects: string[] = []
  const defect = (where: string, error: unknown) => void defects.push(`${where}: ${error instanceof Error ? error.stack : String(error)}`)
  const twin = await createTwin({
    clock,
    random,
    version,
    store,
    kubelets: { heartbeats: 'Elided', events: 'None', ...options.kubelets },
    ...(options.latencies === undefined ? {} : { latencies: options.latencies }),
    ...(options.faults === undefined ? {} : { api: { faults: options.faults } }),
    onDefect: defect,
  })
  await twin.addNodes(machines)
  await twin.start()
  await twin.api.client.create('namespaces', { metadata: { name: namespace } })
  await twin.api.client.create('serviceaccounts', { metadata: { namespace, name: 'system-upgrade' } })
  await twin.api.client.create('clusterrolebindings.rbac.authorization.k8s.io', {
    metadata: { name: 'system-upgrade' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'system-upgrade', namespace }],
  })
  await clock.advance(10_000)
  let started = 0
  const startController = (start: ControllerStart = {}) => {
    started += 1
    return runningController({ twin, clock, random, defects, options, start, hostName: `controller-${started}` })
  }
  return { clock, store, twin, defects, defect, startController, stop: () => twin.close() }
}

interface Started {
  readonly twin: Twin
  readonly clock: VirtualClock
  readonly random: () => number
  readonly defects: string[]
  readonly options: VirtualClusterOptions
  readonly start: ControllerStart
  readonly hostName: string
}

function slowWrites(transport: ApiTransport, clock: VirtualClock, slow: ControllerStart['slow']): ApiTransport {
  if (slow === undefined) return transport
  return {
    stream: (request) => transport.stream(request),
    json: async <T>(request: ApiRequest): Promise<T> => {
      if (request.method === 'GET' || !slow.paths.test(request.path)) return await transport.json<T>(request)
      await clock.sleep(slow.thereMs)
      try {
        return await transport.json<T>(request)
      } finally {
        await clock.sleep(slow.backMs)
      }
    },
  }
}

function runningController({ twin, clock, random, defects, options, start, hostName }: Started): RunningController {
  const user =
    start.account === undefined ? account : { ...account, username: accountName(start.account), groups: ['system:authenticated'] }
  const transport = slowWrites(twin.transport(user), clock, start.slow)
  const ports = killablePorts({ clock, transport }, start.death)
  const stop = new AbortController()
  const settings = controllerOptions(
    { name: 'system-upgrade-controller', namespace: start.namespace ?? namespace, leaderElect: start.leaderElect ?? false, listen: '' },
    start.env ?? {},
  )
  const ended = serveCluster(settings, {
    transport: ports.transport,
    clock: ports.clock,
    source: 'virtual',
    env: { SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE: 'rancher/kubectl:v1.20.2', ...start.env },
    random,
    log: silentLog,
    channelFetch: options.channelFetch ?? (async () => ({ kind: 'Failed', message: 'no channel here' })),
    hostName,
    metrics: createMetrics(),
    readiness: new Readiness(),
    ...(start.servers === undefined ? {} : { servers: start.servers }),
    ...(start.hosts === undefined ? {} : { hosts: killableHosts(start.hosts, ports, start.deathAtCall) }),
    signal: stop.signal,
  }).then(
    () => stop.signal.aborted || defects.push(`${hostName} ended of itself`),
    (error: unknown) => defects.push(`${hostName} failed: ${error instanceof Error ? error.stack : String(error)}`),
  )
  return Object.assign(ports, {
    stop: async () => {
      stop.abort()
      await ended
    },
  })
}
