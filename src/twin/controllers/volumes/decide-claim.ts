import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import type { StorageClass } from 'kubernetes-types/storage/v1'
import { isKeptFor, matchingVolume } from '../../../core/scheduling/matching-volume.ts'
import { selectedNodeAnnotation } from '../../../core/scheduling/volume-plan.ts'
import { storageClassName } from '../../../core/scheduling/volume-reader.ts'

/** Provisioner of classes whose volumes are made by hand. */
const noProvisioner = 'kubernetes.io/no-provisioner'

export interface ClaimNotice {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export type ClaimDecision =
  | { readonly kind: 'Keep' }
  | { readonly kind: 'Bind'; readonly volume: PersistentVolume }
  /** Somebody has to make a volume. */
  | { readonly kind: 'Provision'; readonly provisioner: string }
  | { readonly kind: 'Wait'; readonly notice?: ClaimNotice }
  /** It was bound, and its volume is gone or another's. */
  | { readonly kind: 'Lost'; readonly notice: ClaimNotice }

export interface ClaimSituation {
  readonly claim: PersistentVolumeClaim
  readonly volumes: readonly PersistentVolume[]
  readonly storageClass: StorageClass | undefined
  /** Pods of the claim that no node has yet, by name. */
  readonly unscheduledPods: readonly string[]
}

/** What the binder does about a claim. Source: Kubernetes persistent volume controller, syncUnboundClaim and syncBoundClaim. */
export function decideClaim(situation: ClaimSituation): ClaimDecision {
  const { claim, volumes, storageClass } = situation
  const named = claim.spec?.volumeName ?? ''
  if (claim.metadata?.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined) return decideBound(claim, volumes)
  if (named !== '')
    return decideNamed(
      claim,
      volumes.find(({ metadata }) => metadata?.name === named),
    )
  const delayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
  const volume = matchingVolume(claim, volumes, { onlyKept: delayed })
  if (volume !== undefined) return { kind: 'Bind', volume }
  if (delayed && claim.metadata?.annotations?.[selectedNodeAnnotation] === undefined) return waitForConsumer(situation)
  return decideProvisioning(claim, storageClass)
}

function decideBound(claim: PersistentVolumeClaim, volumes: readonly PersistentVolume[]): ClaimDecision {
  const lost = (message: string): ClaimDecision => ({ kind: 'Lost', notice: { type: 'Warning', reason: 'ClaimLost', message } })
  const name = claim.spec?.volumeName ?? ''
  if (name === '') return lost('Bound claim has lost reference to PersistentVolume. Data on the volume is lost!')
  const volume = volumes.find(({ metadata }) => metadata?.name === name)
  if (volume === undefined) return lost('Bound claim has lost its PersistentVolume. Data on the volume is lost!')
  if (volume.spec?.claimRef === undefined) return { kind: 'Bind', volume }
  if (isKeptFor(volume, claim))
    return volume.status?.phase === 'Bound' && claim.status?.phase === 'Bound' ? { kind: 'Keep' } : { kind: 'Bind', volume }
  const message = 'Two claims are bound to the same volume, this one is bound incorrectly'
  return { kind: 'Lost', notice: { type: 'Warning', reason: 'ClaimMisbound', message } }
}

/** A claim that asks for one volume waits for that one. */
function decideNamed(claim: PersistentVolumeClaim, volume: PersistentVolume | undefined): ClaimDecision {
  if (volume === undefined) return { kind: 'Wait' }
  if (volume.spec?.claimRef !== undefined && !isKeptFor(volume, claim)) {
    const message = `volume ${JSON.stringify(volume.metadata?.name)} already bound to a different claim.`
    return { kind: 'Wait', notice: { type: 'Warning', reason: 'FailedBinding', message } }
  }
  return { kind: 'Bind', volume }
}

function waitForConsumer({ unscheduledPods: pods }: ClaimSituation): ClaimDecision {
  if (pods.length === 0) {
    const message = 'waiting for first consumer to be created before binding'
    return { kind: 'Wait', notice: { type: 'Normal', reason: 'WaitForFirstConsumer', message } }
  }
  const message = pods.length === 1 ? `waiting for pod ${pods[0]} to be scheduled` : `waiting for pods ${pods.join(',')} to be scheduled`
  return { kind: 'Wait', notice: { type: 'Normal', reason: 'WaitForPodScheduled', message } }
}

function decideProvisioning(claim: PersistentVolumeClaim, storageClass: StorageClass | undefined): ClaimDecision {
  const name = storageClassName(claim)
  if (name === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set'
    return { kind: 'Wait', notice: { type: 'Normal', reason: 'FailedBinding', message } }
  }
  if (storageClass === undefined) {
    const message = `storageclass.storage.k8s.io ${JSON.stringify(name)} not found`
    return { kind: 'Wait', notice: { type: 'Warning', reason: 'ProvisioningFailed', message } }
  }
  return storageClass.provisioner === noProvisioner ? { kind: 'Wait' } : { kind: 'Provision', provisioner: storageClass.provisioner }
}
