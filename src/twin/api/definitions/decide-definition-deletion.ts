import { apiTime } from '../../api-time.ts'
import type { KubeObject } from '../../kube-object.ts'
import { type DefinitionCondition, definitionOf } from '../../schema/custom/definition.ts'
import { checkPreconditions, type DeleteOptions, type Deletion, type DeletionRules, decideDeletion } from '../decide-deletion.ts'

/** Kept on a definition until its objects are gone. Source: Kubernetes, CustomResourceCleanupFinalizer. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

const pending = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionPending',
  message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
}

/** A definition that somebody deletes stays until its objects are gone. Throws 409 when a precondition does not hold. */
export function decideDefinitionDeletion(object: KubeObject, options: DeleteOptions, rules: DeletionRules): Deletion {
  if (object.metadata.deletionTimestamp !== undefined) return decideDeletion(object, options, rules)
  checkPreconditions(object, options, rules.type)
  return { kind: 'Mark', next: endingDefinition(object, rules.nowMs) }
}

function endingDefinition(object: KubeObject, nowMs: number): KubeObject {
  const { metadata } = object
  const finalizers = metadata.finalizers?.includes(cleanupFinalizer)
    ? metadata.finalizers
    : [...(metadata.finalizers ?? []), cleanupFinalizer]
  return withCondition({ ...object, metadata: { ...metadata, deletionTimestamp: apiTime(nowMs), finalizers } }, pending, nowMs)
}

/** Its objects are gone: it may go, too. */
export function cleanedDefinition(object: KubeObject): KubeObject {
  const { finalizers = [], ...metadata } = object.metadata
  const left = finalizers.filter((finalizer) => finalizer !== cleanupFinalizer)
  return { ...object, metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left } }
}

function withCondition(object: KubeObject, condition: DefinitionCondition, nowMs: number): KubeObject {
  const { status } = definitionOf(object)
  const others = (status?.conditions ?? []).filter(({ type }) => type !== condition.type)
  return { ...object, status: { ...status, conditions: [...others, { ...condition, lastTransitionTime: apiTime(nowMs) }] } }
}
