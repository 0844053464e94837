import { createHash } from 'node:crypto'
import type { PersistentVolume } from 'kubernetes-types/core/v1'
import type { CSIDriver } from 'kubernetes-types/storage/v1'
import { as } from '../../kube-object.ts'
import type { ObjectStore } from '../../store/object-store.ts'

/** What of a volume can be attached to a node: the driver that does it, and the name it has there. */
export interface AttachableVolume {
  readonly driver: string
  readonly handle: string
}

/** In-tree plugins by the driver that has taken their place. Source: Kubernetes, CSI migration. */
const inTreeDrivers = {
  awsElasticBlockStore: 'ebs.csi.aws.com',
  azureDisk: 'disk.csi.azure.com',
  cinder: 'cinder.csi.openstack.org',
  gcePersistentDisk: 'pd.csi.storage.gke.io',
  vsphereVolume: 'csi.vsphere.vmware.com',
} as const

/** `undefined` for what is not attached: local disks, network file systems. */
export function attachable({ metadata, spec }: PersistentVolume): AttachableVolume | undefined {
  if (spec?.csi !== undefined) return { driver: spec.csi.driver, handle: spec.csi.volumeHandle }
  const plugin = Object.entries(inTreeDrivers).find(([field]) => spec?.[field as keyof typeof inTreeDrivers] !== undefined)
  return plugin && { driver: plugin[1], handle: metadata?.name ?? '' }
}

/** Whether somebody attaches what a driver serves: one may do without. Source: Kubernetes, CSIDriver `attachRequired`. */
export function needsAttachment(driver: string, reader: Pick<ObjectStore, 'get'>): boolean {
  const object = reader.get('csidrivers.storage.k8s.io', undefined, driver)
  return object === undefined || as<CSIDriver>(object).spec?.attachRequired !== false
}

/** Whether a volume may be on several nodes at once. Source: Kubernetes, IsMultiAttachAllowed. */
export function allowsMultiAttach({ spec }: PersistentVolume): boolean {
  const modes = spec?.accessModes ?? []
  return modes.length === 0 || modes.includes('ReadWriteMany') || modes.includes('ReadOnlyMany')
}

/** The name of a VolumeAttachment. Source: Kubernetes, CSI attacher. */
export function attachmentName({ driver, handle }: AttachableVolume, nodeName: string): string {
  return `csi-${createHash('sha256').update(`${handle}${driver}${nodeName}`).digest('hex')}`
}

/** How a node names a volume in `status.volumesInUse`. */
export function nodeVolumeName({ driver, handle }: AttachableVolume): string {
  return `kubernetes.io/csi/${driver}^${handle}`
}
