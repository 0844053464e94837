import { describe, expect, it } from 'vitest'
import { StatusError } from '../../../api/status-error.ts'
import type { DraftObject } from '../../../kube-object.ts'
import { startCluster, type WorkloadCluster } from '../workload-cluster.test-support.ts'
import type { ReplicaSetObject } from '../workload-objects.ts'

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }

const web = (replicas: number): DraftObject => ({
  metadata: { name: 'web' },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template },
})

const set = (cluster: WorkloadCluster) => cluster.get<ReplicaSetObject>('replicasets.apps', 'web')
const owners = (cluster: WorkloadCluster) => cluster.pods().map(({ metadata }) => metadata.ownerReferences?.[0]?.name)

describe('a ReplicaSet', () => {
  it('makes pods that name it as their controller, and counts them', async () => {
    const cluster = await startCluster()
    await cluster.create('replicasets.apps', web(3))
    await cluster.seconds(10)
    const { uid } = set(cluster).metadata
    expect(cluster.pods()[0]?.metadata.ownerReferences).toEqual([
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid, controller: true, blockOwnerDeletion: true },
    ])
    expect(set(cluster).status).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      observedGeneration: 1,
    })
    const [first] = cluster.pods().map(({ metadata }) => metadata.name)
    expect(cluster.events('web')).toContain(`SuccessfulCreate: Created pod: ${first}`)
  })

  it('adopts a pod that it selects and nobody manages, instead of making one', async () => {
    const cluster = await startCluster()
    await cluster.create('pods', { metadata: { name: 'bare', labels: { app: 'web' } }, spec: template.spec })
    await cluster.create('replicasets.apps', web(2))
    await cluster.seconds(10)
    expect(owners(cluster)).toEqual(['web', 'web'])
    expect(cluster.pods()[0]?.metadata.name).toBe('bare')
  })

  it('takes one that comes later, and deletes one that is then too many', async () => {
    const cluster = await startCluster()
    await cluster.create('replicasets.apps', web(2))
    await cluster.seconds(10)
    await cluster.create('pods', { metadata: { name: 'bare', labels: { app: 'web' } }, spec: template.spec })
    await cluster.seconds(10)
    expect(cluster.livePods()).toHaveLength(2)
    expect(cluster.events('web')).toContain('SuccessfulDelete: Deleted pod: bare')
  })

  it('lets a pod go whose labels no longer fit, and makes another', async () => {
    const cluster = await startCluster()
    await cluster.create('replicasets.apps', web(1))
    await cluster.seconds(10)
    const name = cluster.pods()[0]?.metadata.name ?? ''
    await cluster.client.change('pods', { namespace: 'default', name }, (pod) => ({
      ...pod,
      metadata: { ...pod.metadata, labels: { app: 'debug' } },
    }))
    await cluster.seconds(10)
    expect(owners(cluster).sort()).toEqual(['web', undefined].sort())
  })

  it('replaces a pod that has failed, which stays where it is', async () => {
    const cluster = await startCluster()
    await cluster.create('replicasets.apps', web(1))
    await cluster.seconds(10)
    await cluster.nodes.finish(cluster.pods()[0]?.metadata.name ?? '', 'Failed')
    await cluster.seconds(10)
    expect(
      cluster
        .pods()
        .map(({ status }) => status?.phase)
        .sort(),
    ).toEqual(['Failed', 'Running'])
    expect(set(cluster).status).toMatchObject({ replicas: 1, readyReplicas: 1 })
  })

  it('says why it cannot make pods, tries again later, and says no more when it can', async () => {
    const cluster = await startCluster()
    let full = true
    cluster.refusePods = () => {
      if (full) throw new StatusError(403, 'Forbidden', 'pods "web-" is forbidden: exceeded quota')
    }
    await cluster.create('replicasets.apps', web(4))
    await cluster.seconds(1)
    expect(cluster.events('web')[0]).toBe('FailedCreate: Error creating: pods "web-" is forbidden: exceeded quota')
    expect(set(cluster).status?.conditions).toEqual([
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'pods "web-" is forbidden: exceeded quota',
        lastTransitionTime: '2026-11-21T10:00:00Z',
      },
    ])
    full = false
    await cluster.seconds(10)
    expect(set(cluster).status).toMatchObject({ readyReplicas: 4 })
    expect(set(cluster).status?.conditions).toBeUndefined()
  })
})

describe('a ReplicationController', () => {
  it('does the same with its map of labels', async () => {
    const cluster = await startCluster()
    await cluster.create('replicationcontrollers', { metadata: { name: 'web' }, spec: { replicas: 2, selector: { app: 'web' }, template } })
    await cluster.seconds(10)
    expect(cluster.pods().map(({ metadata }) => metadata.ownerReferences?.[0]?.kind)).toEqual([
      'ReplicationController',
      'ReplicationController',
    ])
    expect(cluster.get('replicationcontrollers', 'web').status).toMatchObject({ replicas: 2, readyReplicas: 2 })
  })
})
