import type { KubeObject } from '../kube-object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type DeleteOptions, type Deletion, type DeletionRules, decideDeletion, decideNamespaceDeletion } from './decide-deletion.ts'
import { decideDefinitionDeletion } from './definitions/decide-definition-deletion.ts'
import { storedAs } from './resource-type.ts'
import { sameJson } from './same-json.ts'

/** What was deleted, and whether it is gone. */
export interface Deleted {
  readonly object: KubeObject
  readonly gone: boolean
}

/** What a deletion does to an object of any kind; some kinds end in a way of their own. Throws 409 when a precondition does not hold. */
export function decideDeletionOf(object: KubeObject, asked: DeleteOptions, rules: DeletionRules): Deletion {
  switch (storedAs(rules.type)) {
    case 'namespaces':
      return decideNamespaceDeletion(object, asked, rules)
    case 'customresourcedefinitions.apiextensions.k8s.io':
      return decideDefinitionDeletion(object, asked, rules)
    default:
      return decideDeletion(object, asked, rules)
  }
}

/** Does what was decided. */
export function carryOutDeletion(store: ObjectStore, resource: string, object: KubeObject, deletion: Deletion): Deleted {
  const { namespace, name } = object.metadata
  switch (deletion.kind) {
    case 'Pending':
      return { object, gone: false }
    case 'Mark':
      return { object: sameJson(deletion.next, object) ? object : store.put(resource, deletion.next), gone: false }
    case 'MarkAndRemove':
      if (!sameJson(deletion.next, object)) store.put(resource, deletion.next)
      return { object: store.remove(resource, namespace, name) ?? deletion.next, gone: true }
    case 'Remove':
      return { object: store.remove(resource, namespace, name) ?? object, gone: true }
  }
}

/** What would come of it, with nothing written. */
export function foreseenDeletion(object: KubeObject, deletion: Deletion): Deleted {
  switch (deletion.kind) {
    case 'Pending':
      return { object, gone: false }
    case 'Mark':
      return { object: deletion.next, gone: false }
    case 'MarkAndRemove':
      return { object: deletion.next, gone: true }
    case 'Remove':
      return { object, gone: true }
  }
}
