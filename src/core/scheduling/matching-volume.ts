import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.js'
import { compileSelector } from '../kubernetes/label-selector.ts'
import { quantityValue } from '../kubernetes/quantity.ts'
import { nodeSelectorMatch, type SelectableNode } from './node-selection.ts'
import { storageClassName } from './volume-reader.ts'

export interface VolumeSearch {
  /** Where it is to be used: the scheduler looks for a node, the binder for none. */
  readonly node?: SelectableNode
  /** Only what is kept for the claim counts, for it is bound when its first pod has a node. */
  readonly onlyKept?: boolean
}

/**
 * The volume for a claim: one that is kept for it (none, when that cannot be used on the node), else the smallest one that is free and serves it.
 * Source: Kubernetes, FindMatchingVolume; CheckAccessModes.
 */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  { node, onlyKept = false }: VolumeSearch,
): PersistentVolume | undefined {
  const large = volumes.filter((volume) => isLargeEnough(volume, claim))
  const usable = (volume: PersistentVolume) => node === undefined || isUsableOn(volume, node)
  const kept = large.find((volume) => isKeptFor(volume, claim))
  if (kept !== undefined) return usable(kept) ? kept : undefined
  if (onlyKept) return undefined
  const selects = claim.spec?.selector === undefined ? () => true : compileSelector(claim.spec.selector)
  const className = storageClassName(claim)
  return large
    .filter(({ spec, status, metadata }) => {
      return spec?.claimRef === undefined && status?.phase === 'Available' && selects(metadata?.labels ?? {})
    })
    .filter((volume) => storageClassName(volume) === className && hasModes(volume, claim) && usable(volume))
    .reduce<PersistentVolume | undefined>(
      (best, volume) => (best === undefined || capacityBytes(volume) < capacityBytes(best) ? volume : best),
      undefined,
    )
}

/** Whether a volume is kept for a claim: by name, and by UID where it has one. Source: Kubernetes, IsVolumeBoundToClaim. */
export function isKeptFor({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (spec?.claimRef === undefined) return false
  const { namespace, name, uid = '' } = spec.claimRef
  return name === metadata?.name && namespace === metadata?.namespace && (uid === '' || uid === metadata?.uid)
}

/** Whether a volume can be reached from a node. */
export function isUsableOn({ spec }: PersistentVolume, node: SelectableNode): boolean {
  const required = spec?.nodeAffinity?.required
  return required === undefined || nodeSelectorMatch(required)(node)
}

export function requestedBytes({ spec }: PersistentVolumeClaim): number {
  return quantityValue(spec?.resources?.requests?.storage as string | undefined)
}

function isLargeEnough(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (
    volume.metadata?.deletionTimestamp === undefined &&
    (volume.spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem') &&
    capacityBytes(volume) >= requestedBytes(claim)
  )
}

function hasModes({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec?.accessModes ?? []).every((mode) => spec?.accessModes?.includes(mode))
}

function capacityBytes({ spec }: PersistentVolume): number {
  return quantityValue(spec?.capacity?.storage as string | undefined)
}
