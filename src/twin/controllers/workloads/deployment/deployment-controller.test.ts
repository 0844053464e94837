import { describe, expect, it } from 'vitest'
import type { DraftObject } from '../../../kube-object.ts'
import { startCluster, type WorkloadCluster } from '../workload-cluster.test-support.ts'
import type { DeploymentObject, ReplicaSetObject } from '../workload-objects.ts'

function web(spec: object = {}, image = 'web:1'): DraftObject {
  return {
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: template(image),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      ...spec,
    },
  }
}

function template(image: string) {
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } }
}

const deployment = (cluster: WorkloadCluster) => cluster.get<DeploymentObject>('deployments.apps', 'web')
const sets = (cluster: WorkloadCluster) => cluster.store.list('replicasets.apps', 'default') as unknown as readonly ReplicaSetObject[]
const images = (cluster: WorkloadCluster) => cluster.livePods().map(({ spec }) => spec.containers[0]?.image)

describe('a Deployment', () => {
  it('gets one ReplicaSet and through it its pods, and says so', async () => {
    const cluster = await startCluster()
    await cluster.create('deployments.apps', web())
    await cluster.seconds(10)
    expect(cluster.failures).toEqual([])
    const [set] = sets(cluster)
    const name = set?.metadata.name ?? ''
    expect(name).toMatch(/^web-[bcdf456789]{1,10}$/)
    expect(set?.metadata.annotations).toEqual({
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
      'deployment.kubernetes.io/revision': '1',
    })
    expect(cluster.livePods().map(({ metadata }) => metadata.generateName)).toEqual([`${name}-`, `${name}-`, `${name}-`])
    expect(deployment(cluster).metadata).toMatchObject({ generation: 1, annotations: { 'deployment.kubernetes.io/revision': '1' } })
    expect(deployment(cluster).status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      conditions: [
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' },
        {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: `ReplicaSet "${name}" has successfully progressed.`,
        },
      ],
    })
    expect(cluster.events('web')).toEqual([`ScalingReplicaSet: Scaled up replica set ${name} to 3`])
  })

  it('rolls a new template out without ever having fewer pods available than it may', async () => {
    const cluster = await startCluster()
    await cluster.create('deployments.apps', web({ replicas: 8 }))
    await cluster.seconds(20)
    let fewest = 8
    let most = 8
    cluster.store.subscribe(({ resource }) => {
      if (resource !== 'pods') return
      const live = cluster.livePods()
      most = Math.max(most, live.length)
      fewest = Math.min(fewest, live.filter(({ status }) => status?.conditions?.some(({ status: ready }) => ready === 'True')).length)
    })
    await cluster.changeSpec('deployments.apps', 'web', { template: template('web:2') })
    await cluster.seconds(120)
    expect(cluster.failures).toEqual([])
    expect(images(cluster)).toEqual(Array(8).fill('web:2'))
    expect({ fewest, most }).toEqual({ fewest: 6, most: 10 })
    expect(sets(cluster).map(({ spec }) => spec.replicas)).toContain(0)
    expect(deployment(cluster).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2')
    expect(deployment(cluster).status).toMatchObject({ replicas: 8, updatedReplicas: 8, availableReplicas: 8 })
  })

  it('goes back to a ReplicaSet that it has had, which gets a new revision and remembers the old one', async () => {
    const cluster = await startCluster()
    await cluster.create('deployments.apps', web())
    await cluster.seconds(20)
    const [first] = sets(cluster)
    await cluster.changeSpec('deployments.apps', 'web', { template: template('web:2') })
    await cluster.seconds(60)
    await cluster.changeSpec('deployments.apps', 'web', { template: template('web:1') })
    await cluster.seconds(60)
    expect(sets(cluster)).toHaveLength(2)
    const now = cluster.get<ReplicaSetObject>('replicasets.apps', first?.metadata.name ?? '')
    expect(now.spec.replicas).toBe(3)
    expect(now.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    })
    expect(images(cluster)).toEqual(['web:1', 'web:1', 'web:1'])
  })

  it('keeps as many old ReplicaSets as its history may have', async () => {
    const cluster = await startCluster()
    await cluster.create('deployments.apps', web({ revisionHistoryLimit: 1 }))
    await cluster.seconds(20)
    for (const image of ['web:2', 'web:3', 'web:4']) {
      await cluster.changeSpec('deployments.apps', 'web', { template: template(image) })
      await cluster.seconds(60)
    }
    const revisions = sets(cluster).map(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'])
    expect(revisions.sort()).toEqual(['3', '4'])
  })

  it('of strategy Recreate starts no new pod while an old one runs', async () => {
    const cluster = await startCluster()
    await cluster.create('deployments.apps', web({ strategy: { type: 'Recreate' } }))
    await cluster.seconds(20)
    await cluster.changeSpec('deployments.apps', 'web', { template: template('web:2') })
    await cluster.seconds(2)
    expect(cluster.pods().map(({ spec }) => spec.containers[0]?.image)).toEqual(['web:1', 'web:1', 'web:1'])
    expect(cluster.livePods()).toEqual([])
    await cluster.seconds(20)
    expect(images(cluster)).toEqual(['web:2', 'web:2', 'web:2'])
    expect(deployment(cluster).status?.availableReplicas).toBe(3)
  })

  it('says that it does not get on when its deadline is over', async () => {
    const cluster = await startCluster({ readySeconds: 100_000 })
    await cluster.create('deployments.apps', web({ progressDeadlineSeconds: 30 }))
    await cluster.seconds(29)
    const progressing = () => deployment(cluster).status?.conditions?.find(({ type }) => type === 'Progressing')
    expect(progressing()).toMatchObject({ status: 'True' })
    await cluster.seconds(5)
    const name = sets(cluster)[0]?.metadata.name
    expect(progressing()).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `ReplicaSet "${name}" has timed out progressing.`,
    })
    expect(deployment(cluster).status?.conditions?.find(({ type }) => type === 'Available')).toMatchObject({
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
    })
  })

  it('stands still while it is paused, and scales', async () => {
    const cluster = await startCluster()
    await cluster.create('deployments.apps', web())
    await cluster.seconds(20)
    await cluster.changeSpec('deployments.apps', 'web', { paused: true, template: template('web:2'), replicas: 5 })
    await cluster.seconds(20)
    expect(images(cluster)).toEqual(Array(5).fill('web:1'))
    expect(deployment(cluster).status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' }),
    )
    await cluster.changeSpec('deployments.apps', 'web', { paused: false })
    await cluster.seconds(60)
    expect(images(cluster)).toEqual(Array(5).fill('web:2'))
  })

  it('takes a pod that is being deleted for gone: another starts at once', async () => {
    const cluster = await startCluster({ terminationSeconds: 60 })
    await cluster.create('deployments.apps', web())
    await cluster.seconds(20)
    const [victim] = cluster.pods()
    await cluster.client.delete('pods', { namespace: 'default', name: victim?.metadata.name ?? '' })
    await cluster.seconds(1)
    expect(cluster.pods()).toHaveLength(4)
    expect(cluster.livePods()).toHaveLength(3)
    await cluster.seconds(5)
    expect(deployment(cluster).status).toMatchObject({ replicas: 3, availableReplicas: 3 })
  })

  it('waits for minReadySeconds before it counts a pod as available', async () => {
    const cluster = await startCluster()
    await cluster.create('deployments.apps', web({ minReadySeconds: 30 }))
    await cluster.seconds(20)
    expect(deployment(cluster).status).toMatchObject({ readyReplicas: 3, unavailableReplicas: 3 })
    await cluster.seconds(20)
    expect(deployment(cluster).status).toMatchObject({ readyReplicas: 3, availableReplicas: 3 })
  })
})
