import type { PersistentVolume, PersistentVolumeClaim, Volume } from 'kubernetes-types/core/v1.js'
import type { StorageClass } from 'kubernetes-types/storage/v1.js'
import { describe, expect, it } from 'vitest'
import { answers, node, pod, type Storage } from '../scheduling.test-support.ts'

const nodes = [
  node('n1', { labels: { zone: 'a', 'topology.kubernetes.io/zone': 'a' } }),
  node('n2', { labels: { zone: 'b', 'topology.kubernetes.io/zone': 'b' } }),
]

const web = pod('web', { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] } })

function claim(spec: PersistentVolumeClaim['spec'], metadata: PersistentVolumeClaim['metadata'] = {}): PersistentVolumeClaim {
  const bound = spec?.volumeName === undefined ? {} : { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }
  return {
    metadata: { name: 'data', namespace: 'default', uid: 'c1', ...bound, ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  }
}

function volume(name: string, spec: PersistentVolume['spec'] = {}, more: Partial<PersistentVolume> = {}): PersistentVolume {
  return {
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' }, ...spec },
    status: { phase: 'Available' },
    ...more,
  }
}

function inZone(zone: string) {
  return { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] }] } }
}

function storageClass(name: string, more: Partial<StorageClass> = {}): StorageClass {
  return { metadata: { name }, provisioner: 'csi.example.com', volumeBindingMode: 'WaitForFirstConsumer', ...more }
}

const noVolume = "VolumeBinding: node(s) didn't find available persistent volumes to bind"

