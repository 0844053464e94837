import { describe, expect, it } from 'vitest'
import { decidePlan } from './decide-plan.ts'
import { aNode, aPlan, noonMs, someFacts } from './plan-facts.test-support.ts'

describe('what holds nodes back', () => {
  it.each([
    { what: 'a guard', more: { spec: { version: 'v1.20.1+k3s1' } } },
    { what: 'the health gate', more: { annotations: { 'falkirk.dev/health-gate': 'all' } } },
  ])('is said in the same words in whatever order the nodes are known: $what', ({ more }) => {
    const nodes = [aNode('n1'), aNode('n2', { ready: false }), aNode('n3', { ready: false }), aNode('n4')]
    const facts = someFacts(aPlan(more), nodes)
    const { status, events } = decidePlan(facts, 'cluster-id', noonMs)
    expect(status.conditions?.[0]?.message).toMatch(/n1/)
    expect(decidePlan({ ...facts, nodes: nodes.toReversed() }, 'cluster-id', noonMs)).toMatchObject({ status, events })
  })
})
