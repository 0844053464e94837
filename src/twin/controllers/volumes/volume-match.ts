import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import { compileSelector } from '../../../core/kubernetes/label-selector.ts'
import { quantityValue } from '../../../core/kubernetes/quantity.ts'
import { storageClassName } from '../../../core/scheduling/volume-reader.ts'

/** Whether a volume is kept for a claim: by name, and by UID where it has one. Source: Kubernetes, IsVolumeBoundToClaim. */
export function isKeptFor({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { namespace, name, uid = '' } = spec?.claimRef ?? {}
  return name === metadata?.name && namespace === metadata?.namespace && (uid === '' || uid === metadata?.uid)
}

/**
 * The volume that the binder gives a claim: one that is kept for it, else (unless the claim waits for its first consumer) the smallest one that is
 * free and serves it. Source: Kubernetes, FindMatchingVolume and CheckAccessModes.
 */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  waitsForConsumer: boolean,
): PersistentVolume | undefined {
  const large = volumes.filter((volume) => isLargeEnough(volume, claim))
  const kept = large.find((volume) => volume.spec?.claimRef !== undefined && isKeptFor(volume, claim))
  if (kept !== undefined || waitsForConsumer) return kept
  const selects = claim.spec?.selector === undefined ? () => true : compileSelector(claim.spec.selector)
  return large
    .filter((volume) => volume.spec?.claimRef === undefined && volume.status?.phase === 'Available')
    .filter(
      (volume) => storageClassName(volume) === storageClassName(claim) && hasModes(volume, claim) && selects(volume.metadata?.labels ?? {}),
    )
    .reduce<PersistentVolume | undefined>((best, volume) => (best === undefined || size(volume) < size(best) ? volume : best), undefined)
}

function isLargeEnough(volume: PersistentVolume, { spec }: PersistentVolumeClaim): boolean {
  return (
    volume.metadata?.deletionTimestamp === undefined &&
    (volume.spec?.volumeMode ?? 'Filesystem') === (spec?.volumeMode ?? 'Filesystem') &&
    size(volume) >= quantityValue(spec?.resources?.requests?.storage as string | undefined)
  )
}

function hasModes({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec?.accessModes ?? []).every((mode) => spec?.accessModes?.includes(mode))
}

function size({ spec }: PersistentVolume): number {
  return quantityValue(spec?.capacity?.storage as string | undefined)
}
