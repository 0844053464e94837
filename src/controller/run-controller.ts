import { hostname } from 'node:os'
import { type ApiClient, createApiClient } from '../cluster/api-client.ts'
import { isForbidden } from '../cluster/api-error.ts'
import type { Clock } from '../cluster/clock.ts'
import { ensureCrd } from '../cluster/custom-resource-definition.ts'
import { createEventRecorder, type EventRecorder } from '../cluster/event-recorder.ts'
import { createTransport } from '../cluster/https-transport.ts'
import { loadClusterAccess } from '../cluster/kube-config.ts'
import { runLeaderElection } from '../cluster/leader-election.ts'
import type { Log } from '../cluster/log.ts'
import { namespaces } from '../cluster/resource.ts'
import { discoverServer } from '../cluster/server-capabilities.ts'
import { commit, version } from '../core/build-info.ts'
import { FalkirkError } from '../core/falkirk-error.ts'
import type { KubeObject } from '../core/kubernetes/object-meta.ts'
import { planCrd } from '../core/plan/plan-crd.ts'
import { planSettings } from '../core/plan/plan-settings.ts'
import type { ControllerOptions } from './controller-options.ts'
import { startHealthServer } from './health-server.ts'
import { createMetrics } from './metrics.ts'
import { type PlanCaches, startPlanCaches } from './plan/plan-caches.ts'
import { PlanController } from './plan/plan-controller.ts'
import { watchServerVersion } from './server-version-watch.ts'
import type { ChannelFetch, Shell } from './shell.ts'

/** What comes from the machine: everything that the controller itself does not make. */
export interface ControllerPorts {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly channelFetch: ChannelFetch
  /** Ends the controller: what is being written is finished, the Lease is given back. */
  readonly signal: AbortSignal
}

/**
 * Runs the controller until `signal` aborts. Replicas that do not lead keep their caches filled, so that the next leader begins at once.
 * Throws `FalkirkError` when it cannot start, and FK_LEASE_LOST when another replica has taken over.
 */
export async function runController(options: ControllerOptions, ports: ControllerPorts): Promise<void> {
  const { log, clock, env, signal } = ports
  const { settings, problems } = planSettings(env)
  for (const problem of problems) log.warn({}, problem)
  const access = await loadClusterAccess({
    env,
    ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }),
    ...(options.context === undefined ? {} : { context: options.context }),
    ...(options.master === undefined ? {} : { master: options.master }),
  })
  const transport = createTransport(access)
  const metrics = createMetrics()
  let caches: PlanCaches | undefined
  const health =
    options.listen === ''
      ? undefined
      : await startHealthServer(options.listen, {
          alive: () => undefined,
          ready: () => (caches?.isSynced() === true ? undefined : 'caches are not filled yet'),
          registry: metrics.registry,
        })
  try {
    const client = createApiClient(transport, await discoverServer(transport), { clock })
    const host = options.nodeName ?? hostname()
    const events = createEventRecorder({ transport, clock, component: options.name, host, log, random: ports.random })
    const shell: Shell = {
      client,
      clock,
      random: ports.random,
      log,
      events,
      metrics,
      controllerName: options.name,
      namespace: options.namespace,
      clusterId: await clusterId(client),
      settings,
      threads: options.threads,
      channelFetch: ports.channelFetch,
      onReflectorProblem: (plural, problem) => {
        if (problem === undefined) log.info({ resource: plural }, 'can be watched again')
        else log.error({ resource: plural, problem: problem.message }, 'cannot be watched')
      },
    }
    log.info({ version, commit, server: client.capabilities.gitVersion, source: access.source }, 'connected')
    await registerCrd(client, log)
    caches = startPlanCaches(shell)
    await lead(options, shell, caches, host, signal)
    await events.stop()
  } finally {
    await caches?.stop()
    await health?.close()
    await transport.close()
  }
}

/** The namespace's UID never changes while the cluster lives. */
async function clusterId(client: ApiClient): Promise<string> {
  const found = await client.get<KubeObject>(namespaces, { name: 'kube-system' })
  return found.metadata.uid ?? ''
}

/** The Plan API has to be there; one that is newer or may not be changed is taken as it is. */
async function registerCrd(client: ApiClient, log: Log): Promise<void> {
  const outcome = await ensureCrd(client, client.capabilities, planCrd())
  if (typeof outcome === 'string') {
    log.info({ crd: 'plans.upgrade.cattle.io', outcome }, 'custom resource definition')
    return
  }
  if (outcome.kind === 'Forbidden' && (await planApiIsThere(client))) log.warn({ crd: 'plans.upgrade.cattle.io' }, outcome.message)
  else throw new FalkirkError(outcome.kind === 'Forbidden' ? 'FK_FORBIDDEN' : 'FK_CRD_OUTDATED', outcome.message)
}

async function planApiIsThere(client: ApiClient): Promise<boolean> {
  return client.transport
    .json({ method: 'GET', path: '/apis/upgrade.cattle.io/v1' })
    .then(() => true)
    .catch((error: unknown) => isForbidden(error))
}

async function lead(options: ControllerOptions, shell: Shell, caches: PlanCaches, host: string, signal: AbortSignal): Promise<void> {
  const at = `${options.namespace}/${options.name}`
  const program = `falkirk ${version} (${commit})`
  if (!options.leaderElect) return decide(shell, caches, host, { at, program }, signal)
  tell(shell.events, host, 'Starting', `${program} starting leader election for ${at}`)
  let lost: FalkirkError | undefined
  const election = runLeaderElection({
    transport: shell.client.transport,
    namespace: options.namespace,
    name: options.name,
    identity: hostname(),
    clock: shell.clock,
    random: shell.random,
    log: shell.log,
    onStarted: (leading) => decide(shell, caches, host, { at, program }, leading),
    onLost: (error) => {
      lost = error
    },
  })
  const stop = () => void election.stop().catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  await election.done
  if (lost !== undefined) throw lost
}

/** What the leader does: it waits for full caches, then turns the loop until it has to stop. */
async function decide(
  shell: Shell,
  caches: PlanCaches,
  host: string,
  { at, program }: { at: string; program: string },
  signal: AbortSignal,
): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([caches.synced, aborted])
  if (signal.aborted) return
  shell.metrics.leader.set(1)
  tell(shell.events, host, 'Started', `${program} running as ${at}`)
  const serverVersion = watchServerVersion(shell, () => controller.wakeAll())
  const controller = new PlanController(shell, caches, serverVersion.current)
  shell.metrics.watchQueue(controller.queue())
  shell.log.info({ as: at, nodes: caches.nodes.size, plans: caches.plans.size }, 'running')
  await aborted
  serverVersion.stop()
  await controller.stop()
  shell.metrics.leader.set(0)
}

/** Start-up is told on the node that the controller runs on, as it has always been. */
function tell(events: EventRecorder, node: string, reason: string, message: string): void {
  events.record({ object: { apiVersion: 'v1', kind: 'Node', name: node, uid: node }, type: 'Normal', reason, message })
}
