import { describe, expect, it } from 'vitest'
import { bare, cordonedNode, defaultPolicy, ownedBy, sampleBudget, samplePod } from '../../../test/unit/drain-samples.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { type DrainDecision, decideDrain, drainMessage } from './decide-drain.ts'
import type { DrainInput } from './drain-input.ts'
import type { EvictionAnswer, EvictionOutcome } from './eviction-answer.ts'

const start = 10_000_000
const node = cordonedNode()
const exhausted = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 3 }

interface Given extends Partial<Omit<DrainInput, 'progress'>> {
  readonly answers?: Record<string, EvictionAnswer>
  /** By pod UID. */
  readonly arrivals?: Record<string, number>
}

function decide(pods: readonly PodFacts[], { answers = {}, arrivals = {}, ...given }: Given = {}): DrainDecision {
  const progress = { startedAtMs: start, answers: new Map(Object.entries(answers)), arrivals: new Map(Object.entries(arrivals)) }
  return decideDrain({ node, pods, budgets: [], daemonSetExists: () => true, policy: defaultPolicy, progress, now: start, ...given })
}

function answer(outcome: EvictionOutcome, atMs = start, tries = 1): EvictionAnswer {
  return { outcome, atMs, tries }
}

function work(decision: DrainDecision): Extract<DrainDecision, { kind: 'Work' }> {
  if (decision.kind !== 'Work') throw new Error(`${decision.kind}: ${drainMessage(node, decision)}`)
  return decision
}

const names = (pods: readonly PodFacts[]) => pods.map((pod) => pod.name)

describe('decideDrain: before anything is evicted', () => {
  it('cordons a node first', () => {
    expect(decide([samplePod('a')], { node: { ...node, unschedulable: false } })).toEqual({ kind: 'Cordon' })
    expect(decide([], { node: { ...node, unschedulable: false } })).toEqual({ kind: 'Cordon' })
  })

  it('evicts nothing while one pod forbids the drain, and says so before the node is cordoned', () => {
    const pods = [bare(samplePod('c')), samplePod('a'), bare(samplePod('b'))]
    for (const unschedulable of [false, true]) {
      expect(decide(pods, { node: { ...node, unschedulable } })).toEqual({
        kind: 'Refused',
        message:
          'w1 cannot be drained: default/b has no controller that would create it again; set spec.drain.force to delete it (and 1 more like it)',
      })
    }
  })

  it('names every reason once', () => {
    const pods = [bare(samplePod('b')), samplePod('c', { hasEmptyDir: true })]
    const decision = decide(pods, { policy: { ...defaultPolicy, deleteEmptyDirData: false } })
    expect(drainMessage(node, decision)).toMatch(
      /^w1 cannot be drained: default\/b has no .*spec\.drain\.force.*; default\/c would lose .*deleteEmptydirData/,
    )
  })

  it('refuses a pod with two budgets, naming both: the server would answer 500 for ever', () => {
    expect(decide([samplePod('a')], { budgets: [sampleBudget('one'), sampleBudget('two')] })).toEqual({
      kind: 'Refused',
      message:
        'w1 cannot be drained: default/a is guarded by more than one PodDisruptionBudget, default/one and default/two, which an eviction does not support; change a selector so that one is left',
    })
  })

  it('two budgets do not matter to a pod that is Pending, ending or deleted without eviction', () => {
    const budgets = [sampleBudget('one'), sampleBudget('two')]
    expect(decide([samplePod('a', { phase: 'Pending' })], { budgets }).kind).toBe('Work')
    expect(decide([samplePod('a', { deletionAtMs: start })], { budgets }).kind).toBe('Work')
    expect(decide([samplePod('a')], { budgets, policy: { ...defaultPolicy, disableEviction: true } }).kind).toBe('Work')
  })
})

