import { expect, it } from 'vitest'
import { clusterControllers } from './cluster-controllers.ts'
import { smallCluster } from './small-cluster.test-support.ts'

it.each([
  { minor: 16, without: ['endpoint-slice-controller', 'root-ca-certificate-publisher', 'stale-pod-disruption'] },
  { minor: 20, without: ['stale-pod-disruption'] },
  { minor: 26, without: [] },
])('in 1.$minor there is no $without', async ({ minor, without }) => {
  const cluster = await smallCluster(minor)
  const all = ['endpoint-slice-controller', 'root-ca-certificate-publisher', 'stale-pod-disruption']
  const names = clusterControllers(cluster.client, cluster).map(({ name }) => name)
  expect(all.filter((name) => !names.includes(name))).toEqual(without)
  expect(new Set(names).size).toBe(names.length)
})

it('every controller watches only what its server serves', async () => {
  for (const minor of [14, 17, 20, 25, 37]) {
    const cluster = await smallCluster(minor)
    const watched = clusterControllers(cluster.client, { ...cluster, clusterCidr: '10.42.0.0/16', tokenFor: () => 'token' })
      .flatMap(({ watches }) => watches.map(({ resource }) => resource))
      .filter((resource) => resource !== '*')
    expect(watched.filter((resource) => cluster.catalog.get(resource) === undefined)).toEqual([])
  }
})
