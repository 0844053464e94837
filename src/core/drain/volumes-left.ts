import { compareText } from '../compare-text.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { isPodFinished } from '../kubernetes/pod-state.ts'
import { timestamp } from '../kubernetes/timestamp.ts'
import type { AttachmentFacts, VolumeClaim } from './volume-attachment.ts'

/** What is known of the volumes that are attached to nodes. */
export interface AttachedVolumes {
  /** By the name of the node. */
  readonly attachments: { get(node: string): readonly AttachmentFacts[] }
  /** By the name of the PersistentVolume; only those that an earlier decision asked for. */
  readonly claims: { get(volume: string): VolumeClaim | undefined }
}

/** What a decision knows of volumes. */
export interface KnownVolumes {
  /** Absent while they are not known; an earlier decision asked for them. */
  readonly volumes?: AttachedVolumes
  /** Why VolumeAttachments may not be watched: one clause with the fix. */
  readonly volumesProblem?: string
}

export interface VolumesLeftInput {
  readonly node: Pick<NodeFacts, 'name' | 'ready'>
  /** All pods of the node. */
  readonly pods: readonly PodFacts[]
  readonly volumes: AttachedVolumes
  /** Since when no pod is left that has to go: epoch milliseconds. */
  readonly drainedAtMs: number
}

export type VolumesLeft =
  | { readonly kind: 'Detached' }
  | {
      readonly kind: 'Attached'
      /** One clause: the volume, its claim, its driver, since when, and what frees it; the same for the same state. */
      readonly message: string
      /** PersistentVolumes whose claims have to be known for the next decision. */
      readonly lookUp: readonly string[]
    }

/**
 * Judges whether a drained node still has volumes of pods that have left it, from what is known; what is not known counts as attached. What would detach
 * the volumes of a cluster of one node has been drained with it, and they have nowhere to go: nobody waits for that.
 */
export function volumesLeft(
  { nodes, volumes, volumesProblem = 'VolumeAttachments are being read' }: KnownVolumes & { readonly nodes: readonly unknown[] },
  drained: Omit<VolumesLeftInput, 'volumes'>,
): VolumesLeft {
  if (nodes.length === 1) return { kind: 'Detached' }
  if (volumes !== undefined) return judgeVolumes({ ...drained, volumes })
  return { kind: 'Attached', message: `whether its volumes are detached is not known: ${volumesProblem}`, lookUp: [] }
}

/**
 * Judges whether a drained node still has volumes of pods that have left it. Those of pods that stay (DaemonSets, static pods, what rules leave) stay with
 * them. A volume that is unmounted by a kubelet which is about to be replaced, or detached from a machine that is about to reboot, may hang for
 * minutes or lose what was not written. Source: Kubernetes attach-detach controller, which deletes a VolumeAttachment once the kubelet has unmounted it.
 */
export function judgeVolumes({ node, pods, volumes, drainedAtMs }: VolumesLeftInput): VolumesLeft {
  const left = volumesToLeave({ node, pods, volumes })
  const [first] = left.toSorted(troubledFirst)
  if (first === undefined) return { kind: 'Detached' }
  const claimOf = ({ volume }: AttachmentFacts) => volumes.claims.get(volume)
  // whose the others are matters only where some of them may stay
  const asked = usedClaims(pods).size > 0 ? left : [first]
  const lookUp = asked.filter((one) => one.volume !== '' && (claimOf(one)?.kind ?? 'Unread') === 'Unread').map(({ volume }) => volume)
  const more = left.length > 1 ? ` (and ${left.length - 1} more)` : ''
  const message = `${nameOf(first, claimOf(first))} is still attached${more}: ${whatFrees(first, node, drainedAtMs)}`
  return { kind: 'Attached', message, lookUp: [...new Set(lookUp)] }
}

/** What is attached to a node that has these pods, but for their own volumes. One whose claim is not known counts as one of another pod. */
export function volumesToLeave({ node, pods, volumes }: Pick<VolumesLeftInput, 'node' | 'pods' | 'volumes'>): readonly AttachmentFacts[] {
  const used = usedClaims(pods)
  return volumes.attachments.get(node.name).filter(({ volume }) => {
    const claim = volumes.claims.get(volume)
    return claim?.kind !== 'Claim' || !used.has(claim.claim)
  })
}

function usedClaims(pods: readonly PodFacts[]): ReadonlySet<string> {
  return new Set(pods.flatMap((pod) => (isPodFinished(pod) ? [] : claimsOf(pod))))
}

function claimsOf({ namespace, claims = [] }: PodFacts): readonly string[] {
  return claims.map((claim) => `${namespace}/${claim}`)
}

/** What its driver says cannot be detached is told before what takes its time. */
function troubledFirst(a: AttachmentFacts, b: AttachmentFacts): number {
  return Number(b.detachError !== undefined) - Number(a.detachError !== undefined) || compareText(a.volume, b.volume)
}

function nameOf({ volume, name, driver }: AttachmentFacts, claim: VolumeClaim | undefined): string {
  if (volume === '') return `the volume of VolumeAttachment ${name} (driver ${driver})`
  switch (claim?.kind) {
    case 'Claim':
      return `volume ${volume} of claim ${claim.claim} (driver ${driver})`
    case 'Unread':
      return `volume ${volume} (driver ${driver}; its claim is not known: ${claim.problem})`
    case 'None':
    case undefined:
      return `volume ${volume} (driver ${driver})`
  }
}

function whatFrees(
  { name, driver, detachingSinceMs, detachError }: AttachmentFacts,
  node: VolumesLeftInput['node'],
  drainedAtMs: number,
): string {
  if (detachError !== undefined) return `its driver cannot detach it (${detachError}): look at the controller of ${driver}`
  if (detachingSinceMs !== undefined)
    return `it has been detaching since ${timestamp(detachingSinceMs)}; the controller of ${driver} has to end that`
  const since = `nobody has begun to detach it since ${timestamp(drainedAtMs)}`
  if (!node.ready)
    return `${since}, because ${node.name} is not Ready: that is done after six minutes, or at once with taint node.kubernetes.io/out-of-service`
  return `${since}: that is done when the kubelet has unmounted it; what no pod has asked for goes by kubectl delete volumeattachment ${name}`
}