describe('decideDrain: what is asked', () => {
  it('is drained when only pods are left that stay', () => {
    const pods = [
      samplePod('cni', { controller: ownedBy('DaemonSet', 'cni') }),
      samplePod('etcd', { mirror: true }),
      samplePod('own', { labels: { 'upgrade.cattle.io/controller': 'falkirk' } }),
    ]
    const decision = decide(pods)
    expect(decision).toMatchObject({ kind: 'Drained', skipped: [{ reason: 'DaemonSet' }, { reason: 'Mirror' }, { reason: 'Own' }] })
    expect(drainMessage(node, decision)).toBe('w1: drained, 3 pods stay')
  })

  it('evicts everything at once that no budget guards', () => {
    const got = work(decide([samplePod('a'), samplePod('b'), samplePod('c')]))
    expect(names(got.evict)).toEqual(['a', 'b', 'c'])
    expect(got.remove).toEqual([])
  })

  it('evicts no more than a budget lets go, and says what the rest waits for', () => {
    const decision = decide([samplePod('web-1'), samplePod('web-2'), samplePod('x', { labels: {} })], { budgets: [sampleBudget('web')] })
    expect(names(work(decision).evict)).toEqual(['x', 'web-1'])
    expect(work(decision).waiting.map(({ pod, why }) => `${pod.name} ${why}`)).toEqual([
      'web-2 waits for PodDisruptionBudget default/web (needs 2 healthy, has 3)',
    ])
  })

  it('deletes past budgets only with disableEviction', () => {
    const given = { budgets: [sampleBudget('web', { status: exhausted })] }
    expect(work(decide([samplePod('a')], given))).toMatchObject({ evict: [], remove: [] })
    const policy = { ...defaultPolicy, disableEviction: true }
    expect(work(decide([samplePod('a')], { ...given, policy }))).toMatchObject({ evict: [], remove: [{ name: 'a' }] })
  })

  it('evicts all where budgets may not be read: the server judges', () => {
    expect(names(work(decide([samplePod('a'), samplePod('b')], { budgets: undefined })).evict)).toEqual(['a', 'b'])
  })

  it('evicts a crashing pod that its budget lets go although nothing is left of it', () => {
    const got = work(
      decide([samplePod('bad', { ready: false }), samplePod('good')], { budgets: [sampleBudget('web', { status: exhausted })] }),
    )
    expect(names(got.evict)).toEqual(['bad'])
  })

  it('leaves a pod that has come to the cordoned node: it would come back for ever', () => {
    const [late, early] = [samplePod('late'), samplePod('early')]
    expect(decide([late], { arrivals: { [late.uid]: start + 30_001 } })).toMatchObject({
      kind: 'Drained',
      skipped: [{ reason: 'CreatedLater' }],
    })
    expect(names(work(decide([early], { arrivals: { [early.uid]: start + 30_000 } })).evict)).toEqual(['early'])
  })

  it('evicts a pod that was there at the start, whatever time the clock of the API server gave it', () => {
    expect(names(work(decide([samplePod('ahead', { createdAtMs: start + 3_600_000 })])).evict)).toEqual(['ahead'])
  })
})

