import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import { as, type KubeObject } from '../../kube-object.ts'

const boundByController = 'pv.kubernetes.io/bound-by-controller'
const bindCompleted = 'pv.kubernetes.io/bind-completed'

/** A volume that refers to a claim; the volume itself when it does. Source: Kubernetes, GetBindVolumeToClaim. */
export function volumeOf(volume: KubeObject, claim: KubeObject): KubeObject {
  const { spec } = as<PersistentVolume>(volume)
  if (spec?.claimRef?.uid === claim.metadata.uid) return volume
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, resourceVersion, uid }
  const annotated = spec?.claimRef === undefined ? annotate(volume, { [boundByController]: 'yes' }) : volume
  return { ...annotated, spec: { ...spec, claimRef } }
}

/** A claim that refers to a volume; the claim itself when it does. Source: Kubernetes persistent volume controller, bindClaimToVolume. */
export function claimOn(claim: KubeObject, volume: KubeObject): KubeObject {
  const { spec } = as<PersistentVolumeClaim>(claim)
  const { annotations = {} } = claim.metadata
  const { name } = volume.metadata
  if (spec?.volumeName === name && annotations[bindCompleted] !== undefined) return claim
  const byUs = spec?.volumeName === name ? {} : { [boundByController]: 'yes' }
  return { ...annotate(claim, { [bindCompleted]: 'yes', ...byUs }), spec: { ...spec, volumeName: name } }
}

/** `status` of a claim that is bound. */
export function boundClaimStatus(volume: PersistentVolume): NonNullable<PersistentVolumeClaim['status']> {
  const { accessModes = [], capacity = {} } = volume.spec ?? {}
  return { accessModes: [...accessModes], capacity: { ...capacity }, phase: 'Bound' }
}

function annotate(object: KubeObject, annotations: Readonly<Record<string, string>>): KubeObject {
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } } }
}
