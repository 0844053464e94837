import { describe, expect, it } from 'vitest'
import type { DraftObject } from '../../../kube-object.ts'
import { startCluster, type WorkloadCluster } from '../workload-cluster.test-support.ts'
import type { StatefulSetObject } from '../workload-objects.ts'

function db(spec: object = {}): DraftObject {
  return {
    metadata: { name: 'db' },
    spec: { replicas: 3, serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: template('db:1'), ...spec },
  }
}

function template(image: string) {
  return { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image }] } }
}

const set = (cluster: WorkloadCluster) => cluster.get<StatefulSetObject>('statefulsets.apps', 'db')
const names = (cluster: WorkloadCluster) => cluster.pods().map(({ metadata }) => metadata.name)
const images = (cluster: WorkloadCluster) => cluster.pods().map(({ spec }) => spec.containers[0]?.image)
const remove = (cluster: WorkloadCluster, name: string) => cluster.client.delete('pods', { namespace: 'default', name })

describe('a StatefulSet', () => {
  it('creates its pods one after the other, each when the one before is ready', async () => {
    const cluster = await startCluster()
    await cluster.create('statefulsets.apps', db())
    await cluster.seconds(1)
    expect(names(cluster)).toEqual(['db-0'])
    await cluster.seconds(2)
    expect(names(cluster)).toEqual(['db-0', 'db-1'])
    await cluster.seconds(10)
    expect(names(cluster)).toEqual(['db-0', 'db-1', 'db-2'])
    expect(cluster.failures).toEqual([])
    const { currentRevision } = set(cluster).status ?? {}
    expect(set(cluster).status).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      updateRevision: currentRevision,
      observedGeneration: 1,
    })
    expect(cluster.pods()[0]?.metadata.labels).toEqual({
      app: 'db',
      'controller-revision-hash': currentRevision,
      'statefulset.kubernetes.io/pod-name': 'db-0',
    })
    expect(cluster.pods()[0]?.spec).toMatchObject({ hostname: 'db-0', subdomain: 'db' })
    expect(cluster.events('db')[0]).toBe('SuccessfulCreate: create Pod db-0 in StatefulSet db successful')
  })

  it('creates them all at once with Parallel', async () => {
    const cluster = await startCluster()
    await cluster.create('statefulsets.apps', db({ podManagementPolicy: 'Parallel' }))
    await cluster.seconds(1)
    expect(names(cluster)).toEqual(['db-0', 'db-1', 'db-2'])
  })

  it('waits until a pod that is being deleted is gone before it creates its namesake', async () => {
    const cluster = await startCluster({ terminationSeconds: 20 })
    await cluster.create('statefulsets.apps', db())
    await cluster.seconds(20)
    const before = cluster.pods()[1]?.metadata.uid
    await remove(cluster, 'db-1')
    await cluster.seconds(15)
    expect(cluster.pods()[1]?.metadata).toMatchObject({ uid: before, deletionTimestamp: expect.any(String) })
    await cluster.seconds(10)
    expect(cluster.pods()[1]?.metadata.uid).not.toBe(before)
    expect(names(cluster)).toEqual(['db-0', 'db-1', 'db-2'])
    expect(set(cluster).status).toMatchObject({ readyReplicas: 3 })
  })

  it('replaces pods of a former template from the highest, one at a time', async () => {
    const cluster = await startCluster()
    await cluster.create('statefulsets.apps', db())
    await cluster.seconds(20)
    const before = set(cluster).status?.currentRevision
    await cluster.changeSpec('statefulsets.apps', 'db', { template: template('db:2') })
    await cluster.seconds(5)
    expect(images(cluster)).toEqual(['db:1', 'db:1', 'db:2'])
    expect(set(cluster).status).toMatchObject({ currentRevision: before })
    await cluster.seconds(60)
    expect(images(cluster)).toEqual(['db:2', 'db:2', 'db:2'])
    expect(set(cluster).status).toMatchObject({
      currentReplicas: 3,
      updatedReplicas: 3,
      currentRevision: set(cluster).status?.updateRevision,
    })
    expect(set(cluster).status?.currentRevision).not.toBe(before)
    expect(cluster.store.list('controllerrevisions.apps', 'default')).toHaveLength(2)
  })

  it('leaves pods below the partition as they are, also those that it makes anew', async () => {
    const cluster = await startCluster()
    await cluster.create('statefulsets.apps', db({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }))
    await cluster.seconds(20)
    await cluster.changeSpec('statefulsets.apps', 'db', { template: template('db:2') })
    await cluster.seconds(30)
    expect(images(cluster)).toEqual(['db:1', 'db:1', 'db:2'])
    await remove(cluster, 'db-0')
    await cluster.seconds(30)
    expect(images(cluster)).toEqual(['db:1', 'db:1', 'db:2'])
    expect(set(cluster).status).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 })
  })

  it('with OnDelete replaces nothing by itself', async () => {
    const cluster = await startCluster()
    await cluster.create('statefulsets.apps', db({ updateStrategy: { type: 'OnDelete' } }))
    await cluster.seconds(20)
    await cluster.changeSpec('statefulsets.apps', 'db', { template: template('db:2') })
    await cluster.seconds(30)
    expect(images(cluster)).toEqual(['db:1', 'db:1', 'db:1'])
    await remove(cluster, 'db-1')
    await cluster.seconds(30)
    expect(images(cluster)).toEqual(['db:1', 'db:2', 'db:1'])
  })

  it('scales down from the highest, one at a time', async () => {
    const cluster = await startCluster()
    await cluster.create('statefulsets.apps', db())
    await cluster.seconds(20)
    await cluster.changeSpec('statefulsets.apps', 'db', { replicas: 1 })
    await cluster.seconds(1)
    expect(cluster.livePods().map(({ metadata }) => metadata.name)).toEqual(['db-0', 'db-1'])
    await cluster.seconds(20)
    expect(names(cluster)).toEqual(['db-0'])
  })

  it('gives each pod claims of its own, which outlive it', async () => {
    const cluster = await startCluster()
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }
    await cluster.create('statefulsets.apps', db({ replicas: 2, volumeClaimTemplates: [claim] }))
    await cluster.seconds(20)
    const claims = () => cluster.store.list('persistentvolumeclaims', 'default')
    expect(claims().map(({ metadata }) => [metadata.name, metadata.labels])).toEqual([
      ['data-db-0', { app: 'db' }],
      ['data-db-1', { app: 'db' }],
    ])
    expect(cluster.pods()[0]?.spec.volumes?.[0]).toEqual({ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } })
    const uid = claims()[0]?.metadata.uid
    await remove(cluster, 'db-0')
    await cluster.seconds(20)
    expect(claims()[0]?.metadata.uid).toBe(uid)
    expect(names(cluster)).toEqual(['db-0', 'db-1'])
  })

  it.each([
    [26, undefined],
    [27, ['Pod db-1']],
  ])('of a server 1.%i gives the claims of surplus pods to these when whenScaled is Delete', async (minor, expected) => {
    const cluster = await startCluster({ minor, terminationSeconds: 20 })
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }
    const policy = { whenDeleted: 'Retain', whenScaled: 'Delete' }
    await cluster.create(
      'statefulsets.apps',
      db({ replicas: 2, volumeClaimTemplates: [claim], persistentVolumeClaimRetentionPolicy: policy }),
    )
    await cluster.seconds(20)
    await cluster.changeSpec('statefulsets.apps', 'db', { replicas: 1 })
    await cluster.seconds(1)
    const owners = cluster.store.list('persistentvolumeclaims', 'default').map(({ metadata }) => metadata.ownerReferences)
    expect(owners[0]).toBeUndefined()
    expect(owners[1]?.map(({ kind, name }) => `${kind} ${name}`)).toEqual(expected)
    expect(cluster.failures).toEqual([])
  })

  it('makes a failed pod anew', async () => {
    const cluster = await startCluster()
    await cluster.create('statefulsets.apps', db())
    await cluster.seconds(20)
    await cluster.nodes.finish('db-1', 'Failed')
    await cluster.seconds(20)
    expect(set(cluster).status).toMatchObject({ readyReplicas: 3 })
    expect(cluster.events('db')).toContain('RecreatingFailedPod: StatefulSet default/db is recreating failed Pod db-1')
  })
})
