import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.js'
import type { StorageClass } from 'kubernetes-types/storage/v1.js'
import { isUsableOn, matchingVolume, requestedBytes } from './matching-volume.ts'
import type { SelectableNode } from './node-selection.ts'
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
 * A volume for each claim, the smallest claim first, and storage to be made for the rest.
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
    const free = volumes.volumesOfClass(storageClassName(claim)).filter(({ metadata }) => !taken.has(metadata?.name ?? ''))
    const volume = selected === undefined ? matchingVolume(claim, free, { node }) : undefined
    if (volume !== undefined) {
      taken.add(volume.metadata?.name ?? '')
      bindings.push({ volume, claim })
    } else if (canProvision(volumes.storageClass(storageClassName(claim)), node)) provisions.push(claim)
    else return { conflict: claim }
  }
  return { bindings, provisions }
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
