import { hostname } from 'node:os'
import { type ApiClient, createApiClient } from '../cluster/api-client.ts'
import type { Clock } from '../cluster/clock.ts'
import type { ClusterAccess } from '../cluster/cluster-access.ts'
import { createEventRecorder } from '../cluster/event-recorder.ts'
import { createTransport } from '../cluster/https-transport.ts'
import { loadClusterAccess } from '../cluster/kube-config.ts'
import type { Log } from '../cluster/log.ts'
import { namespaces } from '../cluster/resource.ts'
import { discoverServer } from '../cluster/server-capabilities.ts'
import type { ApiTransport } from '../cluster/transport.ts'
import { commit, version } from '../core/build-info.ts'
import type { KubeObject } from '../core/kubernetes/object-meta.ts'
import { planSettings } from '../core/plan/plan-settings.ts'
import type { ControllerOptions } from './controller-options.ts'
import { type HealthServer, startHealthServer } from './health-server.ts'
import { lead } from './lead.ts'
import { type ControllerMetrics, createMetrics } from './metrics.ts'
import { startPlanCaches } from './plan/plan-caches.ts'
import { Readiness } from './readiness.ts'
import { registerCrd } from './register-crd.ts'
import type { ChannelFetch, Shell } from './shell.ts'
import { untilConnected } from './until-connected.ts'

/** What comes from the machine: everything that the controller itself does not make. */
export interface ControllerPorts {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly channelFetch: ChannelFetch
  /** A person can answer what an exec plugin asks. */
  readonly interactive: boolean
  /** Ends the controller: what is being written is finished, the Lease is given back. */
  readonly signal: AbortSignal
}

/**
 * Runs the controller until `signal` aborts. Replicas that do not lead keep their caches filled, so that the next leader begins at once.
 * Throws `FalkirkError` when it cannot start and waiting would not help, and FK_LEASE_LOST when another replica has taken over.
 */
export async function runController(options: ControllerOptions, ports: ControllerPorts): Promise<void> {
  const metrics = createMetrics()
  const readiness = new Readiness()
  const health = await serveHealth(options.listen, metrics, readiness)
  try {
    const { kubeconfig, context, master } = options
    const access = await loadClusterAccess({ env: ports.env, interactive: ports.interactive, ...given({ kubeconfig, context, master }) })
    const transport = createTransport(access, { version, clock: ports.clock })
    try {
      const onProblem = (problem: string | undefined) => readiness.connection(problem)
      const connection = await untilConnected(() => connect(transport, access, ports), { ...ports, onProblem })
      if (connection !== undefined)
        await work(options, makeShell(connection, { metrics, readiness }, options, ports), readiness, ports.signal)
    } finally {
      await transport.close()
    }
  } finally {
    await health?.close()
  }
}

/** What the API server has told before anything begins. */
interface Connection {
  readonly client: ApiClient
  readonly clusterId: string
}

async function connect(transport: ApiTransport, access: ClusterAccess, { clock, log }: ControllerPorts): Promise<Connection> {
  const client = createApiClient(transport, await discoverServer(transport), { clock })
  await registerCrd(client, log)
  const connection = { client, clusterId: await clusterId(client) }
  log.info({ version, commit, server: client.capabilities.gitVersion, source: access.source }, 'connected')
  return connection
}

async function work(options: ControllerOptions, shell: Shell, readiness: Readiness, signal: AbortSignal): Promise<void> {
  const caches = startPlanCaches(shell)
  readiness.caches(caches.isSynced)
  try {
    await lead(options, shell, caches, signal)
    await shell.events.stop()
  } finally {
    await caches.stop()
  }
}

/** A queue that nobody works off for so long is a loop that hangs: a restart helps. */
const hangsAfterMs = 600_000

async function serveHealth(listen: string, metrics: ControllerMetrics, readiness: Readiness): Promise<HealthServer | undefined> {
  if (listen === '') return undefined
  return await startHealthServer(listen, {
    alive: () => (metrics.oldestMs() > hangsAfterMs ? 'plans have waited to be looked at for more than ten minutes' : undefined),
    ready: () => readiness.reason(),
    registry: metrics.registry,
  })
}

function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> }
}

function makeShell(
  { client, clusterId }: Connection,
  { metrics, readiness }: { metrics: ControllerMetrics; readiness: Readiness },
  options: ControllerOptions,
  ports: ControllerPorts,
): Shell {
  const { log, clock, random, channelFetch, env } = ports
  const { settings, problems } = planSettings(env)
  for (const problem of problems) log.warn({}, problem)
  const host = options.nodeName ?? hostname()
  return {
    client,
    clock,
    random,
    log,
    events: createEventRecorder({ transport: client.transport, clock, component: options.name, host, log, random }),
    metrics,
    controllerName: options.name,
    namespace: options.namespace,
    host,
    clusterId,
    settings,
    threads: options.threads,
    channelFetch,
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
