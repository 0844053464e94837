import type { Clock } from '../../src/cluster/clock.ts'
import { as, type KubeObject } from '../../src/twin/kube-object.ts'
import { ObjectStore } from '../../src/twin/store/object-store.ts'
import type { PlanEnd } from './expected-end.ts'
import { unexpectedEnd } from './expected-end.ts'
import { type Death, type PlanStory, type StoryPlan, versionText } from './plan-story.ts'
import { PlanWitness } from './plan-witness.ts'
import { planObject, storyMachines, targetText, workloadObjects } from './story-objects.ts'
import { namespace, type RunningController, type VirtualCluster, virtualCluster } from './virtual-cluster.ts'

/** How a story ended. */
export interface StoryEnd {
  /** What must never be, one sentence each. */
  readonly violations: readonly string[]
  readonly plans: readonly PlanEnd[]
  /** Kubelet versions by node name, when the Plans had come to their end. */
  readonly versions: ReadonlyMap<string, string>
  readonly virtualMs: number
  readonly deaths: number
}

/** Times of the controller, shorter than the usual ones: what waits for them costs more than what happens. */
const env = {
  SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS: '240',
  SYSTEM_UPGRADE_JOB_TTL_SECONDS_AFTER_FINISH: '200',
  FALKIRK_VERIFY_TIMEOUT: '2m',
  CATTLE_ELECTION_LEASE_DURATION: '90s',
  CATTLE_ELECTION_RENEW_DEADLINE: '75s',
}
/** Without any change for so long, which is longer than each of those times, nothing more will come. */
const quietMs = 5 * 60_000
const longestMs = 12 * 3600_000

/** Tells a story to its end; throws nothing for what goes wrong in it. `store` and `clock` may be looked at from outside. */
export async function runStory(story: PlanStory, store = new ObjectStore(), onClock = (_: Clock) => {}): Promise<StoryEnd> {
  let witness: PlanWitness | undefined
  const kubelets = { onContainer: (happening: Parameters<PlanWitness['onContainer']>[0]) => witness?.onContainer(happening) }
  const cluster = await virtualCluster({
    seed: story.seed,
    version: versionText('Usual', story.minor),
    machines: storyMachines(story),
    store,
    kubelets,
  })
  onClock(cluster.clock)
  try {
    witness = new PlanWitness(store, () => cluster.clock.now())
    await prepare(cluster, story)
    witness.begin()
    const controllers = new Controllers(cluster, story)
    controllers.startNext()
    await tell(cluster, story)
    const ended = await untilQuiet(cluster, controllers)
    const plans = story.plans.map((plan, i) => planEnd(cluster, plan, i))
    const unexplained = plans.flatMap((plan) => unexpectedEnd(plan, story))
    const versions = kubeletVersions(cluster)
    const unused = await clearAway(cluster)
    const violations = [
      ...witness.violations,
      ...ended,
      ...unexplained,
      ...unused,
      ...witness.leftOvers(),
      ...cluster.defects,
      ...controllers.misdeeds(),
    ]
    return { violations, plans, versions, virtualMs: cluster.clock.now(), deaths: controllers.deaths }
  } finally {
    cluster.stop()
  }
}

async function prepare(cluster: VirtualCluster, { servers, agents, workloads }: PlanStory): Promise<void> {
  const { client } = cluster.twin.api
  for (const [role, nodes] of [
    ['server', servers],
    ['agent', agents],
  ] as const) {
    for (const [i, { foreign }] of nodes.entries()) {
      if (!foreign.startsWith('Cordon')) continue
      await client.change('nodes', { name: `${role}-${i}` }, (node) => ({
        ...node,
        spec: { ...(node.spec as object), unschedulable: true },
      }))
    }
  }
  for (const [i, workload] of workloads.entries()) {
    for (const [resource, draft] of workloadObjects(workload, `app-${i}`)) await client.create(resource, draft)
  }
  await cluster.clock.advance(60_000)
}

/** The controllers of a story, one after the other. */
class Controllers {
  deaths = 0
  /** When the last one was started, or will be. */
  startedMs = 0
  readonly #cluster: VirtualCluster
  readonly #story: PlanStory
  readonly #all: RunningController[] = []

  constructor(cluster: VirtualCluster, story: PlanStory) {
    this.#cluster = cluster
    this.#story = story
  }

