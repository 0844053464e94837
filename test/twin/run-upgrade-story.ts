import type { ClusterUpgradeSpec } from '../../src/core/upgrade/api/upgrade-spec.ts'
import { StatusError } from '../../src/twin/api/status-error.ts'
import type { ImageBehaviour } from '../../src/twin/kubelet/image-behaviour.ts'
import { befall } from './host-mishaps.ts'
import { HostWitness, unfinishedHosts } from './host-witness.ts'
import { workloadObjects } from './story-objects.ts'
import { TwinHosts } from './twin-hosts.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'
import { bringBack, carryOut, type Hurt, versionsOf, wantedVersion, wish } from './upgrade-deeds.ts'
import type { UpgradeStory } from './upgrade-story.ts'

export interface UpgradeStoryEnd {
  readonly phase: string
  readonly violations: readonly string[]
  readonly nodes: number
  /** That began on hosts. */
  readonly steps: number
  readonly deaths: number
  readonly virtualMs: number
}

const ends = new Set(['Complete', 'CompletedWithFindings', 'Cancelled', 'Refused'])
const longestMs = 36 * 3_600_000
/** Whoever has broken a spec mends it after this time. */
const brokenSeconds = 90

/** Tells a story to its end: what people have stopped is mended and continued. Throws nothing for what goes wrong in it. */
export async function runUpgradeStory(story: UpgradeStory): Promise<UpgradeStoryEnd> {
  const run = await UpgradeCluster.start({
    seed: story.seed,
    version: versionsOf(story)[0],
    distribution: story.hosts === undefined ? 'k3s' : 'kubeadm',
    servers: story.servers,
    workers: story.workers.length,
    poolOf: (worker) => story.workers[worker]?.pool ?? 'blue',
    objects: story.workloads.flatMap((workload, index) => workloadObjects(workload, `app-${index}`)),
    behaviours: [failing(story)],
    ...(story.detachSeconds === undefined ? {} : { detachSeconds: story.detachSeconds }),
  })
  const { cluster, witness } = run
  const startedMs = cluster.clock.now()
  try {
    witness.mayBreakBudgets = story.whenBlocked === 'Force'
    for (const pool of ['blue', 'green']) witness.maxUnavailable.set(pool, story.namesPools ? story.maxUnavailable : 10)
    for (const [index, { cordoned }] of story.workers.entries()) if (cordoned) await run.cordon(`worker-${index}`)
    const hurt: Hurt = new Map()
    const reached = reachHosts(run, story, hurt)
    const deaths = startControllers(run, story, reached?.hosts)
    await run.create('up', specOf(story))
    await tell(run, story, hurt)
    const ended = await untilEnded(run, story, hurt)
    await cluster.clock.advance(120_000)
    const { phase = 'Deleted' } = run.status('up')
    // what was set aside stays as it is after such an end, and nothing else does
    const aside = phase === 'CompletedWithFindings' ? setAside(run) : []
    const left = witness.leftOvers().filter((what) => !aside.some((name) => what.startsWith(`${name} is left`)))
    const unfinished = phase === 'Complete' ? notThere(run, story) : []
    const outside = witness.changed.filter((node) => isOutside(node, story)).map((node) => `${node} is not in the scope of the run`)
    const violations = [...ended, ...unfinished, ...outside, ...left, ...run.problems()]
    const steps = reached?.witness.steps ?? 0
    return { phase, violations, nodes: witness.changed.length, steps, deaths: deaths(), virtualMs: cluster.clock.now() - startedMs }
  } finally {
    cluster.stop()
  }
}

/** The hosts of a story over SSH, and who judges what is done there; power comes back to machines with `hurt`. */
function reachHosts(
  run: UpgradeCluster,
  { hosts: mishaps, servers, workers }: UpgradeStory,
  hurt: Hurt,
): { readonly hosts: TwinHosts; readonly witness: HostWitness } | undefined {
  if (mishaps === undefined) return undefined
  const { cluster, witness: judge } = run
  const hosts = new TwinHosts(cluster)
  const lostMs = new Map<string, number>()
  const witness = new HostWitness(cluster.twin.fleet, () => cluster.clock.now(), {
    takenBack: judge.takenBack,
    seeChange: (node) => judge.seeChange(node),
    violated: (what) => judge.violated(what),
    lostMs: (node) => (hurt.has(node) ? lostMs.get(node) : undefined),
  })
  hosts.onStep = (happening) => witness.onStep(happening)
  befall(mishaps, { cluster, hosts, servers, workers: workers.length, hurt, lostMs })
  return { hosts, witness }
}

