import fc from 'fast-check'
import { type HostMishap, hostMishap } from './host-mishaps.ts'
import type { Death, StoryWorkload } from './plan-story.ts'

/** One cluster, its ClusterUpgrade, and what happens to both. A value: told again, it goes the same way. */
export interface UpgradeStory {
  readonly seed: number
  readonly servers: 1 | 3
  /** Pool of each worker, and whether somebody has cordoned it before. */
  readonly workers: readonly { readonly pool: 'blue' | 'green'; readonly cordoned: boolean }[]
  readonly hops: 0 | 1 | 2
  readonly workloads: readonly StoryWorkload[]
  /** How long a volume takes to be detached; 10 where it is not told. */
  readonly detachSeconds?: number
  readonly namesPools: boolean
  readonly first: number
  readonly max: number
  readonly maxUnavailable: number
  readonly everyHop: boolean
  readonly whenBlocked: 'Pause' | 'Quarantine' | 'Force'
  readonly budget: number
  readonly retries: number
  readonly stopAfter?: 'Hop' | 'ControlPlane' | 'Pool' | 'Batch' | 'Node'
  /** Absent: the whole cluster. */
  readonly scope?: 'ControlPlane'
  /** Numbers of the workers on which the first so many tries fail. */
  readonly failures: readonly { readonly worker: number; readonly times: number }[]
  readonly deeds: readonly UpgradeDeed[]
  /** Of one controller after the other; the one after the last lives on. */
  readonly deaths: readonly UpgradeDeath[]
  /** Absent: by Jobs. Otherwise kubeadm over SSH, and this befalls its hosts. */
  readonly hosts?: readonly HostMishap[]
}

/** `AtCall`: at a call to a host. */
export type UpgradeDeath =
  | Death
  | { readonly kind: 'AtCall'; readonly call: number; readonly when: 'Before' | 'Within' | 'After'; readonly awaySeconds: number }

/** What people do, or what befalls a node, so many seconds after the run was created. */
export type UpgradeDeed = { readonly afterSeconds: number } & (
  | { readonly kind: 'Pause' | 'Run' | 'Cancel' | 'Delete' | 'RaiseMax' | 'Raise' | 'Break' | 'Join' }
  | { readonly kind: 'Cordon' | 'Uncordon' | 'Kill' | 'Disconnect' | 'Leave'; readonly worker: number }
)

const afterSeconds = fc.integer({ min: 1, max: 400 })
const worker = fc.nat({ max: 5 })

const deed: fc.Arbitrary<UpgradeDeed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('Pause' as const, 'Run' as const, 'RaiseMax' as const, 'Raise' as const, 'Break' as const, 'Join' as const),
      afterSeconds,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('Cancel' as const, 'Delete' as const), afterSeconds }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('Cordon' as const, 'Uncordon' as const, 'Kill' as const, 'Disconnect' as const, 'Leave' as const),
      worker,
      afterSeconds,
    }),
  },
)

const awaySeconds = fc.integer({ min: 0, max: 60 })

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
  kind: fc.constantFrom('Deployment' as const, 'Deployment' as const, 'StatefulSet' as const, 'DaemonSet' as const),
  replicas: fc.integer({ min: 1, max: 4 }),
  minAvailable: fc.integer({ min: -1, max: 2 }),
  readySeconds: fc.integer({ min: 0, max: 20 }),
  volume: fc.boolean(),
})

/** By Jobs. */
export const jobStory: fc.Arbitrary<UpgradeStory> = fc
  .record({
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    servers: fc.constantFrom(1 as const, 1 as const, 3 as const),
    workers: fc.array(
      fc.record({ pool: fc.constantFrom('blue' as const, 'green' as const), cordoned: fc.nat({ max: 7 }).map((n) => n === 0) }),
      { minLength: 0, maxLength: 6 },
    ),
    hops: fc.constantFrom(0 as const, 0 as const, 1 as const, 1 as const, 2 as const),
    workloads: fc.array(workload, { maxLength: 2 }),
    // the last takes longer than a drain may
    detachSeconds: fc.constantFrom(1, 10, 60, 200, 400),
    namesPools: fc.boolean(),
    first: fc.integer({ min: 1, max: 3 }),
    max: fc.integer({ min: 1, max: 4 }),
    maxUnavailable: fc.integer({ min: 1, max: 4 }),
    everyHop: fc.boolean(),
    whenBlocked: fc.constantFrom('Pause' as const, 'Quarantine' as const, 'Force' as const),
    budget: fc.constantFrom(0, 0, 1),
    retries: fc.nat({ max: 2 }),
    stopAfter: fc.constantFrom(
      undefined,
      undefined,
      undefined,
      undefined,
      'Hop' as const,
      'ControlPlane' as const,
      'Pool' as const,
      'Batch' as const,
      'Node' as const,
    ),
    failures: fc.array(fc.record({ worker, times: fc.integer({ min: 1, max: 4 }) }), { maxLength: 1 }),
    deeds: fc.array(deed, { maxLength: 4 }),
    deaths: fc.array(death, { maxLength: 3 }),
    scope: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 'ControlPlane' as const),
  })
  .map(({ stopAfter, scope, ...always }) => ({
    ...always,
    ...(stopAfter === undefined ? {} : { stopAfter }),
    ...(scope === undefined ? {} : { scope }),
  }))

const hostDeath: fc.Arbitrary<UpgradeDeath> = fc.oneof(
  death,
  fc.record({
    kind: fc.constant('AtCall' as const),
    call: fc.integer({ min: 1, max: 200 }),
    when: fc.constantFrom('Before' as const, 'Within' as const, 'After' as const),
    awaySeconds,
  }),
)

/** Over SSH. */
export const sshStory: fc.Arbitrary<UpgradeStory> = fc
  .record({ story: jobStory, hosts: fc.array(hostMishap, { maxLength: 4 }), deaths: fc.array(hostDeath, { maxLength: 3 }) })
  .map(({ story, ...more }) => ({ ...story, failures: [], ...more }))
