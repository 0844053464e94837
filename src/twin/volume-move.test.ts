import type { Node, Pod } from 'kubernetes-types/core/v1'
import { afterEach, expect, it } from 'vitest'
import { VirtualClock } from '../cluster/virtual-clock.ts'
import { as } from './kube-object.ts'
import { newMachine } from './machine/new-machine.ts'
import { seededRandom } from './time/seeded-random.ts'
import { createTwin, type Twin } from './twin.ts'

const startMs = Date.parse('2026-11-21T10:00:00Z')
const labels = { app: 'db' }
let twin: Twin | undefined

afterEach(() => twin?.stop())

/** Two nodes of one zone, and a database of one pod with a volume that can be on one of them. */
async function database(spec: object = {}) {
  const clock = new VirtualClock({ startMs })
  const made = await createTwin({ clock, random: seededRandom(1), version: 'v1.32.1' })
  twin = made
  const zone = { 'topology.kubernetes.io/zone': 'z' }
  await made.addNodes(['a', 'b'].map((name) => newMachine({ name, version: 'v1.32.1', bootId: name, labels: zone })))
  await made.start()
  const { client } = made.api
  await client.create('storageclasses.storage.k8s.io', {
    metadata: { name: 'fast' },
    provisioner: 'ebs.csi.aws.com',
    volumeBindingMode: 'WaitForFirstConsumer',
  })
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'db', image: 'db:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }] },
  }
  const claim = { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } }
  await client.create('statefulsets.apps', {
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      serviceName: 'db',
      selector: { matchLabels: labels },
      template,
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
      ...spec,
    },
  })
  const pod = () => client.store.get('pods', 'default', 'db-0') as Pod | undefined
  const node = (name: string) => as<Node>(client.store.get('nodes', undefined, name) ?? expect.fail(`no node ${name}`))
  return { clock, client, fleet: made.fleet, pod, node }
}

it('a volume follows its pod to another node: let go, detached, attached, and only then does the pod run', async () => {
  const { clock, client, pod, node } = await database()
  await clock.advance(60_000)
  const first = pod()?.spec?.nodeName ?? ''
  const second = first === 'a' ? 'b' : 'a'
  expect(pod()?.status?.phase).toBe('Running')
  expect(node(first).status?.volumesInUse).toEqual(node(first).status?.volumesAttached?.map(({ name }) => name))
  expect(node(first).status?.volumesInUse).toHaveLength(1)
  await client.change('nodes', { name: first }, (one) => ({ ...one, spec: { ...(one.spec as object), unschedulable: true } }))
  await client.delete('pods', { namespace: 'default', name: 'db-0' })
  await clock.advance(8_000)
  expect(pod()).toMatchObject({ spec: { nodeName: second }, status: { phase: 'Pending' } })
  expect(node(first).status?.volumesInUse).toBeUndefined()
  await clock.advance(60_000)
  expect(pod()?.status?.phase).toBe('Running')
  expect(node(first).status?.volumesAttached).toBeUndefined()
  expect(node(second).status?.volumesAttached).toHaveLength(1)
})

it('a volume of a node that has died is let go after six minutes, and the pod runs elsewhere then', async () => {
  const { clock, client, fleet, pod } = await database()
  await clock.advance(60_000)
  const first = pod()?.spec?.nodeName ?? ''
  fleet.kill(first)
  await clock.advance(60_000)
  await client.delete('pods', { namespace: 'default', name: 'db-0' }, { gracePeriodSeconds: 0 })
  await clock.advance(330_000)
  expect(pod()?.spec?.nodeName).not.toBe(first)
  expect(pod()?.status?.phase).toBe('Pending')
  await clock.advance(180_000)
  expect(pod()?.status?.phase).toBe('Running')
})

const scaled = { whenDeleted: 'Retain', whenScaled: 'Delete' }
const deleted = { whenDeleted: 'Delete', whenScaled: 'Retain' }

it.each([
  ['scaled down', scaled, 0],
  ['scaled down', deleted, 1],
  ['deleted', deleted, 0],
  ['deleted', scaled, 1],
])('of a database that is %s with %o there are %i claims left', async (what, persistentVolumeClaimRetentionPolicy, expected) => {
  const { clock, client, pod } = await database({ persistentVolumeClaimRetentionPolicy })
  await clock.advance(60_000)
  expect(client.store.list('persistentvolumeclaims')).toHaveLength(1)
  const at = { namespace: 'default', name: 'db' }
  if (what === 'deleted') await client.delete('statefulsets.apps', at, { propagationPolicy: 'Background' })
  else await client.change('statefulsets.apps', at, (set) => ({ ...set, spec: { ...(set.spec as object), replicas: 0 } }))
  await clock.advance(120_000)
  expect(pod()).toBeUndefined()
  expect(client.store.list('persistentvolumeclaims')).toHaveLength(expected)
})
