import { expect, it } from 'vitest'
import { attachmentName } from '../controllers/volumes/attachable-volume.ts'
import { kubeletWorld } from './kubelet-world.test-support.ts'

const driver = 'ebs.csi.aws.com'
const handle = 'vol-1'
const inUseName = `kubernetes.io/csi/${driver}^${handle}`
const attachment = attachmentName({ driver, handle }, 'a')
const volumes = [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }]

/** A node, and a claim with a volume that has to be attached. */
async function worldWithVolume() {
  const world = await kubeletWorld({ minor: 36 })
  await world.addNode('a')
  await world.fleet.start()
  const common = { accessModes: ['ReadWriteOnce'], storageClassName: 'fast' }
  await world.client.create('persistentvolumes', {
    metadata: { name: 'pv' },
    spec: { ...common, capacity: { storage: '1Gi' }, csi: { driver, volumeHandle: handle } },
  })
  const resources = { requests: { storage: '1Gi' } }
  await world.client.create('persistentvolumeclaims', {
    metadata: { name: 'data', namespace: 'default' },
    spec: { ...common, volumeName: 'pv', resources },
  })
  await world.client.create('volumeattachments.storage.k8s.io', {
    metadata: { name: attachment },
    spec: { attacher: driver, nodeName: 'a', source: { persistentVolumeName: 'pv' } },
  })
  return world
}

type World = Awaited<ReturnType<typeof worldWithVolume>>

function attach({ client }: World, attached = true) {
  return client.change(
    'volumeattachments.storage.k8s.io',
    { name: attachment },
    (current) => ({ ...current, status: { attached } }),
    'status',
  )
}

function inUse(world: World) {
  return world.node('a')?.status?.volumesInUse
}

it('a pod waits until its volume is attached, and its node says from the beginning that it uses it', async () => {
  const world = await worldWithVolume()
  await world.pod('db', { nodeName: 'a', volumes })
  await world.seconds(60)
  expect(world.read('db')?.status).toMatchObject({
    phase: 'Pending',
    containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }],
  })
  expect(inUse(world)).toEqual([inUseName])
  await attach(world)
  await world.seconds(60)
  expect(world.read('db')?.status?.phase).toBe('Running')
  expect(world.events().filter((text) => text.includes('Failed'))).toEqual([])
})

it('of a pod that waits for its volume nothing is written again, and it has begun when its kubelet took it', async () => {
  const world = await worldWithVolume()
  const writes: string[] = []
  world.store.subscribe(({ kind }) => writes.push(kind), ['pods'])
  await world.pod('db', { nodeName: 'a', volumes })
  await world.seconds(60)
  const startTime = '2026-11-21T10:00:00Z'
  expect(world.read('db')?.status?.startTime).toBe(startTime)
  expect(writes).toEqual(['Added', 'Modified'])
  await attach(world)
  await world.seconds(60)
  expect(world.read('db')?.status).toMatchObject({ phase: 'Running', startTime })
})

it('the node lets go of the volume when the pod has been stopped, not before', async () => {
  const world = await worldWithVolume()
  await attach(world)
  await world.pod('db', { nodeName: 'a', volumes })
  await world.seconds(20)
  await world.client.delete('pods', { namespace: 'default', name: 'db' })
  await world.seconds(1)
  expect(inUse(world)).toEqual([inUseName])
  await world.seconds(10)
  expect(world.read('db')).toBeUndefined()
  expect(inUse(world)).toBeUndefined()
})

it('a pod that waits for its volume can be deleted, and the node lets go', async () => {
  const world = await worldWithVolume()
  await world.pod('db', { nodeName: 'a', volumes })
  await world.seconds(10)
  await world.client.delete('pods', { namespace: 'default', name: 'db' })
  await world.seconds(10)
  expect(world.read('db')).toBeUndefined()
  expect(inUse(world)).toBeUndefined()
})

it('a machine that is down keeps what it used', async () => {
  const world = await worldWithVolume()
  await attach(world)
  await world.pod('db', { nodeName: 'a', volumes })
  await world.seconds(20)
  world.fleet.kill('a')
  await world.client.delete('pods', { namespace: 'default', name: 'db' }, { gracePeriodSeconds: 0 })
  await world.seconds(60)
  expect(inUse(world)).toEqual([inUseName])
  world.fleet.revive('a')
  await world.seconds(10)
  expect(inUse(world)).toBeUndefined()
})

it('a driver that attaches nothing keeps nobody waiting', async () => {
  const world = await worldWithVolume()
  await world.client.create('csidrivers.storage.k8s.io', { metadata: { name: driver }, spec: { attachRequired: false } })
  await world.pod('db', { nodeName: 'a', volumes })
  await world.seconds(20)
  expect(world.read('db')?.status?.phase).toBe('Running')
  expect(inUse(world)).toBeUndefined()
})