function setAside({ cluster: { store } }: UpgradeCluster): readonly string[] {
  const nodes = store.list('nodes').filter(({ metadata }) => metadata.labels?.['falkirk.dev/quarantined'] !== undefined)
  return nodes.map(({ metadata }) => metadata.name)
}

function specOf({
  hosts,
  hops,
  namesPools,
  first,
  max,
  maxUnavailable,
  everyHop,
  whenBlocked,
  budget,
  retries,
  stopAfter,
  scope,
  workers,
}: UpgradeStory) {
  const used = (['green', 'blue'] as const).filter((name) => workers.some(({ pool }) => pool === name))
  const versions = versionsOf({ ...(hosts === undefined ? {} : { hosts }) })
  const pools = used.map((name) => ({ name, nodeSelector: { matchLabels: { pool: name } }, batches: { first, max }, maxUnavailable }))
  return {
    version: versions[hops + 1] ?? versions[1],
    ...(namesPools && pools.length > 0 ? { pools } : {}),
    ...(scope === undefined ? {} : { scope }),
    ...(everyHop ? { workers: 'EveryHop' as const } : {}),
    ...(stopAfter === undefined ? {} : { stopAfter }),
    drain: { timeout: '5m', whenBlocked },
    failure: { retries, budget },
    ...(hosts === undefined ? {} : { node: { via: 'SSH' as const } }),
  } satisfies ClusterUpgradeSpec
}

function failing({ failures }: UpgradeStory): ImageBehaviour {
  const left = new Map<string, number>(failures.map(({ worker, times }) => [`worker-${worker}`, times] as const))
  return ({ container, machine }) => {
    const times = left.get(machine.name) ?? 0
    if (container.name !== 'upgrade' || times === 0) return undefined
    left.set(machine.name, times - 1)
    return { seconds: 2, exitCode: 3, effects: [], log: 'the disk is full\n' }
  }
}

/** The controllers of a story, one after the other; gives how many have died. */
function startControllers({ cluster }: UpgradeCluster, { deaths }: UpgradeStory, hosts: TwinHosts | undefined): () => number {
  let started = 0
  let died = 0
  const startNext = () => {
    const death = deaths[started]
    started += 1
    const onDeath = () => {
      died += 1
      cluster.clock.after((death?.awaySeconds ?? 0) * 1_000, startNext)
    }
    const controller = cluster.startController({
      ...(hosts === undefined ? {} : { hosts }),
      ...(death?.kind === 'AtWrite' ? { death: { write: death.write, when: death.when, onDeath } } : {}),
      ...(death?.kind === 'AtCall' ? { deathAtCall: { call: death.call, when: death.when, onDeath } } : {}),
    })
    if (death?.kind !== 'AtTime') return
    cluster.clock.after(death.afterMs, () => {
      controller.kill()
      onDeath()
    })
  }
  startNext()
  return () => died
}

async function tell(run: UpgradeCluster, story: UpgradeStory, hurt: Hurt): Promise<void> {
  const { clock } = run.cluster
  const beganMs = clock.now()
  const versions = versionsOf(story)
  const wished = { version: wantedVersion(run) }
  const acts = story.deeds.flatMap((deed) => {
    const act = { atSeconds: deed.afterSeconds, carry: () => carryOut(run, deed, { hurt, wished, versions }) }
    const mended = { atSeconds: deed.afterSeconds + brokenSeconds, carry: () => wish(run, { version: wished.version }) }
    return deed.kind === 'Break' ? [act, mended] : [act]
  })
  for (const { atSeconds, carry } of acts.toSorted((a, b) => a.atSeconds - b.atSeconds)) {
    await clock.advanceTo(Math.max(clock.now(), beganMs + atSeconds * 1_000))
    await persistently(run, carry)
  }
}

