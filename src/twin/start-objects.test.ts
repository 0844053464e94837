import { expect, it } from 'vitest'
import { smallServer } from './api/http/small-server.test-support.ts'
import { startObjects } from './start-objects.ts'

it('a cluster begins with its namespaces and the two classes of its own pods, once', async () => {
  const { client, store } = await smallServer()
  await startObjects(client)
  const version = store.resourceVersion
  await startObjects(client)
  expect(store.resourceVersion).toBe(version)
  expect(store.list('namespaces').map(({ metadata }) => metadata.name)).toEqual([
    'default',
    'kube-node-lease',
    'kube-public',
    'kube-system',
  ])
  expect(
    store.list('priorityclasses.scheduling.k8s.io').map(({ metadata, value, description }) => [metadata.name, value, description]),
  ).toEqual([
    [
      'system-cluster-critical',
      2_000_000_000,
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
    ],
    ['system-node-critical', 2_000_001_000, 'Used for system critical pods that must not be moved from their current node.'],
  ])
})