describe('decideDrain: after an answer', () => {
  const pod = samplePod('a')
  const id = pod.uid
  const later = (ms: number, outcome: EvictionOutcome, given: Given = {}) =>
    work(decide([pod], { budgets: undefined, ...given, now: start + ms, answers: { [id]: answer(outcome) } }))

  it.each<{ outcome: EvictionOutcome; ms: number }>([
    { outcome: { kind: 'BudgetRefused', message: 'needs 2' }, ms: 5_000 },
    { outcome: { kind: 'BudgetRefused', message: 'needs 2', retryAfterMs: 17_000 }, ms: 17_000 },
    { outcome: { kind: 'Throttled', retryAfterMs: 3_000 }, ms: 3_000 },
    { outcome: { kind: 'Unavailable', message: 'connection reset' }, ms: 1_000 },
    { outcome: { kind: 'NamespaceTerminating' }, ms: 5_000 },
    { outcome: { kind: 'Denied', message: 'admission webhook "x" denied the request' }, ms: 5_000 },
  ])('$outcome.kind: asks again after $ms ms, not before', ({ outcome, ms }) => {
    const before = later(ms - 1, outcome)
    expect(before.evict).toEqual([])
    expect(before.wakeAtMs).toBe(start + ms)
    expect(names(later(ms, outcome).evict)).toEqual(['a'])
  })

  it('accepted: waits until the pod is gone, and does not ask again', () => {
    expect(later(60_000, { kind: 'Accepted' })).toMatchObject({ evict: [], waiting: [{ why: 'is ending' }] })
    const ending = samplePod('a', { deletionAtMs: start + 30_000 })
    expect(work(decide([ending], { now: start + 1_000 }))).toMatchObject({ evict: [], waiting: [{ why: 'is ending' }] })
  })

  it('a namesake with another UID is another pod', () => {
    const answers = { [id]: answer({ kind: 'Accepted' }) }
    expect(names(work(decide([samplePod('a', { uid: 'new' })], { answers, now: start + 1_000 })).evict)).toEqual(['a'])
    const arrivals = { new: start + 60_000 }
    expect(decide([samplePod('a', { uid: 'new' })], { answers, arrivals, now: start + 60_000 }).kind).toBe('Drained')
  })

  it('the budget let go: asks at once, without waiting for the slow probe', () => {
    const refused = answer({ kind: 'BudgetRefused', message: '' })
    const with_ = (disruptionsAllowed: number, ms: number) =>
      work(
        decide([pod], { budgets: [sampleBudget('web', { status: { disruptionsAllowed } })], answers: { [id]: refused }, now: start + ms }),
      )
    expect(with_(0, 6_000).evict).toEqual([])
    expect(names(with_(1, 6_000).evict)).toEqual(['a'])
    expect(names(with_(0, 30_000).evict)).toEqual(['a'])
  })

  it('several budgets, known from the answer alone: refused', () => {
    const answers = { [id]: answer({ kind: 'SeveralBudgets', message: '500' }) }
    expect(decide([pod], { budgets: undefined, answers })).toMatchObject({
      kind: 'Refused',
      message: expect.stringContaining('more than one'),
    })
    expect(decide([pod], { budgets: [sampleBudget('web')], answers, now: start + 60_000 }).kind).toBe('Work')
  })

  it('no right to evict: says so without a break, asks again slowly, and goes on when it is granted', () => {
    const message = 'user "system:serviceaccount:x:y" may not create pods/eviction in namespace default'
    const denied = { [id]: answer({ kind: 'Denied', message }) }
    const says = (decision: DrainDecision) => drainMessage({ name: 'w1' }, decision)
    const waits = decide([pod], { answers: denied, now: start + 1_000 })
    const asks = decide([pod], { answers: denied, now: start + 5_000 })
    expect(work(waits).evict).toEqual([])
    expect(work(asks).evict).toEqual([pod])
    expect(says(waits)).toContain(`may not be evicted: ${message}`)
    expect(says(asks)).toBe(says(waits))
  })

  it('says what holds up a pod that is past its grace period', () => {
    const overdue = (finalizers: string[]) =>
      drainMessage(node, decide([samplePod('a', { deletionAtMs: start, finalizers })], { now: start + 60_000 }))
    expect(overdue(['example.com/backup'])).toBe(
      'w1: 1 of 1 pod left; default/a is past its grace period: its finalizer example.com/backup holds it',
    )
    expect(overdue([])).toContain('its kubelet has not reported the end')
  })

  it('no longer waits for a pod that should have ended long ago, when told so', () => {
    const policy = { ...defaultPolicy, skipWaitForDeleteTimeoutSeconds: 60 }
    const ending = samplePod('a', { deletionAtMs: start })
    expect(work(decide([ending], { policy, now: start + 60_000 })).wakeAtMs).toBe(start + 61_000)
    expect(decide([ending], { policy, now: start + 61_000 })).toMatchObject({ kind: 'Drained', skipped: [{ reason: 'Terminating' }] })
  })
})

