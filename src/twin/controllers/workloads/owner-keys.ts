import { matchesSelector } from '../../../core/kubernetes/label-selector.ts'
import type { LabelSelector } from '../../../core/kubernetes/label-selector-schema.ts'
import { sameJson } from '../../api/same-json.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { Change, ObjectStore } from '../../store/object-store.ts'
import { controllerOf, type OwnerKind } from './controller-reference.ts'
import { keyOf } from './object-key.ts'

/**
 * The keys of the owners that a change of a dependent concerns: who manages it, who managed it before, and, when nobody does and it is new or
 * has new labels, everybody whose selector matches: somebody may want to adopt it.
 */
export function ownerKeys(change: Change, owner: OwnerKind, selectorOf: SelectorOf, store: ObjectStore): readonly string[] {
  const { object, previous } = change
  const namespace = object.metadata.namespace ?? ''
  const versions = previous === undefined ? [object] : [object, previous]
  const managing = versions.flatMap((version) => {
    const reference = controllerOf(version)
    return reference !== undefined && isOf(reference.apiVersion, reference.kind, owner) ? [`${namespace}/${reference.name}`] : []
  })
  if (controllerOf(object) !== undefined || change.kind === 'Deleted' || !mayBeAdopted(object, previous)) return managing
  const adopting = store
    .list(owner.resource, namespace)
    .filter((candidate) => matchesSelector(selectorOf(candidate), object.metadata.labels ?? {}))
  return [...managing, ...adopting.map(keyOf)]
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
