import type { Node, PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import type { StorageClass } from 'kubernetes-types/storage/v1'
import { selectedNodeAnnotation } from '../../../core/scheduling/volume-plan.ts'
import type { DraftObject } from '../../kube-object.ts'

const zoneLabel = 'topology.kubernetes.io/zone'
const hostnameLabel = 'kubernetes.io/hostname'

/** Where volumes of a provisioner can be used: on one node, in one zone, or everywhere. */
export type VolumeReach = 'Node' | 'Zone' | 'Everywhere'

/** What is known of a provisioner by its name: those of local disks, those of network file systems, and all others. */
export function reachOf(provisioner: string): VolumeReach {
  if (/local-path|hostpath|topolvm|lvm|zfs|openebs.*local/.test(provisioner)) return 'Node'
  return /nfs|cephfs|efs|smb|azurefile|glusterfs/.test(provisioner) ? 'Everywhere' : 'Zone'
}

export interface Provisioning {
  readonly claim: PersistentVolumeClaim
  readonly storageClass: StorageClass
  /** Which the scheduler has selected for the first consumer. */
  readonly node: Node | undefined
  /** Zones of the cluster, in a fixed order. */
  readonly zones: readonly string[]
  /** In [0, 1): chooses a zone where nobody else has. */
  readonly chance: number
  readonly reach: VolumeReach
}

/** The volume that a provisioner makes for a claim: bound to it, of its size, usable where the class and the selected node say. */
export function provisionedVolume(provisioning: Provisioning): DraftObject {
  const { claim, storageClass, reach } = provisioning
  const { name = '', namespace = '', uid = '', resourceVersion } = claim.metadata ?? {}
  const volumeName = `pvc-${uid}`
  const required = nodeSelector(provisioning)
  const local = reach === 'Node' && storageClass.provisioner.includes('local-path')
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volumeName,
      annotations: { 'pv.kubernetes.io/provisioned-by': storageClass.provisioner },
      finalizers: ['kubernetes.io/pv-protection'],
    },
    spec: {
      accessModes: claim.spec?.accessModes ?? [],
      capacity: { storage: claim.spec?.resources?.requests?.storage ?? '1Gi' },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        name,
        namespace,
        uid,
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      },
      ...(local
        ? { hostPath: { path: `/var/lib/storage/${volumeName}_${namespace}_${name}`, type: 'DirectoryOrCreate' } }
        : { csi: { driver: storageClass.provisioner, volumeHandle: volumeName } }),
      ...(required === undefined ? {} : { nodeAffinity: { required } }),
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata?.name ?? '',
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
    },
    status: { phase: 'Pending' },
  }
}

function nodeSelector({ claim, storageClass, node, zones, chance, reach }: Provisioning): object | undefined {
  if (reach === 'Everywhere') return undefined
  const term = (key: string, values: readonly string[]) => ({
    nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values }] }],
  })
  if (reach === 'Node') {
    const name = node?.metadata?.labels?.[hostnameLabel] ?? claim.metadata?.annotations?.[selectedNodeAnnotation]
    return name === undefined ? undefined : term(hostnameLabel, [name])
  }
  const allowed = allowedZones(storageClass, zones)
  const zone = node?.metadata?.labels?.[zoneLabel] ?? allowed[Math.floor(chance * allowed.length)]
  return zone === undefined ? undefined : term(zoneLabel, [zone])
}

function allowedZones({ allowedTopologies = [] }: StorageClass, zones: readonly string[]): readonly string[] {
  const named = allowedTopologies
    .flatMap(({ matchLabelExpressions = [] }) => matchLabelExpressions)
    .filter(({ key }) => key === zoneLabel)
    .flatMap(({ values }) => values)
  return named.length === 0 ? zones : named
}
