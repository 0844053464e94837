import { type ApiClient, createApiClient } from '../cluster/api-client.ts'
import type { Clock } from '../cluster/clock.ts'
import { createEventRecorder } from '../cluster/event-recorder.ts'
import type { Log } from '../cluster/log.ts'
import { namespaces } from '../cluster/resource.ts'
import { discoverServer } from '../cluster/server-capabilities.ts'
import type { ApiTransport } from '../cluster/transport.ts'
import { commit, version } from '../core/build-info.ts'
import type { KubeObject } from '../core/kubernetes/object-meta.ts'
import { planSettings } from '../core/plan/plan-settings.ts'
import type { Releases } from '../core/version/releases.ts'
import { shippedReleases } from '../core/version/shipped-releases.ts'
import type { ServeOptions } from './controller-options.ts'
import { lead } from './lead.ts'
import type { ControllerMetrics } from './metrics.ts'
import { startPlanCaches } from './plan/plan-caches.ts'
import type { Readiness } from './readiness.ts'
import { registerCrd } from './register-crd.ts'
import type { ApiServers, ChannelFetch, HostSource, Shell } from './shell.ts'
import { untilConnected } from './until-connected.ts'
import { podNameVariable } from './upgrade/own-image.ts'

/** How a controller reaches its cluster and everything else that it does not make itself. All of its time and chance comes from here. */
export interface ClusterPorts {
  readonly transport: ApiTransport
  /** Absent: there is one way to the API. */
  readonly servers?: ApiServers
  /** Where the transport's address and credentials come from, for the log. */
  readonly source: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Between 0 (inclusive) and 1 (exclusive). */
  readonly random: () => number
  readonly log: Log
  readonly channelFetch: ChannelFetch
  /** Absent: no host is changed over SSH from here. */
  readonly hosts?: HostSource
  /** Which versions there are; what is shipped when left out. */
  readonly releases?: Releases
  /** Of the machine or the pod: who holds the Lease, and where events come from unless a node is named. */
  readonly hostName: string
  readonly metrics: ControllerMetrics
  readonly readiness: Readiness
  /** Ends the controller: what is being written is finished, the Lease is given back. */
  readonly signal: AbortSignal
}

/**
 * Serves the Plans of one cluster until `signal` aborts. Replicas that do not lead keep their caches filled, so that the next leader begins
 * at once. Throws `FalkirkError` when it cannot start and waiting would not help, and FK_LEASE_LOST when another replica has taken over.
 */
export async function serveCluster(options: ServeOptions, ports: ClusterPorts): Promise<void> {
  const onProblem = (problem: string | undefined) => ports.readiness.connection(problem)
  const connection = await untilConnected(() => connect(ports), { ...ports, onProblem })
  if (connection !== undefined) await work(options, makeShell(connection, options, ports), ports)
}

/** What the API server has told before anything begins. */
interface Connection {
  readonly client: ApiClient
  readonly clusterId: string
}

async function connect({ transport, source, clock, log }: ClusterPorts): Promise<Connection> {
  const client = createApiClient(transport, await discoverServer(transport), { clock })
  await registerCrd(client, log)
  const connection = { client, clusterId: await clusterId(client) }
  log.info({ version, commit, server: client.capabilities.gitVersion, source }, 'connected')
  return connection
}

async function work(options: ServeOptions, shell: Shell, { readiness, signal }: ClusterPorts): Promise<void> {
  const caches = startPlanCaches(shell)
  readiness.caches(caches.isSynced)
  try {
    await lead(options, shell, caches, signal)
  } finally {
    // nothing of it outlives it: the same process may stand for election again
    await Promise.all([shell.events.stop(), caches.stop()])
  }
}

function makeShell({ client, clusterId }: Connection, options: ServeOptions, ports: ClusterPorts): Shell {
  const { log, clock, random, channelFetch, env, metrics, readiness, hostName, hosts, servers, releases = shippedReleases() } = ports
  const { settings, problems } = planSettings(env)
  for (const problem of problems) log.warn({}, problem)
  const host = options.nodeName ?? hostName
  const podName = env[podNameVariable] || undefined
  return {
    client,
    ...(servers === undefined ? {} : { servers }),
    clock,
    random,
    log,
    events: createEventRecorder({ transport: client.transport, clock, component: options.name, host, log, random }),
    metrics,
    controllerName: options.name,
    namespace: options.namespace,
    ...(podName === undefined ? {} : { podName }),
    host,
    identity: hostName,
    clusterId,
    settings,
    releases,
    threads: options.threads,
    channelFetch,
    ...(hosts === undefined ? {} : { hosts }),
    onReflectorProblem: (plural, problem) => {
      readiness.watch(plural, problem?.message)
      if (problem === undefined) log.info({ resource: plural }, 'can be watched again')
      else log.error({ resource: plural, problem: problem.message }, 'cannot be watched')
    },
  }
}

/** The namespace's UID never changes while the cluster lives. */
async function clusterId(client: ApiClient): Promise<string> {
  const found = await client.get<KubeObject>(namespaces, { name: 'kube-system' })
  return found.metadata.uid ?? ''
}
