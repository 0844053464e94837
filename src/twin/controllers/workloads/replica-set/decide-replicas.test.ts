import { expect, it } from 'vitest'
import { pod } from '../workload-objects.test-support.ts'
import { decideReplicas } from './decide-replicas.ts'

const context = { minor: 20, nowMs: 0 }
const pods = (count: number) => Array.from({ length: count }, (_, at) => pod({ name: `p${at}`, node: 'n1' }))

it.each([
  { active: 0, replicas: 0, decision: { kind: 'Keep' } },
  { active: 3, replicas: 3, decision: { kind: 'Keep' } },
  { active: 1, replicas: 3, decision: { kind: 'Create', count: 2 } },
  { active: 0, replicas: 2000, decision: { kind: 'Create', count: 500 } },
])('$active active pods of $replicas: $decision.kind $decision.count', ({ active, replicas, decision }) => {
  expect(decideReplicas(pods(active), replicas, context)).toEqual(decision)
})

it.each([
  { active: 3, replicas: 1, deleted: 2 },
  { active: 3, replicas: 0, deleted: 3 },
  { active: 900, replicas: 0, deleted: 500 },
])('$active active pods of $replicas: deletes $deleted', ({ active, replicas, deleted }) => {
  const decision = decideReplicas(pods(active), replicas, context)
  expect(decision.kind === 'Delete' ? decision.pods : []).toHaveLength(deleted)
})
