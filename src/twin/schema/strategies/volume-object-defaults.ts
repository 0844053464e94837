import type { DraftObject } from '../../kube-object.ts'
import { changeField, type Fields, fill } from './json-fields.ts'
import { canonicalQuantities, canonicalResources } from './resource-quantities.ts'
import { claimSpecDefaults } from './volume-defaults.ts'

/** Source: Kubernetes API reference, PersistentVolume. */
export function volumeObjectDefaults(draft: DraftObject): DraftObject {
  return changeField(draft, 'spec', (spec) => {
    const filled = fill(spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' })
    const sized = changeField(filled, 'capacity', canonicalQuantities)
    const hosted = changeField(sized, 'hostPath', (path) => fill(path, { type: '' }))
    return changeField(hosted, 'iscsi', (iscsi) => fill(iscsi, { iscsiInterface: 'default' }))
  })
}

/** Source: Kubernetes API reference, PersistentVolumeClaim. */
export function claimDefaults(draft: DraftObject): DraftObject {
  const filled = changeField(draft, 'spec', (spec) => canonicalResources(claimSpecDefaults(spec)))
  return changeField(filled, 'status', (status) => changeField(status, 'capacity', canonicalQuantities))
}

/** Source: Kubernetes API reference, StorageClass v1. */
export function storageClassDefaults(draft: DraftObject): DraftObject {
  return fill(draft, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' })
}

/** Source: Kubernetes API reference, CSIDriver v1. */
export function csiDriverDefaults(draft: DraftObject, minor: number): DraftObject {
  return changeField(draft, 'spec', (spec) => {
    const filled = fill(spec, { attachRequired: true, podInfoOnMount: false, volumeLifecycleModes: ['Persistent'], ...sinceMinor(minor) })
    return minor >= 25 ? fill(filled, { seLinuxMount: false }) : filled
  })
}

function sinceMinor(minor: number): Fields {
  return {
    ...(minor >= 20 ? { fsGroupPolicy: 'ReadWriteOnceWithFSType' } : {}),
    ...(minor >= 21 ? { requiresRepublish: false, storageCapacity: false } : {}),
  }
}