/** Whoever finds the API server away, as a single one is while it is upgraded, tries again a little later. */
async function persistently({ cluster }: UpgradeCluster, act: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof StatusError) || error.code !== 503 || tries > 60) throw error
      await cluster.clock.advance(2_000)
    }
  }
}

/** Somebody looks after it every half an hour: brings nodes back, takes away what blocks a drain, continues what has stopped. */
async function untilEnded(run: UpgradeCluster, story: UpgradeStory, hurt: Hurt): Promise<readonly string[]> {
  const { clock, store } = run.cluster
  const endsMs = clock.now() + longestMs
  while (clock.now() < endsMs) {
    for (let i = 0; i < 30; i++) {
      if (hasEnded(run)) return []
      await clock.advance(60_000)
    }
    await persistently(run, () => mend(run, story, hurt))
  }
  const marks = store.list('nodes').flatMap(({ metadata }) => metadata.annotations?.['falkirk.dev/run'] ?? [])
  return [`does not end: ${JSON.stringify(run.status('up'))} ${marks.join(' ')}`]
}

function hasEnded(run: UpgradeCluster): boolean {
  const upgrade = run.cluster.store.get('clusterupgrades.falkirk.dev', undefined, 'up')
  if (upgrade === undefined) return run.witness.leftOvers().length === 0
  const { phase, observedGeneration } = run.status('up')
  return ends.has(phase ?? '') && observedGeneration === upgrade.metadata.generation
}

async function mend(run: UpgradeCluster, story: UpgradeStory, hurt: Hurt): Promise<void> {
  bringBack(run, hurt)
  for (const name of [...run.witness.foreignCordons]) if (story.namesPools) await run.cordon(name, false)
  await asTold(run, story)
  const { stop, phase } = run.status('up')
  await run.cluster.clock.advance(60_000)
  if (phase === 'Stopped' || phase === 'Paused') await run.edit('up', { action: 'Run', continueFrom: stop?.number ?? 0 })
}

/** What messages say that would free the run. */
async function asTold(run: UpgradeCluster, story: UpgradeStory): Promise<void> {
  const { store, twin } = run.cluster
  const { stop, message = '', failed = [] } = run.status('up')
  const { message: why = '' } = stop ?? {}
  // nodes that were set aside count: who wants to go on without them allows more to be away
  if (/maxUnavailable is/.test(message)) {
    for (const pool of ['blue', 'green']) run.witness.maxUnavailable.set(pool, 9)
    const { version: _, ...others } = specOf({ ...story, maxUnavailable: 9 })
    await run.edit('up', others)
  }
  if (/drained/.test(why) || failed.some(({ reason }) => reason === 'DrainFailed')) {
    for (const { metadata } of store.list('poddisruptionbudgets.policy', 'default')) {
      await twin.api.client.delete('poddisruptionbudgets.policy', { namespace: 'default', name: metadata.name })
    }
  }
  // where nobody else takes pods they come back to the node with their volumes, as often as it is tried
  if (/raise spec\.drain\.timeout/.test(why)) await run.edit('up', { drain: { timeout: '1h', whenBlocked: story.whenBlocked } })
}

/** Whether a run has no business with a node. */
function isOutside(node: string, { scope }: UpgradeStory): boolean {
  return scope !== undefined && !node.startsWith('server-')
}

/** A run that says that all is done has brought every node of its scope to its version. */
function notThere(run: UpgradeCluster, story: UpgradeStory): readonly string[] {
  const wanted = wantedVersion(run)
  const { endedAt = '' } = run.status('up')
  const meant = run.cluster.store.list('nodes').filter(({ metadata }) => !isOutside(metadata.name, story))
  const nodes = meant.filter(({ metadata }) => (metadata.creationTimestamp ?? '') < endedAt)
  const old = nodes.flatMap(({ metadata, status }) => {
    const { kubeletVersion } = (status as { nodeInfo: { kubeletVersion: string } }).nodeInfo
    return kubeletVersion === wanted ? [] : [`the run is complete, and ${metadata.name} runs ${kubeletVersion}`]
  })
  const names = nodes.map(({ metadata }) => metadata.name)
  return story.hosts !== undefined ? [...old, ...unfinishedHosts(run.cluster.twin.fleet, wanted, names)] : old
}
