import type { Node, PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import type { VolumeAttachment } from 'kubernetes-types/storage/v1'
import { afterEach, describe, expect, it } from 'vitest'
import { as, type KubeObject } from '../../kube-object.ts'
import { clusterControllers } from '../cluster-controllers.ts'
import { samplePod } from '../sample-objects.test-support.ts'
import { type SmallCluster, smallCluster } from '../small-cluster.test-support.ts'

let cluster: SmallCluster
afterEach(() => cluster.stop())

const latencies = { provisionMs: () => 3_000, attachMs: () => 5_000, detachMs: () => 10_000 }

async function start(volumeBindingMode = 'Immediate', provisioner = 'ebs.csi.aws.com') {
  cluster = await smallCluster()
  cluster.run(...clusterControllers(cluster.client, { ...cluster, latencies }))
  for (const [name, zone] of [
    ['n1', 'z1'],
    ['n2', 'z2'],
  ] as const) {
    const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone }
    await cluster.put('nodes', { metadata: { name, labels }, spec: {}, status: { conditions: [{ type: 'Ready', status: 'True' }] } })
  }
  const draft = { metadata: { name: 'fast' }, provisioner, volumeBindingMode, reclaimPolicy: 'Delete' }
  await cluster.client.create('storageclasses.storage.k8s.io', draft)
}

async function claim(annotations: Record<string, string> = {}) {
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '10Gi' } } }
  return cluster.client.create('persistentvolumeclaims', { metadata: { name: 'data', namespace: 'default', annotations }, spec })
}

const claimNow = () => as<PersistentVolumeClaim>(cluster.store.get('persistentvolumeclaims', 'default', 'data') as KubeObject)
const volumes = () => cluster.store.list('persistentvolumes').map((volume) => as<PersistentVolume>(volume))
const attachments = () =>
  cluster.store.list('volumeattachments.storage.k8s.io').map((one) => {
    const { spec, status } = as<VolumeAttachment>(one)
    return `${spec.nodeName} ${status?.attached === true}`
  })
const attachedTo = (node: string) => as<Node>(cluster.store.get('nodes', undefined, node) as KubeObject).status?.volumesAttached ?? []
const events = (reason: string) => cluster.store.list('events').filter((event) => event.reason === reason)
const changeStatus = (status: object) => cluster.client.change('nodes', { name: 'n1' }, (node) => ({ ...node, status }), 'status')
const withData = { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } }
const kill = (name: string) => cluster.client.delete('pods', { namespace: 'default', name }, { gracePeriodSeconds: 0 })

describe('a claim', () => {
  it('gets a volume in a zone, bound to it and it to the volume', async () => {
    await start()
    await claim()
    await cluster.clock.advance(2_500)
    expect(claimNow().status?.phase).toBe('Pending')
    await cluster.clock.advance(2_000)
    const [volume] = volumes()
    expect(volume).toMatchObject({ spec: { claimRef: { name: 'data' }, csi: { driver: 'ebs.csi.aws.com' } }, status: { phase: 'Bound' } })
    expect(volume?.spec?.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.key).toBe('topology.kubernetes.io/zone')
    expect(claimNow()).toMatchObject({
      spec: { volumeName: volume?.metadata?.name },
      status: { phase: 'Bound', capacity: { storage: '10Gi' } },
    })
    expect(['ExternalProvisioning', 'Provisioning', 'ProvisioningSucceeded'].map((reason) => events(reason).length)).toEqual([1, 1, 1])
  })

  it.each([
    { provisioner: 'ebs.csi.aws.com', key: 'topology.kubernetes.io/zone', values: ['z2'] },
    { provisioner: 'rancher.io/local-path', key: 'kubernetes.io/hostname', values: ['n2'] },
  ])('that waited for its consumer gets a volume of $provisioner where the pod will be', async ({ provisioner, key, values }) => {
    await start('WaitForFirstConsumer', provisioner)
    await claim()
    await cluster.clock.advance(60_000)
    expect(volumes()).toEqual([])
    expect(events('WaitForFirstConsumer')).toHaveLength(1)
    const select = (current: KubeObject) => ({
      ...current,
      metadata: { ...current.metadata, annotations: { 'volume.kubernetes.io/selected-node': 'n2' } },
    })
    await cluster.client.change('persistentvolumeclaims', { namespace: 'default', name: 'data' }, select)
    await cluster.clock.advance(10_000)
    expect(volumes()[0]?.spec?.nodeAffinity?.required?.nodeSelectorTerms).toEqual([{ matchExpressions: [{ key, operator: 'In', values }] }])
    expect(claimNow().status?.phase).toBe('Bound')
  })

  it('in use stays until its pod is gone; then it goes, and its volume with it', async () => {
    await start()
    await claim()
    await cluster.clock.advance(5_000)
    await cluster.put('pods', samplePod('p', { ...withData, nodeName: 'n1' }))
    await cluster.client.delete('persistentvolumeclaims', { namespace: 'default', name: 'data' })
    await cluster.clock.advance(5_000)
    expect(claimNow().metadata?.deletionTimestamp).toBeDefined()
    await kill('p')
    await cluster.clock.advance(60_000)
    expect(cluster.store.count('persistentvolumeclaims')).toBe(0)
    expect(volumes()).toEqual([])
    expect(attachments()).toEqual([])
  })

  it('whose volume is kept leaves it Released', async () => {
    await start()
    const spec = {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '10Gi' },
      storageClassName: 'fast',
      persistentVolumeReclaimPolicy: 'Retain',
    }
    await cluster.client.create('persistentvolumes', { metadata: { name: 'old' }, spec: { ...spec, nfs: { server: 's', path: '/' } } })
    await cluster.clock.advance(1_000)
    await claim()
    await cluster.clock.advance(1_000)
    expect(claimNow().spec?.volumeName).toBe('old')
    await cluster.client.delete('persistentvolumeclaims', { namespace: 'default', name: 'data' })
    await cluster.clock.advance(1_000)
    expect(volumes()).toMatchObject([{ metadata: { name: 'old' }, status: { phase: 'Released' } }])
  })
})

