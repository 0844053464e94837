import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1'

export type VolumeDecision =
  | { readonly kind: 'Keep' }
  | { readonly kind: 'Phase'; readonly phase: 'Available' | 'Bound' | 'Released' }
  /** Its claim is gone, and so shall it be. */
  | { readonly kind: 'Delete' }

/**
 * What becomes of a volume; `claim` is what it refers to by name. Volumes of in-tree plugins that nobody would take away here are treated as those
 * of a provisioner. Source: Kubernetes persistent volume controller, syncVolume.
 */
export function decideVolume({ metadata, spec, status }: PersistentVolume, claim: PersistentVolumeClaim | undefined): VolumeDecision {
  const uid = spec?.claimRef?.uid ?? ''
  if (uid === '') return phase(status?.phase, 'Available')
  const own = claim?.metadata?.uid === uid ? claim : undefined
  const elsewhere = (own?.spec?.volumeName ?? '') !== '' && own?.spec?.volumeName !== metadata?.name
  if (own !== undefined && !elsewhere) return own.spec?.volumeName === metadata?.name ? phase(status?.phase, 'Bound') : { kind: 'Keep' }
  if (spec?.persistentVolumeReclaimPolicy === 'Delete')
    return metadata?.deletionTimestamp === undefined ? { kind: 'Delete' } : { kind: 'Keep' }
  return phase(status?.phase, 'Released')
}

function phase(stored: string | undefined, wanted: 'Available' | 'Bound' | 'Released'): VolumeDecision {
  return stored === wanted ? { kind: 'Keep' } : { kind: 'Phase', phase: wanted }
}
