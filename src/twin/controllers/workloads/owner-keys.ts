import { matchesSelector } from '../../../core/kubernetes/label-selector.ts'
import type { LabelSelector } from '../../../core/kubernetes/label-selector-schema.ts'
import type { OwnerReference } from '../../../core/kubernetes/object-meta.ts'
import { sameJson } from '../../api/same-json.ts'
import type { KubeObject } from '../../kube-object.ts'
import { nameOf } from '../../object-key.ts'
import type { Change, ObjectStore } from '../../store/object-store.ts'
import { controllerOf, type OwnerKind } from './controller-reference.ts'

/**
 * The keys of the owners that a change of a dependent concerns: who manages it, who managed it before, and, when nobody does and it is new or
 * has new labels, everybody whose selector matches: somebody may want to adopt it.
 */
export function ownerKeys(change: Change, owner: OwnerKind, selectorOf: SelectorOf, store: ObjectStore): readonly string[] {
  const { object, previous } = change
  const reference = controllerOf(object)
  const before = previous === undefined ? undefined : controllerOf(previous)
  // nearly every change is of this kind, and every controller is asked about every pod
  if (reference !== undefined && (previous === undefined || before?.uid === reference.uid)) return keysFor(object, reference, owner)
  const managing = [...keysFor(object, reference, owner), ...keysFor(object, before, owner)]
  if (reference !== undefined || change.kind === 'Deleted' || !mayBeAdopted(object, previous)) return managing
  const adopting = store
    .list(owner.resource, object.metadata.namespace ?? '')
    .filter((candidate) => matchesSelector(selectorOf(candidate), object.metadata.labels ?? {}))
  return [...managing, ...adopting.map(nameOf)]
}

const none: readonly string[] = []

function keysFor(object: KubeObject, reference: OwnerReference | undefined, owner: OwnerKind): readonly string[] {
  if (reference === undefined || !isOf(reference.apiVersion, reference.kind, owner)) return none
  return [`${object.metadata.namespace ?? ''}/${reference.name}`]
}

type SelectorOf = (owner: KubeObject) => LabelSelector | undefined

/** A group counts, its version does not. */
function isOf(apiVersion: string, kind: string, owner: OwnerKind): boolean {
  return kind === owner.kind && groupOf(apiVersion) === groupOf(owner.apiVersion)
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? '' : apiVersion.slice(0, slash)
}

function mayBeAdopted(object: KubeObject, previous: KubeObject | undefined): boolean {
  if (object.metadata.deletionTimestamp !== undefined) return false
  if (previous === undefined || controllerOf(previous) !== undefined) return true
  return !sameJson(object.metadata.labels ?? {}, previous.metadata.labels ?? {})
}