describe('a volume for one node', () => {
  it('is attached to the node of its pod, and goes to the next node when it has been detached', async () => {
    await start()
    await claim()
    await cluster.put('pods', samplePod('p', { ...withData, nodeName: 'n1' }))
    await cluster.clock.advance(4_000)
    expect(attachments()).toEqual(['n1 false'])
    await cluster.clock.advance(5_000)
    expect(attachments()).toEqual(['n1 true'])
    expect(events('SuccessfulAttachVolume')).toHaveLength(1)
    expect(attachedTo('n1')).toEqual([{ name: expect.stringMatching(/^kubernetes\.io\/csi\/ebs\.csi\.aws\.com\^/), devicePath: '' }])
    await cluster.put('pods', samplePod('q', { ...withData, nodeName: 'n2' }))
    await cluster.clock.advance(1_000)
    expect(events('FailedAttachVolume')).toMatchObject([{ message: expect.stringContaining('Volume is already used by pod(s) p') }])
    await kill('p')
    await cluster.clock.advance(9_000)
    expect(attachments()).toEqual(['n1 true'])
    expect(attachedTo('n1')).toEqual([])
    await cluster.clock.advance(2_000)
    expect(attachments()).toEqual(['n2 false'])
    await cluster.clock.advance(5_000)
    expect(attachments()).toEqual(['n2 true'])
  })

  it.each([
    { what: 'on a node that does not answer', befall: (silent: object) => changeStatus(silent) },
    { what: 'where the Node is deleted: its machine may still use it', befall: () => cluster.client.delete('nodes', { name: 'n1' }) },
  ])('stays six minutes $what', async ({ befall }) => {
    await start()
    await claim()
    await cluster.put('pods', samplePod('p', { ...withData, nodeName: 'n1' }))
    await cluster.clock.advance(30_000)
    const volumesInUse = attachedTo('n1').map(({ name }) => name)
    await changeStatus({ conditions: [{ type: 'Ready', status: 'True' }], volumesInUse })
    await befall({ conditions: [{ type: 'Ready', status: 'Unknown' }], volumesInUse })
    await kill('p')
    await cluster.clock.advance(355_000)
    expect(attachments()).toEqual(['n1 true'])
    await cluster.clock.advance(20_000)
    expect(attachments()).toEqual([])
  })
})

it('nothing has failed, and a cluster at rest writes nothing', async () => {
  await start()
  await claim()
  await cluster.put('pods', samplePod('p', { ...withData, nodeName: 'n1' }))
  await cluster.clock.advance(30_000)
  const before = cluster.store.resourceVersion
  await cluster.clock.advance(5_000)
  expect(cluster.store.resourceVersion).toBe(before)
  expect(cluster.failures).toEqual([])
})
