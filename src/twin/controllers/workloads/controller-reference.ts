import type { OwnerReference } from '../../../core/kubernetes/object-meta.ts'
import type { KubeObject } from '../../kube-object.ts'

/** A kind whose objects own others: how references name it and where the store keeps it. */
export interface OwnerKind {
  readonly apiVersion: string
  readonly kind: string
  /** `replicasets.apps`. */
  readonly resource: string
}

/** The one owner that manages an object. Source: Kubernetes documentation, Owners and Dependents. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  const { ownerReferences } = object.metadata
  if (ownerReferences === undefined) return undefined
  for (const reference of ownerReferences) if (reference.controller === true) return reference
  return undefined
}

/** The reference by which an owner manages what it creates. */
export function controllerReference(owner: KubeObject, kind: OwnerKind): OwnerReference {
  const { name, uid } = owner.metadata
  return { apiVersion: kind.apiVersion, kind: kind.kind, name, uid, controller: true, blockOwnerDeletion: true }
}