describe('claims', () => {
  it.each<{ title: string; storage: Storage; n1: string; n2: string; minor?: number }>([
    {
      title: 'a claim that is not there',
      storage: {},
      n1: 'VolumeBinding: persistentvolumeclaim "data" not found',
      n2: 'VolumeBinding: persistentvolumeclaim "data" not found',
    },
    {
      title: 'a claim that is being deleted',
      storage: { claims: [claim({ volumeName: 'v' }, { deletionTimestamp: '2026-01-01T00:00:00Z' })] },
      n1: 'VolumeBinding: persistentvolumeclaim "data" is being deleted',
      n2: 'VolumeBinding: persistentvolumeclaim "data" is being deleted',
    },
    {
      title: 'a claim that should have been bound at once',
      storage: { claims: [claim({ storageClassName: 'now' })], classes: [storageClass('now', { volumeBindingMode: 'Immediate' })] },
      n1: 'VolumeBinding: pod has unbound immediate PersistentVolumeClaims',
      n2: 'VolumeBinding: pod has unbound immediate PersistentVolumeClaims',
    },
    {
      title: 'a volume in the other zone',
      storage: { claims: [claim({ volumeName: 'v' })], volumes: [volume('v', { nodeAffinity: inZone('b') })] },
      n1: 'VolumeBinding: node(s) had volume node affinity conflict',
      n2: 'fits',
    },
    {
      title: 'a volume in the other zone, in new words',
      storage: { claims: [claim({ volumeName: 'v' })], volumes: [volume('v', { nodeAffinity: inZone('b') })] },
      minor: 36,
      n1: "VolumeBinding: node(s) didn't match PersistentVolume's node affinity",
      n2: 'fits',
    },
    {
      title: 'a volume that is gone, in 1.20',
      storage: { claims: [claim({ volumeName: 'v' })] },
      minor: 20,
      n1: 'VolumeBinding: pvc(s) bound to non-existent pv(s)',
      n2: 'VolumeBinding: pvc(s) bound to non-existent pv(s)',
    },
    {
      title: 'a free local volume on one node',
      storage: {
        claims: [claim({ storageClassName: 'local' })],
        classes: [storageClass('local', { provisioner: 'kubernetes.io/no-provisioner' })],
        volumes: [volume('v', { storageClassName: 'local', nodeAffinity: inZone('a') })],
      },
      n1: 'fits',
      n2: noVolume,
    },
    {
      title: 'a local volume that is too small',
      storage: {
        claims: [claim({ storageClassName: 'local', resources: { requests: { storage: '3Gi' } } })],
        classes: [storageClass('local', { provisioner: 'kubernetes.io/no-provisioner' })],
        volumes: [volume('v', { storageClassName: 'local' })],
      },
      n1: noVolume,
      n2: noVolume,
    },
    {
      title: 'a local volume that is reserved for another claim',
      storage: {
        claims: [claim({ storageClassName: 'local' })],
        classes: [storageClass('local', { provisioner: 'kubernetes.io/no-provisioner' })],
        volumes: [volume('v', { storageClassName: 'local', claimRef: { namespace: 'default', name: 'other' } })],
      },
      n1: noVolume,
      n2: noVolume,
    },
    {
      title: 'a volume that is reserved for the claim, although another is free elsewhere',
      storage: {
        claims: [claim({ storageClassName: 'local' })],
        classes: [storageClass('local', { provisioner: 'kubernetes.io/no-provisioner' })],
        volumes: [
          volume('v', { storageClassName: 'local', nodeAffinity: inZone('a'), claimRef: { namespace: 'default', name: 'data' } }),
          volume('w', { storageClassName: 'local', nodeAffinity: inZone('b') }),
        ],
      },
      n1: 'fits',
      n2: noVolume,
    },
    {
      title: 'storage that can be made anywhere',
      storage: { claims: [claim({ storageClassName: 'csi' })], classes: [storageClass('csi')] },
      n1: 'fits',
      n2: 'fits',
    },
    {
      title: 'storage that can be made in one zone',
      storage: {
        claims: [claim({ storageClassName: 'csi' })],
        classes: [storageClass('csi', { allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['b'] }] }] })],
      },
      n1: noVolume,
      n2: 'fits',
    },
    {
      title: 'a claim for which a node was selected',
      storage: {
        claims: [claim({ storageClassName: 'csi' }, { annotations: { 'volume.kubernetes.io/selected-node': 'n2' } })],
        classes: [storageClass('csi')],
      },
      n1: noVolume,
      n2: 'fits',
    },
    {
      title: 'a volume with a zone label',
      storage: {
        claims: [claim({ volumeName: 'v' })],
        volumes: [volume('v', {}, { metadata: { name: 'v', labels: { 'topology.kubernetes.io/zone': 'b__c' } } })],
      },
      n1: 'VolumeZone: node(s) had no available volume zone',
      n2: 'fits',
    },
    {
      title: 'a volume with the old zone label',
      storage: {
        claims: [claim({ volumeName: 'v' })],
        volumes: [volume('v', {}, { metadata: { name: 'v', labels: { 'failure-domain.beta.kubernetes.io/zone': 'b' } } })],
      },
      n1: 'VolumeZone: node(s) had no available volume zone',
      n2: 'fits',
    },
  ])('$title', ({ storage, n1, n2, minor = 33 }) => {
    expect(answers(web, { nodes, storage, minor })).toEqual({ n1, n2 })
  })

  it('takes the smallest volume for the smallest claim, each once', () => {
    const both = pod('web', {
      spec: { volumes: ['data', 'more'].map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) },
    })
    const classes = [storageClass('local', { provisioner: 'kubernetes.io/no-provisioner' })]
    const claims = [
      claim({ storageClassName: 'local', resources: { requests: { storage: '2Gi' } } }),
      { ...claim({ storageClassName: 'local' }), metadata: { name: 'more', namespace: 'default', uid: 'c2' } },
    ]
    const small = volume('small', { storageClassName: 'local', capacity: { storage: '1Gi' } })
    const large = volume('large', { storageClassName: 'local' })
    expect(answers(both, { nodes, storage: { classes, claims, volumes: [large, small] } }).n1).toBe('fits')
    expect(answers(both, { nodes, storage: { classes, claims, volumes: [large] } }).n1).toBe(noVolume)
  })
})

