import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.js'
import { type Rejection, unresolvable } from '../rejection.ts'
import { type PreparedFilter, type SchedulingCycle, skip } from '../scheduling-cycle.ts'
import { isBoundHere, isConflict, planVolumes } from '../volume-plan.ts'
import { isFullyBound, storageClassName, type VolumeReader } from '../volume-reader.ts'

/** The claims of a pod by what has to happen to them. */
export interface PodClaims {
  readonly bound: readonly PersistentVolumeClaim[]
  /** Bound only when a node is chosen. */
  readonly toBind: readonly PersistentVolumeClaim[]
}

/**
 * Keeps pods where their volumes can be: bound volumes by their node affinity, claims that wait for their first consumer by the volumes
 * or the storage that could serve them. Source: kube-scheduler, VolumeBinding.
 */
export function prepareVolumeBinding(cycle: SchedulingCycle): PreparedFilter {
  const claims = podClaims(cycle)
  if (claims === undefined) return skip
  if ('kind' in claims) return claims
  const { volumes, minor } = cycle
  return {
    kind: 'Filter',
    check: (node) => {
      const reasons: string[] = []
      const bound = isBoundHere(claims.bound, node, volumes)
      if (bound === 'Elsewhere') reasons.push(elsewhere(minor))
      const plan = planVolumes(claims.toBind, node, volumes)
      if (isConflict(plan)) reasons.push("node(s) didn't find available persistent volumes to bind")
      if (bound === 'Missing') reasons.push(missingVolume(minor))
      return reasons.length === 0 ? undefined : unresolvable('VolumeBinding', ...reasons)
    },
  }
}

/** Sorts the claims of the cycle's pod; undefined when it has none, a refusal when no node will do. */
export function podClaims(cycle: SchedulingCycle): PodClaims | PreparedFilter | undefined {
  const { pod, volumes } = cycle
  if (pod.claims.length === 0) return undefined
  const found: PersistentVolumeClaim[] = []
  for (const { claimName, ephemeral } of pod.claims) {
    const claim = volumes.claim(pod.namespace, claimName)
    const problem = claimProblem(cycle, { claimName, ephemeral, claim })
    if (problem !== undefined) return { kind: 'RejectAll', rejection: problem }
    if (claim !== undefined) found.push(claim)
  }
  const open = found.filter((claim) => !isFullyBound(claim))
  if (open.some((claim) => claim.spec?.volumeName || !waitsForConsumer(claim, volumes))) {
    return { kind: 'RejectAll', rejection: unresolvable('VolumeBinding', 'pod has unbound immediate PersistentVolumeClaims') }
  }
  return { bound: found.filter(isFullyBound), toBind: open }
}

interface FoundClaim {
  readonly claimName: string
  readonly ephemeral: boolean
  readonly claim: PersistentVolumeClaim | undefined
}

function claimProblem({ pod, minor }: SchedulingCycle, { claimName, ephemeral, claim }: FoundClaim): Rejection | undefined {
  if (claim === undefined) {
    if (ephemeral && minor >= 22)
      return refuse(`waiting for ephemeral volume controller to create the persistentvolumeclaim "${claimName}"`)
    return refuse(`persistentvolumeclaim "${claimName}" not found`)
  }
  const { metadata, status } = claim
  if (status?.phase === 'Lost' && minor >= 22)
    return refuse(`persistentvolumeclaim "${claimName}" bound to non-existent persistentvolume "${claim.spec?.volumeName}"`)
  if (metadata?.deletionTimestamp !== undefined) return refuse(`persistentvolumeclaim "${claimName}" is being deleted`)
  if (ephemeral && !(metadata?.ownerReferences ?? []).some(({ controller, uid }) => controller === true && uid === pod.uid)) {
    return refuse(`persistentvolumeclaim "${claimName}" was not created for the pod`)
  }
  return undefined
}

function refuse(reason: string): Rejection {
  return unresolvable('VolumeBinding', reason)
}

function waitsForConsumer(claim: PersistentVolumeClaim, volumes: VolumeReader): boolean {
  return volumes.storageClass(storageClassName(claim))?.volumeBindingMode === 'WaitForFirstConsumer'
}

function elsewhere(minor: number): string {
  return minor >= 35 ? "node(s) didn't match PersistentVolume's node affinity" : 'node(s) had volume node affinity conflict'
}

function missingVolume(minor: number): string {
  return `${minor >= 22 ? 'node(s) unavailable due to one or more ' : ''}pvc(s) bound to non-existent pv(s)`
}