describe('decideDrain: time-out', () => {
  const policy = { ...defaultPolicy, timeoutMs: 300_000 }
  const budgets = [sampleBudget('web', { status: exhausted })]
  const pods = [samplePod('web-1'), samplePod('web-2'), samplePod('x', { deletionAtMs: start + 400_000 }), samplePod('y', { labels: {} })]

  it('works until the last millisecond', () => {
    expect(work(decide(pods, { policy, budgets, now: start + 299_999 })).wakeAtMs).toBe(start + 300_000)
  })

  it('then stops and names those that are still there, those first that are held up', () => {
    expect(decide(pods, { policy, budgets, now: start + 300_000 })).toMatchObject({
      kind: 'TimedOut',
      message:
        'w1 was not drained within 5m0s: default/y is about to be evicted, default/web-1 waits for PodDisruptionBudget default/web (needs 2 healthy, has 2), default/web-2 waits for PodDisruptionBudget default/web (needs 2 healthy, has 2), 1 more; let them go, or raise spec.drain.timeout',
      blockers: [{ pod: { name: 'y' } }, { pod: { name: 'web-1' } }, { pod: { name: 'web-2' } }, { pod: { name: 'x' } }],
    })
  })

  it('has no limit unless told', () => {
    expect(decide(pods, { budgets, now: start + 999_999_999 }).kind).toBe('Work')
  })

  it('a node that got empty in time is drained, however late it is looked at', () => {
    expect(decide([], { policy, now: start + 999_999 }).kind).toBe('Drained')
  })
})

describe('drainMessage', () => {
  it('says how far it is, and what the first pod waits for', () => {
    const answers = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`uid-${name}`, answer({ kind: 'Accepted' })]))
    const pods = [samplePod('web-1'), samplePod('web-2'), samplePod('e', { deletionAtMs: start + 1 })]
    const decision = decide(pods, { answers, budgets: [sampleBudget('web', { status: exhausted })] })
    expect(drainMessage(node, decision)).toBe(
      'w1: 3 of 7 pods left; default/web-1 waits for PodDisruptionBudget default/web (needs 2 healthy, has 2)',
    )
  })

  it('names a pod that is held up before those that only need time', () => {
    const answers = { 'uid-a': answer({ kind: 'Accepted' }) }
    const decision = decide([samplePod('a', { labels: {} }), samplePod('web-1')], {
      answers,
      budgets: [sampleBudget('web', { status: exhausted })],
    })
    expect(work(decision).waiting.map(({ pod }) => pod.name)).toEqual(['web-1', 'a'])
  })

  it.each([
    { status: { ...exhausted, expectedPods: 2 }, says: 'needs 2 healthy, has 2 of 2: it never lets one go, scale up or relax it' },
    { status: { ...exhausted, expectedPods: 0 }, says: 'it counts no pods of a controller and so allows no eviction, change or remove it' },
    { status: { ...exhausted, syncFailed: 'no scale' }, says: 'it cannot be computed: no scale' },
    { status: { ...exhausted, observedGeneration: 0 }, says: 'it is being computed anew' },
  ])('names what is wrong with a budget: $says', ({ status, says }) => {
    expect(drainMessage(node, decide([samplePod('a')], { budgets: [sampleBudget('web', { status })] }))).toContain(`default/web (${says})`)
  })

  it('stays the same while nothing changes, so that no status is written for it', () => {
    const given = { budgets: [sampleBudget('web', { status: exhausted })] }
    const at = (ms: number) => drainMessage(node, decide([samplePod('a')], { ...given, now: start + ms }))
    expect(at(29_000)).toBe(at(1_000))
  })

  it('has words for the other states', () => {
    expect(drainMessage(node, { kind: 'Cordon' })).toBe('w1: about to be cordoned')
    expect(drainMessage(node, { kind: 'Drained', skipped: [] })).toBe('w1: drained')
    expect(drainMessage(node, decide([samplePod('a')]))).toBe('w1: 1 of 1 pod left')
  })
})