  startNext(): void {
    const { clock } = this.#cluster
    const { leaderElect, deaths } = this.#story
    const death = deaths[this.#all.length]
    const onDeath = () => this.#died(death)
    const atWrite = death?.kind === 'AtWrite' ? { death: { write: death.write, when: death.when, onDeath } } : {}
    const controller = this.#cluster.startController({ leaderElect, env, ...atWrite })
    this.#all.push(controller)
    if (death?.kind !== 'AtTime') return
    clock.after(death.afterMs, () => {
      controller.kill()
      onDeath()
    })
  }

  /** A drain by the controller asks for evictions; a pod that it deletes itself has passed its budget. */
  misdeeds(): string[] {
    const deleted = this.#all.flatMap(({ writes }) => writes.filter(({ method, path }) => method === 'DELETE' && path.includes('/pods/')))
    return deleted.map(({ path }) => `${path} was deleted past its budget`)
  }

  #died(death: Death | undefined): void {
    this.deaths += 1
    const { clock } = this.#cluster
    const awayMs = (death?.awaySeconds ?? 0) * 1000
    this.startedMs = clock.now() + awayMs
    clock.after(awayMs, () => this.startNext())
  }
}

/** What people do with the Plans, at their times. */
async function tell({ clock, twin, store }: VirtualCluster, { plans, minor }: PlanStory): Promise<void> {
  const { client } = twin.api
  // the definition of Plans is written by the controller, which may be dying
  for (
    let i = 0;
    i < 120 && store.get('customresourcedefinitions.apiextensions.k8s.io', undefined, 'plans.upgrade.cattle.io') === undefined;
    i++
  ) {
    await clock.advance(10_000)
  }
  await clock.advance(1_000)
  const deeds = plans.flatMap((plan, i) => {
    const key = { namespace, name: `plan-${i}` }
    const { edit, deletedAfterSeconds, afterSeconds } = plan
    const at = (seconds: number, act: () => Promise<unknown>) => [{ atMs: clock.now() + seconds * 1000, act }]
    const change = (current: KubeObject) => ({
      ...current,
      spec: { ...(current.spec as object), version: targetText(edit?.target ?? 'Patch', minor) },
    })
    return [
      ...at(afterSeconds, () => client.create(resource, planObject(plan, minor, key.name))),
      ...(edit === undefined || deletedAfterSeconds !== undefined
        ? []
        : at(afterSeconds + edit.afterSeconds, () => client.change(resource, key, change))),
      ...(deletedAfterSeconds === undefined ? [] : at(afterSeconds + deletedAfterSeconds, () => client.delete(resource, key))),
    ]
  })
  for (const { atMs, act } of deeds.sort((a, b) => a.atMs - b.atMs)) {
    await clock.advanceTo(Math.max(atMs, clock.now()))
    await act()
  }
}

const resource = 'plans.upgrade.cattle.io'

/** Resolves when nothing has changed for a while but what beats by itself; tells when that never comes. */
async function untilQuiet({ clock, store }: VirtualCluster, controllers: Controllers): Promise<string[]> {
  let lastMs = clock.now()
  const end = store.subscribe(({ resource: changed }) => {
    if (watched.has(changed)) lastMs = clock.now()
  })
  const giveUpMs = clock.now() + longestMs
  const quietSinceMs = () => Math.max(lastMs, controllers.startedMs)
  while (clock.now() < quietSinceMs() + quietMs && clock.now() < giveUpMs) await clock.advance(60_000)
  end()
  return clock.now() < giveUpMs ? [] : [`nothing has come to rest within ${longestMs / 3600_000} h`]
}

const watched = new Set(['nodes', 'pods', 'jobs.batch', resource])

function planEnd({ store }: VirtualCluster, story: StoryPlan, index: number): PlanEnd {
  const name = `plan-${index}`
  const plan = store.get(resource, namespace, name)
  const { conditions = [] } = as<{ status?: { conditions?: readonly Condition[] } }>(plan ?? {}).status ?? {}
  const complete = conditions.find(({ type }) => type === 'Complete')
  return {
    name,
    story,
    complete: complete === undefined ? '' : `${complete.status}/${complete.reason ?? ''}`,
    message: complete?.message ?? '',
  }
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

function kubeletVersions({ store }: VirtualCluster): ReadonlyMap<string, string> {
  const version = (node: KubeObject) => (node.status as { nodeInfo: { kubeletVersion: string } }).nodeInfo.kubeletVersion
  return new Map(store.list('nodes').map((node) => [node.metadata.name, version(node)]))
}

/** All Plans are taken away: what they left behind goes with them. */
async function clearAway({ clock, store, twin }: VirtualCluster): Promise<string[]> {
  for (const { metadata } of store.list(resource)) await twin.api.client.delete(resource, { namespace, name: metadata.name })
  await clock.advance(quietMs)
  return store.list('jobs.batch', namespace).map(({ metadata }) => `Job ${metadata.name} is left without its Plan`)
}
