import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.js'
import type { CSINode, StorageClass } from 'kubernetes-types/storage/v1.js'

/** What scheduling reads of storage. */
export interface VolumeReader {
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined
  volume(name: string): PersistentVolume | undefined
  /** Volumes by class; an empty name stands for volumes without one. */
  volumesOfClass(className: string): readonly PersistentVolume[]
  storageClass(name: string): StorageClass | undefined
  csiNode(nodeName: string): CSINode | undefined
}

/** The class a claim or a volume names: the old annotation goes before the field; empty when there is neither. */
export function storageClassName(object: PersistentVolumeClaim | PersistentVolume): string {
  return object.metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? object.spec?.storageClassName ?? ''
}

/** Set by the controller that binds volumes, when claim and volume know each other. */
const bindCompleted = 'pv.kubernetes.io/bind-completed'

/** Whether claim and volume are bound, and both know it. */
export function isFullyBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return (spec?.volumeName ?? '') !== '' && metadata?.annotations?.[bindCompleted] !== undefined
}
