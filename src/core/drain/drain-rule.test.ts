import { describe, expect, it } from 'vitest'
import { bare, cordonedNode, defaultPolicy, sampleBudget, samplePod } from '../../../test/unit/drain-samples.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { type DrainDecision, decideDrain, drainMessage } from './decide-drain.ts'
import type { DrainInput } from './drain-input.ts'
import { DrainRuleSpec, drainRules } from './drain-rule.ts'

const start = 10_000_000
const node = cordonedNode()
const namespaces = new Map([
  ['default', { team: 'shop' }],
  ['ci', { team: 'build' }],
])

interface Given extends Partial<DrainInput> {
  readonly rules: readonly DrainRuleSpec[]
}

function decide(pods: readonly PodFacts[], { rules, policy, ...more }: Given): DrainDecision {
  const ruleOf = drainRules(rules, namespaces, 'spec.drain.rules')
  const progress = { startedAtMs: start, answers: new Map() }
  const given = { node, pods, budgets: [], daemonSetExists: () => true, progress, now: start, ...more }
  return decideDrain({ ...given, policy: { ...defaultPolicy, ...policy, ruleOf } })
}

function app(name: string, more: Partial<PodFacts> = {}): PodFacts {
  return samplePod(name, { labels: { app: name }, ...more })
}

const of = (name: string) => ({ matchLabels: { app: name } })

/** What is asked for and waited for, in a few words. */
function told(decision: DrainDecision): readonly string[] {
  if (decision.kind !== 'Work') return [drainMessage(node, decision)]
  return [
    ...decision.evict.map(({ name }) => `evict ${name}`),
    ...decision.remove.map(({ name }) => `delete ${name}`),
    ...decision.waiting.map(({ pod, why }) => `${pod.name} ${why}`),
    ...decision.skipped.map(({ pod, reason }) => `${pod.name} stays: ${reason}`),
  ]
}

describe('rules of a drain', () => {
  const pods = [app('db'), app('web'), app('cache')]

  it.each([
    { what: 'none', rules: [], expected: ['evict cache', 'evict db', 'evict web'] },
    {
      what: 'First: the others wait until it is gone',
      rules: [{ selector: of('cache'), order: 'First' as const }],
      expected: ['evict cache', 'db waits for those that go first', 'web waits for those that go first'],
    },
    {
      what: 'Last: it waits until the others are gone',
      rules: [{ selector: of('db'), order: 'Last' as const }],
      expected: ['evict cache', 'evict web', 'db goes last (spec.drain.rules[0])'],
    },
    {
      what: 'Skip',
      rules: [{ selector: of('db'), behaviour: 'Skip' as const }],
      expected: ['evict cache', 'evict web', 'db stays: Rule'],
    },
    {
      what: 'WaitCompleted',
      rules: [{ selector: of('db'), behaviour: 'WaitCompleted' as const }],
      expected: ['evict cache', 'evict web', 'db is waited for until it has ended (spec.drain.rules[0])'],
    },
    {
      what: 'Delete',
      rules: [{ selector: of('db'), behaviour: 'Delete' as const }],
      expected: ['evict cache', 'evict web', 'delete db'],
    },
    {
      what: 'the first that selects a pod counts',
      rules: [
        { selector: of('db'), behaviour: 'Skip' as const },
        { selector: {}, behaviour: 'Delete' as const },
      ],
      expected: ['delete cache', 'delete web', 'db stays: Rule'],
    },
    {
      what: 'of namespaces with labels',
      rules: [{ selector: {}, namespaceSelector: { matchLabels: { team: 'build' } }, behaviour: 'Skip' as const }],
      expected: ['evict cache', 'evict db', 'evict web'],
    },
  ])('$what', ({ rules, expected }) => {
    expect(told(decide(pods, { rules }))).toEqual(expected)
  })

  it('of namespaces: a pod of one that matches is under the rule', () => {
    const rules = [{ selector: {}, namespaceSelector: { matchLabels: { team: 'build' } }, behaviour: 'Skip' as const }]
    expect(told(decide([app('job', { namespace: 'ci' }), app('web')], { rules }))).toEqual(['evict web', 'job stays: Rule'])
    expect(told(decide([app('job', { namespace: 'gone' })], { rules }))).toEqual(['evict job'])
  })

  it('an order holds for as long as a pod of it is ending', () => {
    const rules = [{ selector: of('web'), order: 'First' as const }]
    const decision = decide([app('web', { deletionAtMs: start + 30_000 }), app('db')], { rules })
    expect(told(decision)).toEqual(['db waits for those that go first', 'web is ending'])
    expect(told(decide([app('db')], { rules }))).toEqual(['evict db'])
  })

  it('static pods, pods of DaemonSets and finished ones are under no rule', () => {
    const rules = [{ selector: {}, behaviour: 'Delete' as const }]
    const skipping = [{ selector: {}, behaviour: 'Skip' as const }]
    expect(told(decide([app('etcd', { mirror: true })], { rules }))).toEqual(['w1: drained, 1 pod stays'])
    expect(told(decide([app('done', { phase: 'Succeeded' })], { rules: skipping }))).toEqual(['evict done'])
  })

  it('what nobody creates again, or loses its data, goes by Delete, stays by Skip, is waited for by WaitCompleted, and by Evict forbids the drain', () => {
    const tool = bare(app('tool', { hasEmptyDir: true }))
    const policy = { ...defaultPolicy, deleteEmptyDirData: false }
    const by = (behaviour: DrainRuleSpec['behaviour'] & string) => told(decide([tool], { rules: [{ selector: {}, behaviour }], policy }))
    expect(by('Delete')).toEqual(['delete tool'])
    expect(by('Skip')).toEqual(['w1: drained, 1 pod stays'])
    expect(by('WaitCompleted')).toEqual(['tool is waited for until it has ended (spec.drain.rules[0])'])
    expect(by('Evict')[0]).toMatch(/^w1 cannot be drained: default\/tool would lose the data/)
  })
})

