import fc from 'fast-check'

/** One cluster, the Plans that are applied to it, and the deaths of its controllers. A value: told again, it goes the same way. */
export interface PlanStory {
  /** Of everything by chance inside the run. */
  readonly seed: number
  /** Of the cluster's Kubernetes 1.N. */
  readonly minor: number
  readonly servers: readonly StoryNode[]
  readonly agents: readonly StoryNode[]
  readonly workloads: readonly StoryWorkload[]
  readonly plans: readonly StoryPlan[]
  /** Of one controller after the other; the one after the last lives on. */
  readonly deaths: readonly Death[]
  readonly leaderElect: boolean
}

export interface StoryNode {
  readonly version: 'Older' | 'Usual'
  readonly pool: 'blue' | 'green'
  /** What somebody else has done to it before. */
  readonly foreign: 'Nothing' | 'Cordon' | 'Taint' | 'CordonAndTaint'
}

export interface StoryWorkload {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'BarePod'
  readonly replicas: number
  /** Pods that its budget wants to stay; -1: it has none. */
  readonly minAvailable: number
  readonly readySeconds: number
  /** Each pod of a StatefulSet has a volume of its own, all pods of a DaemonSet have one together. */
  readonly volume?: boolean
}

export type StoryTarget = Exclude<StoryVersion, 'Usual'> | 'Packages'

export type StoryImage = 'Upgrades' | 'Fails' | 'DoesNothing'

export interface StoryPlan {
  readonly nodes: 'Servers' | 'Agents' | 'Blue' | 'All'
  readonly image: StoryImage
  readonly target: StoryTarget
  readonly concurrency: number
  readonly cordon: boolean
  readonly drain: 'None' | 'Job' | 'Controller' | 'ControllerForced'
  readonly exclusive: boolean
  readonly retries: number
  readonly postCompleteSeconds: number
  readonly healthGate: 'control-plane' | 'all' | 'none'
  readonly afterSeconds: number
  /** Another version is wanted so much later. */
  readonly edit?: { readonly target: StoryTarget; readonly afterSeconds: number }
  /** Taken away so much later. */
  readonly deletedAfterSeconds?: number
}

/** A controller ends without a word; `awaySeconds` later a fresh one is started. */
export type Death =
  | { readonly kind: 'AtWrite'; readonly write: number; readonly when: 'Before' | 'After'; readonly awaySeconds: number }
  | { readonly kind: 'AtTime'; readonly afterMs: number; readonly awaySeconds: number }

/** Versions as seen from the one that the cluster has. */
export type StoryVersion = 'Older' | 'Usual' | 'Patch' | 'Minor' | 'TwoMinors'

/** A version of k3s in a story whose cluster runs Kubernetes 1.`minor`. */
export function versionText(version: StoryVersion, minor: number): string {
  const patches = { Older: [0, 1], Usual: [0, 2], Patch: [0, 3], Minor: [1, 1], TwoMinors: [2, 4] } as const
  const [more, patch] = patches[version]
  return `v1.${minor + more}.${patch}+k3s1`
}

function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
}

const target = fc.oneof(
  { weight: 8, arbitrary: fc.constant<StoryTarget>('Patch') },
  { weight: 2, arbitrary: fc.constantFrom<StoryTarget>('Minor', 'Packages') },
  { weight: 1, arbitrary: fc.constantFrom<StoryTarget>('Older', 'TwoMinors') },
)

const node: fc.Arbitrary<StoryNode> = fc.record({
  version: fc.oneof(
    { weight: 4, arbitrary: fc.constant<StoryNode['version']>('Usual') },
    { weight: 1, arbitrary: fc.constant<StoryNode['version']>('Older') },
  ),
  pool: fc.constantFrom('blue', 'green'),
  foreign: fc.oneof(
    { weight: 5, arbitrary: fc.constant('Nothing' as const) },
    { weight: 1, arbitrary: fc.constantFrom('Cordon', 'Taint', 'CordonAndTaint') },
  ),
})

const noDrain: fc.Arbitrary<StoryPlan['drain']> = fc.constant('None')
const anyDrain: fc.Arbitrary<StoryPlan['drain']> = fc.oneof(
  { weight: 1, arbitrary: noDrain },
  { weight: 3, arbitrary: fc.constantFrom('Job', 'Controller', 'ControllerForced') },
)

const planWith = (drain: fc.Arbitrary<StoryPlan['drain']>): fc.Arbitrary<StoryPlan> =>
  fc
    .record({
      nodes: fc.constantFrom('Agents', 'All', 'Servers', 'Blue'),
      image: fc.oneof(
        { weight: 6, arbitrary: fc.constant('Upgrades' as const) },
        { weight: 1, arbitrary: fc.constantFrom('Fails', 'DoesNothing') },
      ),
      target,
      concurrency: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 4 }) }, { weight: 1, arbitrary: fc.constant(0) }),
      cordon: fc.boolean(),
      drain,
      exclusive: fc.boolean(),
      retries: fc.integer({ min: 0, max: 2 }),
      postCompleteSeconds: fc.constantFrom(0, 0, 30),
      healthGate: fc.constantFrom('control-plane', 'all', 'none'),
      afterSeconds: fc.integer({ min: 0, max: 300 }),
      edit: seldom(fc.record({ target, afterSeconds: fc.integer({ min: 1, max: 200 }) })),
      deletedAfterSeconds: seldom(fc.integer({ min: 1, max: 200 })),
    })
    .map(({ edit, deletedAfterSeconds, ...always }) => ({
      ...always,
      ...(edit === undefined ? {} : { edit }),
      ...(deletedAfterSeconds === undefined ? {} : { deletedAfterSeconds }),
    }))

const awaySeconds = fc.integer({ min: 0, max: 120 })

const death: fc.Arbitrary<Death> = fc.oneof(
  fc.record({
    kind: fc.constant('AtWrite' as const),
    write: fc.integer({ min: 1, max: 60 }),
    when: fc.constantFrom('Before', 'After'),
    awaySeconds,
  }),
  fc.record({ kind: fc.constant('AtTime' as const), afterMs: fc.integer({ min: 0, max: 300_000 }), awaySeconds }),
)

const workload: fc.Arbitrary<StoryWorkload> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('Deployment' as const) },
    { weight: 3, arbitrary: fc.constantFrom('StatefulSet', 'DaemonSet', 'BarePod') },
  ),
  replicas: fc.integer({ min: 1, max: 4 }),
  minAvailable: fc.integer({ min: -1, max: 3 }),
  readySeconds: fc.integer({ min: 0, max: 20 }),
  volume: fc.boolean(),
})

const storyWith = (plan: fc.Arbitrary<StoryPlan>, workloads: fc.Arbitrary<readonly StoryWorkload[]>): fc.Arbitrary<PlanStory> =>
  fc.record({
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    minor: fc.constantFrom(14, 20, 26, 31, 34, 35),
    servers: fc.array(node, { minLength: 1, maxLength: 3 }),
    agents: fc.array(node, { minLength: 0, maxLength: 4 }),
    workloads,
    plans: fc.array(plan, { minLength: 1, maxLength: 4 }),
    deaths: fc.array(death, { minLength: 0, maxLength: 4 }),
    leaderElect: fc.boolean(),
  })

/** Any Plans on nodes without pods of anybody else. */
export const rolloutStory = storyWith(planWith(noDrain), fc.constant([]))

/** Plans that drain, among pods with budgets. */
export const drainStory = storyWith(planWith(anyDrain), fc.array(workload, { minLength: 1, maxLength: 3 }))
