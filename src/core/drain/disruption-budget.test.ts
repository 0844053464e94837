import { describe, expect, it } from 'vitest'
import { sampleBudget, samplePod } from '../../../test/unit/drain-samples.ts'
import { budgetFacts, budgetsOf } from './disruption-budget.ts'

const raw = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default', uid: 'u1', resourceVersion: '7', generation: 2, managedFields: [{}] },
  spec: { maxUnavailable: '25%', selector: { matchLabels: { app: 'web' } }, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  status: {
    observedGeneration: 2,
    disruptionsAllowed: 1,
    currentHealthy: 4,
    desiredHealthy: 3,
    expectedPods: 4,
    disruptedPods: { 'web-1': '2026-11-23T10:00:00Z' },
    conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
  },
}

describe('budgetFacts', () => {
  it('keeps what decides an eviction', () => {
    expect(budgetFacts(raw)).toEqual({
      name: 'web',
      namespace: 'default',
      uid: 'u1',
      resourceVersion: '7',
      generation: 2,
      selector: { matchLabels: { app: 'web' } },
      maxUnavailable: '25%',
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      status: {
        observedGeneration: 2,
        disruptionsAllowed: 1,
        currentHealthy: 4,
        desiredHealthy: 3,
        expectedPods: 4,
        disruptedPods: { 'web-1': Date.parse('2026-11-23T10:00:00Z') },
      },
    })
  })

  it('takes the API defaults where a budget says nothing', () => {
    expect(budgetFacts({ metadata: { name: 'new' }, spec: { minAvailable: 0 } })).toMatchObject({
      minAvailable: 0,
      unhealthyPodEvictionPolicy: 'IfHealthyBudget',
      status: { observedGeneration: 0, disruptionsAllowed: 0, expectedPods: 0, disruptedPods: {} },
    })
  })

  it('knows why a budget cannot be computed', () => {
    const conditions = [{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: 'no scale' }]
    expect(budgetFacts({ ...raw, status: { ...raw.status, conditions } }).status.syncFailed).toBe('no scale')
    const insufficient = [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '' }]
    expect(budgetFacts({ ...raw, status: { ...raw.status, conditions: insufficient } }).status.syncFailed).toBeUndefined()
  })
})

describe('budgetsOf', () => {
  const pod = samplePod('web-1')
  const empty = { metadata: raw.metadata, spec: { selector: {} } }

  it('finds the budgets of the namespace whose selector matches', () => {
    const budgets = [
      sampleBudget('web'),
      sampleBudget('other', { namespace: 'other' }),
      sampleBudget('db', { selector: { matchLabels: { app: 'db' } } }),
      sampleBudget('expr', { selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] } }),
      sampleBudget('broken', { selector: { matchExpressions: [{ key: 'app', operator: 'Like', values: ['web'] }] } }),
    ]
    expect(budgetsOf(pod, budgets).map((b) => b.name)).toEqual(['web', 'expr'])
  })

  it('an empty selector matches all in v1 and none in v1beta1', () => {
    expect(budgetsOf(pod, [budgetFacts({ ...empty, apiVersion: 'policy/v1' })])).toHaveLength(1)
    expect(budgetsOf(pod, [budgetFacts({ ...empty, apiVersion: 'policy/v1beta1' })])).toHaveLength(0)
    expect(budgetsOf(pod, [budgetFacts(empty, 'v1beta1')])).toHaveLength(0)
    expect(budgetsOf(pod, [budgetFacts(empty)])).toHaveLength(1)
  })

  it('no selector matches none', () => {
    expect(budgetsOf(pod, [budgetFacts({ ...raw, spec: { maxUnavailable: 1 } })])).toHaveLength(0)
  })
})