describe('the claim of an ephemeral volume', () => {
  const scratch = pod('web', { spec: { volumes: [{ name: 'scratch', ephemeral: {} }] } })
  const owned = (uid: string) => ({
    ...claim({ storageClassName: 'csi' }),
    metadata: {
      name: 'web-scratch',
      namespace: 'default',
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'web', uid, controller: true }],
    },
  })

  it('must be there and belong to the pod', () => {
    const classes = [storageClass('csi')]
    expect(answers(scratch, { nodes }).n1).toBe(
      'VolumeBinding: waiting for ephemeral volume controller to create the persistentvolumeclaim "web-scratch"',
    )
    expect(answers(scratch, { nodes, storage: { classes, claims: [owned('another')] } }).n1).toBe(
      'VolumeBinding: persistentvolumeclaim "web-scratch" was not created for the pod',
    )
    expect(answers(scratch, { nodes, storage: { classes, claims: [owned('default/web')] } }).n1).toBe('fits')
  })
})

describe('a claim that only one pod may use', () => {
  const storage = { claims: [claim({ volumeName: 'v', accessModes: ['ReadWriteOncePod'] })], volumes: [volume('v')] }
  const running = { ...web, metadata: { ...web.metadata, name: 'old', uid: 'old' }, spec: { ...web.spec, nodeName: 'n2', containers: [] } }

  it('keeps the pod waiting while another uses it, on all nodes', () => {
    const says = 'VolumeRestrictions: node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'
    expect(answers(web, { nodes, storage, pods: [running] })).toEqual({ n1: says, n2: says })
    expect(answers(web, { nodes, storage }).n1).toBe('fits')
  })
})

describe('attach limits', () => {
  const csi = (name: string) => volume(name, { csi: { driver: 'csi.example.com', volumeHandle: name } })
  const claims = [
    claim({ volumeName: 'v1' }),
    {
      ...claim({ volumeName: 'v2' }),
      metadata: { name: 'other', namespace: 'default', annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    },
  ]
  const csiNodes = [{ metadata: { name: 'n1' }, spec: { drivers: [{ name: 'csi.example.com', nodeID: 'n1', allocatable: { count: 1 } }] } }]
  const storage = { claims, volumes: [csi('v1'), csi('v2')], csiNodes }
  const using = (claimName: string) => pod('old', { on: 'n1', spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] } })

  it('count the volumes of a driver, a shared one once', () => {
    expect(answers(web, { nodes, storage, pods: [using('other')] })).toEqual({
      n1: 'NodeVolumeLimits: node(s) exceed max volume count',
      n2: 'fits',
    })
    expect(answers(web, { nodes, storage, pods: [using('data')] }).n1).toBe('fits')
  })
})

describe('in-line disks', () => {
  const ebs = (volumeID: string) => ({ name: 'd', awsElasticBlockStore: { volumeID } })
  const gce = (pdName: string, readOnly: boolean) => ({ name: 'd', gcePersistentDisk: { pdName, readOnly } })
  const iscsi = (iqn: string, readOnly: boolean) => ({ name: 'd', iscsi: { iqn, readOnly, lun: 0, targetPortal: 'x' } })
  const rbd = (image: string, monitors: string[], readOnly: boolean) => ({ name: 'd', rbd: { image, monitors, readOnly } })

  it.each<{ used: Volume; wanted: Volume; fits: boolean }>([
    { used: ebs('1'), wanted: ebs('1'), fits: false },
    { used: ebs('1'), wanted: ebs('2'), fits: true },
    { used: gce('1', true), wanted: gce('1', true), fits: true },
    { used: gce('1', false), wanted: gce('1', true), fits: false },
    { used: iscsi('1', true), wanted: iscsi('1', true), fits: true },
    { used: iscsi('1', true), wanted: iscsi('1', false), fits: false },
    { used: rbd('i', ['a', 'b'], false), wanted: rbd('i', ['b'], false), fits: false },
    { used: rbd('i', ['a'], false), wanted: rbd('i', ['b'], false), fits: true },
    { used: ebs('1'), wanted: gce('1', false), fits: true },
  ])('$used and $wanted on one node: fits is $fits', ({ used, wanted, fits }) => {
    const says = answers(pod('b', { spec: { volumes: [wanted] } }), { nodes, pods: [pod('a', { on: 'n1', spec: { volumes: [used] } })] }).n1
    expect(says).toBe(fits ? 'fits' : 'VolumeRestrictions: node(s) had no available disk')
  })
})
