import { describe, expect, it } from 'vitest'
import { canaryObjects, unansweredParts } from './canary.ts'

const order = { name: 'falkirk-canary-1', owner: { name: 'up', uid: 'uid-up' }, isLate: false, readsKubeProxy: false }

describe('a canary', () => {
  const objects = canaryObjects(order, 'system-upgrade', 'v1')

  it('goes with its ClusterUpgrade, whoever is killed', () => {
    for (const { metadata } of Object.values(objects)) {
      expect(metadata.ownerReferences).toEqual([{ apiVersion: 'falkirk.dev/v1alpha1', kind: 'ClusterUpgrade', name: 'up', uid: 'uid-up' }])
    }
  })

  it('has a pod that its Service and its budget select, and that no scheduler looks at', () => {
    const { labels } = objects.Job.spec?.template.metadata ?? {}
    expect(labels).toMatchObject(objects.Service.spec?.selector ?? {})
    expect(labels).toMatchObject(objects.PodDisruptionBudget.spec?.selector?.matchLabels ?? {})
    expect(objects.Job.spec?.template.spec).toMatchObject({ schedulerName: 'falkirk.dev-none', automountServiceAccountToken: false })
  })

  it('takes no address, and no budget of others: nothing is held back by it', () => {
    expect(objects.Service.spec?.clusterIP).toBe('None')
    expect(objects.PodDisruptionBudget.spec?.minAvailable).toBe(0)
  })
})

describe('what of a canary has not answered', () => {
  const job = { status: { active: 1 } }
  const budget = { status: { observedGeneration: 1, expectedPods: 1 } }
  const all = { job, budget, hasEndpoints: true, isPodRefused: false }

  it.each([
    { what: 'everything has', found: all, parts: [] },
    { what: 'a Service without Endpoints', found: { ...all, hasEndpoints: false }, parts: ['Service'] },
    { what: 'a Job without a pod', found: { ...all, job: { status: {} } }, parts: ['Job'] },
    { what: 'a Job that was just made', found: { ...all, job: undefined }, parts: ['Job'] },
    { what: 'a budget that nobody has looked at', found: { ...all, budget: {} }, parts: ['PodDisruptionBudget'] },
    {
      what: 'a budget whose controller does not see the pod',
      found: { ...all, budget: { status: { observedGeneration: 1, expectedPods: 0 } } },
      parts: ['PodDisruptionBudget'],
    },
    {
      what: 'a pod that a quota forbids: its controller is alive, and has told so',
      found: { ...all, job: {}, budget: { status: { observedGeneration: 1 } }, isPodRefused: true },
      parts: [],
    },
    {
      what: 'nothing has',
      found: { job: undefined, budget: undefined, hasEndpoints: false, isPodRefused: false },
      parts: ['Service', 'Job', 'PodDisruptionBudget'],
    },
  ])('$what', ({ found, parts }) => {
    expect(unansweredParts(found)).toEqual(parts)
  })
})
