import type { OwnerReference } from '../../../../core/kubernetes/object-meta.ts'
import type { KubeObject } from '../../../kube-object.ts'
import type { PodObject, StatefulSetObject } from '../workload-objects.ts'
import { statefulSets } from './stateful-pod.ts'

/** Since then the owner of a claim is its controller. Source: Kubernetes 1.31, StatefulSet controller updateClaimOwnerRefForSetAndPod. */
const controllerMinor = 31

/** Whose claim it is: of a pod of a StatefulSet, and whether that pod is surplus. */
export interface ClaimHolder {
  readonly set: StatefulSetObject
  readonly pod: PodObject
  /** Its ordinal is none of those that the set wants. */
  readonly condemned: boolean
}

/**
 * A claim with the owners that the `persistentVolumeClaimRetentionPolicy` asks for, its argument when it has them: the set, so that the claim goes
 * with it (`whenDeleted: Delete`); a pod that is surplus, so that the claim goes with that (`whenScaled: Delete`); otherwise neither. Other owners
 * stay; from 1.31 a claim that somebody else controls is left alone.
 * Source: Kubernetes, StatefulSet, PersistentVolumeClaim retention.
 */
export function withClaimOwners(claim: KubeObject, { set, pod, condemned }: ClaimHolder, minor: number): KubeObject {
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  const ofPod = condemned && whenScaled === 'Delete'
  const ofSet = whenDeleted === 'Delete' && !ofPod
  const before = claim.metadata.ownerReferences ?? []
  const others = before.filter(({ kind, name }) => !isNamed({ kind, name }, 'StatefulSet', set) && !isNamed({ kind, name }, 'Pod', pod))
  if (minor >= controllerMinor && others.some(({ controller }) => controller === true)) return claim
  const owner = ofPod
    ? { apiVersion: 'v1', kind: 'Pod', of: pod }
    : { apiVersion: statefulSets.apiVersion, kind: statefulSets.kind, of: set }
  const wanted = ofPod || ofSet ? [...others, referenceTo(owner, minor)] : others
  return isSame(before, wanted) ? claim : { ...claim, metadata: { ...claim.metadata, ownerReferences: wanted } }
}

/** Also one of the same name that is long gone. */
function isNamed(owner: { kind: string; name: string }, kind: string, { metadata }: KubeObject): boolean {
  return owner.kind === kind && owner.name === metadata.name
}

interface Owner {
  readonly apiVersion: string
  readonly kind: string
  readonly of: KubeObject
}

function referenceTo({ apiVersion, kind, of: { metadata } }: Owner, minor: number): OwnerReference {
  const reference = { apiVersion, kind, name: metadata.name, uid: metadata.uid }
  return minor < controllerMinor ? reference : { ...reference, controller: true, blockOwnerDeletion: true }
}

function isSame(a: readonly OwnerReference[], b: readonly OwnerReference[]): boolean {
  return a.length === b.length && a.every(({ uid }, at) => uid === b[at]?.uid)
}
