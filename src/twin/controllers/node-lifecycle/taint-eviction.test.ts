import type { Taint, Toleration } from 'kubernetes-types/core/v1'
import { expect, it } from 'vitest'
import { taintVerdict } from './taint-eviction.ts'

const unreachable: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }
const maintenance: Taint = { key: 'maintenance', value: 'now', effect: 'NoExecute' }
const tolerate = (key: string, tolerationSeconds?: number): Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
})

it.each<{ name: string; taints: Taint[]; tolerations: Toleration[]; expected: unknown }>([
  { name: 'no taint', taints: [], tolerations: [], expected: { kind: 'Stay' } },
  { name: 'a taint of another effect', taints: [{ ...maintenance, effect: 'NoSchedule' }], tolerations: [], expected: { kind: 'Stay' } },
  { name: 'nothing tolerates it', taints: [unreachable], tolerations: [], expected: { kind: 'Evict' } },
  { name: 'tolerated for ever', taints: [unreachable], tolerations: [tolerate(unreachable.key)], expected: { kind: 'Stay' } },
  {
    name: 'for 300 s',
    taints: [unreachable],
    tolerations: [tolerate(unreachable.key, 300)],
    expected: { kind: 'EvictAfter', seconds: 300 },
  },
  { name: 'for 1 s', taints: [unreachable], tolerations: [tolerate(unreachable.key, 1)], expected: { kind: 'EvictAfter', seconds: 1 } },
  { name: 'for 0 s', taints: [unreachable], tolerations: [tolerate(unreachable.key, 0)], expected: { kind: 'Evict' } },
  {
    name: 'the shortest of those used counts',
    taints: [unreachable, maintenance],
    tolerations: [tolerate(unreachable.key, 300), tolerate('maintenance', 60), tolerate('other', 1)],
    expected: { kind: 'EvictAfter', seconds: 60 },
  },
  {
    name: 'one of two is not tolerated',
    taints: [unreachable, maintenance],
    tolerations: [tolerate(unreachable.key)],
    expected: { kind: 'Evict' },
  },
  {
    name: 'everything is tolerated',
    taints: [unreachable, maintenance],
    tolerations: [{ operator: 'Exists' }],
    expected: { kind: 'Stay' },
  },
])('$name: $expected.kind', ({ taints, tolerations, expected }) => {
  expect(taintVerdict(taints, tolerations)).toEqual(expected)
})
