import type { EventRecorder } from '../cluster/event-recorder.ts'
import { runLeaderElection } from '../cluster/leader-election.ts'
import { commit, version } from '../core/build-info.ts'
import type { FalkirkError } from '../core/falkirk-error.ts'
import type { ServeOptions } from './controller-options.ts'
import { fencedClient, fencedEvents } from './fence.ts'
import { ForeignPlans } from './plan/foreign-plans.ts'
import type { PlanCaches } from './plan/plan-caches.ts'
import { PlanController } from './plan/plan-controller.ts'
import { watchServerVersion } from './server-version-watch.ts'
import type { Shell } from './shell.ts'
import { followUpgrades } from './upgrade/follow-upgrades.ts'

const program = `falkirk ${version} (${commit})`

/** Decides while this replica leads, or at once where no election is asked for. Throws FK_LEASE_LOST when another replica took over. */
export async function lead(options: ServeOptions, shell: Shell, caches: PlanCaches, signal: AbortSignal): Promise<void> {
  if (!options.leaderElect) return await decide(shell, caches, signal)
  tell(shell, 'Starting', `${program} starting leader election for ${shell.namespace}/${shell.controllerName}`)
  let lost: FalkirkError | undefined
  const election = runLeaderElection({
    transport: shell.client.transport,
    namespace: shell.namespace,
    name: shell.controllerName,
    identity: shell.identity,
    ...options.election,
    clock: shell.clock,
    random: shell.random,
    log: shell.log,
    onStarted: (leading) =>
      decide(
        fenced(shell, () => election.isLeader()),
        caches,
        leading,
      ),
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

function fenced(shell: Shell, isLeader: () => boolean): Shell {
  return { ...shell, client: fencedClient(shell.client, isLeader), events: fencedEvents(shell.events, isLeader) }
}

/** What the leader does: it waits for full caches, then turns the loop until it has to stop. */
async function decide(shell: Shell, caches: PlanCaches, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([caches.synced, aborted])
  if (signal.aborted) return
  const as = `${shell.namespace}/${shell.controllerName}`
  shell.metrics.leader.set(1)
  tell(shell, 'Started', `${program} running as ${as}`)
  let controller: PlanController | undefined
  const serverVersion = watchServerVersion(shell, caches.nodes, () => {
    controller?.wakeAll()
    upgrades.wakeAll()
  })
  const upgrades = followUpgrades(shell, caches, serverVersion.current)
  // a Plan begins with no node while a ClusterUpgrade is at work: first it has to be known whether one is
  await Promise.race([upgrades.known, aborted])
  if (!signal.aborted) controller = new PlanController(shell, caches, serverVersion.current)
  const foreign = new ForeignPlans(shell)
  if (controller !== undefined) shell.metrics.watchQueue(controller.queue())
  shell.log.info({ as, nodes: caches.nodes.size, plans: caches.plans.size }, 'running')
  await aborted
  serverVersion.stop()
  await Promise.all([controller?.stop(), upgrades.stop(), foreign.stop()])
  shell.metrics.leader.set(0)
}

/** Start-up is told on the node that the controller runs on, as it has always been. */
function tell({ events, host }: { events: EventRecorder; host: string }, reason: string, message: string): void {
  events.record({ object: { apiVersion: 'v1', kind: 'Node', name: host, uid: host }, type: 'Normal', reason, message })
}
