import type { Pod } from 'kubernetes-types/core/v1'
import { afterEach, expect, it } from 'vitest'
import { as } from '../../kube-object.ts'
import { samplePod } from '../sample-objects.test-support.ts'
import { type SmallCluster, smallCluster } from '../small-cluster.test-support.ts'
import { StaleDisruptionController } from './stale-disruption-controller.ts'

let cluster: SmallCluster
afterEach(() => cluster.stop())

it('a pod that was to be evicted and is still there after two minutes is no target any more', async () => {
  cluster = await smallCluster()
  cluster.run(new StaleDisruptionController(cluster.client, cluster))
  const draft = samplePod('p', { nodeName: 'n1' })
  const target = { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', lastTransitionTime: '2026-01-05T10:00:00Z' }
  const status = draft.status as { conditions: object[] }
  await cluster.put('pods', { ...draft, status: { ...status, conditions: [...status.conditions, target] } })
  const conditions = () => as<Pod>(cluster.store.get('pods', 'default', 'p') as never).status?.conditions
  await cluster.clock.advance(119_000)
  expect(conditions()).toMatchObject([{ type: 'Ready' }, { type: 'DisruptionTarget', status: 'True' }])
  await cluster.clock.advance(2_000)
  expect(conditions()).toMatchObject([{ type: 'Ready' }, { type: 'DisruptionTarget', status: 'False' }])
})