describe('Delete and budgets: I4', () => {
  const rules = [{ selector: of('db'), behaviour: 'Delete' as const }]
  const budgets = [sampleBudget('db', { selector: of('db') })]

  it('a pod that a budget guards is not deleted; the drain says which rule and which budget', () => {
    const decision = decide([app('db'), app('web')], { rules, budgets })
    expect(decision.kind).toBe('Refused')
    expect(told(decision)[0]).toMatch(
      /default\/db is to be deleted by spec\.drain\.rules\[0\], and PodDisruptionBudget default\/db guards it; let the rule evict it, or set whenBlocked: Force$/,
    )
  })

  it('neither is one of which that may not be read', () => {
    expect(told(decide([app('db')], { rules, budgets: undefined }))[0]).toMatch(/whether a PodDisruptionBudget guards it may not be read/)
  })

  it('with Force it is deleted', () => {
    expect(told(decide([app('db')], { rules, budgets, policy: { ...defaultPolicy, mayDeletePastBudgets: true } }))).toEqual(['delete db'])
  })

  it('one that is ending already is waited for', () => {
    expect(told(decide([app('db', { deletionAtMs: start + 1_000 })], { rules, budgets }))).toEqual(['db is ending'])
  })
})

it('a drain that breaks budgets after its time also ends what was waited for, and leaves what is to be left', () => {
  const rules = [
    { selector: of('batch'), behaviour: 'WaitCompleted' as const },
    { selector: of('agent'), behaviour: 'Skip' as const },
  ]
  const policy = { ...defaultPolicy, disableEviction: true }
  expect(told(decide([app('batch'), app('agent')], { rules, policy }))).toEqual(['delete batch', 'agent stays: Rule'])
})

describe('a rule', () => {
  it.each([
    { what: 'of a behaviour that is none', rule: { selector: {}, behaviour: 'Ignore' } },
    { what: 'without a selector', rule: { behaviour: 'Skip' } },
    { what: 'with a field that is none', rule: { selector: {}, grace: 5 } },
    { what: 'whose selector has a field that is none', rule: { selector: { app: 'db' } } },
    { what: 'whose selector selects nothing', rule: { selector: { matchExpressions: [{ key: 'app', operator: 'Is', values: ['db'] }] } } },
  ])('$what is refused', ({ rule }) => {
    expect(DrainRuleSpec.safeParse(rule).success).toBe(false)
  })
})
