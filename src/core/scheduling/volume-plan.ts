import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.js'
import type { StorageClass } from 'kubernetes-types/storage/v1.js'
import { compileSelector } from '../kubernetes/label-selector.ts'
import { quantityValue } from '../kubernetes/quantity.ts'
import { nodeSelectorMatch, type SelectableNode } from './node-selection.ts'
import { storageClassName, type VolumeReader } from './volume-reader.ts'

/** Set on a claim by the scheduler: where its volume is to be made. Source: Kubernetes docs, Well-Known Labels, Annotations and Taints. */
export const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node'

const noProvisioner = 'kubernetes.io/no-provisioner'

/** What has to happen to claims before a pod can be bound to a node. */
export interface VolumePlan {
  readonly bindings: readonly { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim }[]
  /** Claims for which storage is to be made. */
  readonly provisions: readonly PersistentVolumeClaim[]
}

/** No volume for a claim, and none can be made. */
export interface VolumeConflict {
  readonly conflict: PersistentVolumeClaim
}

export function isConflict(plan: VolumePlan | VolumeConflict): plan is VolumeConflict {
  return 'conflict' in plan
}

/** Whether bound claims can be used on a node; `Missing` when a volume is not there. */
export function isBoundHere(
  claims: readonly PersistentVolumeClaim[],
  node: SelectableNode,
  volumes: VolumeReader,
): 'Here' | 'Elsewhere' | 'Missing' {
  for (const { spec } of claims) {
    const volume = volumes.volume(spec?.volumeName ?? '')
    if (volume === undefined) return 'Missing'
    if (!isUsableOn(volume, node)) return 'Elsewhere'
  }
  return 'Here'
}

/**
 * The smallest free volume for each claim, the smallest claim first, and storage to be made for the rest.
 * Source: kube-scheduler, VolumeBinding (FindPodVolumes).
 */
export function planVolumes(
  claims: readonly PersistentVolumeClaim[],
  node: SelectableNode,
  volumes: VolumeReader,
): VolumePlan | VolumeConflict {
  const bindings: { volume: PersistentVolume; claim: PersistentVolumeClaim }[] = []
  const provisions: PersistentVolumeClaim[] = []
  const taken = new Set<string>()
  for (const claim of [...claims].sort((a, b) => requestedBytes(a) - requestedBytes(b))) {
    const selected = claim.metadata?.annotations?.[selectedNodeAnnotation]
    if (selected !== undefined && selected !== node.name) return { conflict: claim }
    const volume = selected === undefined ? smallestVolume(claim, { node, volumes, taken }) : undefined
    if (volume !== undefined) {
      taken.add(volume.metadata?.name ?? '')
      bindings.push({ volume, claim })
    } else if (canProvision(volumes.storageClass(storageClassName(claim)), node)) provisions.push(claim)
    else return { conflict: claim }
  }
  return { bindings, provisions }
}

interface Search {
  readonly node: SelectableNode
  readonly volumes: VolumeReader
  readonly taken: ReadonlySet<string>
}

/** A volume that is reserved for the claim goes before all others. */
function smallestVolume(claim: PersistentVolumeClaim, { node, volumes, taken }: Search): PersistentVolume | undefined {
  const usable = volumes
    .volumesOfClass(storageClassName(claim))
    .filter((volume) => !taken.has(volume.metadata?.name ?? '') && serves(volume, claim) && isUsableOn(volume, node))
  const reserved = usable.find((volume) => volume.spec?.claimRef !== undefined && isReservedFor(volume, claim))
  if (reserved !== undefined) return reserved
  const selects = claim.spec?.selector === undefined ? () => true : compileSelector(claim.spec.selector)
  const free = usable.filter(
    ({ metadata, spec, status }) => spec?.claimRef === undefined && status?.phase === 'Available' && selects(metadata?.labels ?? {}),
  )
  return free.reduce<PersistentVolume | undefined>(
    (best, volume) => (best === undefined || capacityBytes(volume) < capacityBytes(best) ? volume : best),
    undefined,
  )
}

function serves(volume: PersistentVolume, { spec }: PersistentVolumeClaim): boolean {
  const modes = volume.spec?.accessModes ?? []
  return (
    volume.metadata?.deletionTimestamp === undefined &&
    (volume.spec?.volumeMode ?? 'Filesystem') === (spec?.volumeMode ?? 'Filesystem') &&
    (spec?.accessModes ?? []).every((mode) => modes.includes(mode)) &&
    capacityBytes(volume) >= quantityValue(spec?.resources?.requests?.storage as string | undefined)
  )
}

function isReservedFor({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { namespace, name, uid } = spec?.claimRef ?? {}
  return namespace === metadata?.namespace && name === metadata?.name && (uid === undefined || uid === '' || uid === metadata?.uid)
}

function isUsableOn({ spec }: PersistentVolume, node: SelectableNode): boolean {
  const required = spec?.nodeAffinity?.required
  return required === undefined || nodeSelectorMatch(required)(node)
}

function canProvision(storageClass: StorageClass | undefined, { labels }: SelectableNode): boolean {
  if (storageClass === undefined || storageClass.provisioner === '' || storageClass.provisioner === noProvisioner) return false
  const topologies = storageClass.allowedTopologies ?? []
  return (
    topologies.length === 0 ||
    topologies.some(({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.every(({ key, values }) => labels[key] !== undefined && values.includes(labels[key])),
    )
  )
}

function requestedBytes({ spec }: PersistentVolumeClaim): number {
  return quantityValue(spec?.resources?.requests?.storage as string | undefined)
}

function capacityBytes({ spec }: PersistentVolume): number {
  return quantityValue(spec?.capacity?.storage as string | undefined)
}
