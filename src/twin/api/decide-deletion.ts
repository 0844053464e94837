import { apiTime } from '../api-time.ts'
import type { KubeObject, ObjectMeta } from '../kube-object.ts'
import type { ResourceStrategy } from './resource-strategy.ts'
import { type ResourceType, storedAs } from './resource-type.ts'
import { conflict } from './status-error.ts'

/** What a deletion asks for. Source: Kubernetes API reference, DeleteOptions. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly orphanDependents?: boolean
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** What becomes of an object that is to be deleted. */
export type Deletion =
  /** It is being deleted already, and not later than asked: nothing changes. */
  | { readonly kind: 'Pending' }
  /** It stays, with a deletionTimestamp, until a kubelet or its finalizers are done. */
  | { readonly kind: 'Mark'; readonly next: KubeObject }
  /** Its grace is over: written once more, then gone. */
  | { readonly kind: 'MarkAndRemove'; readonly next: KubeObject }
  | { readonly kind: 'Remove' }

export interface DeletionRules {
  readonly type: ResourceType
  /** In which it is deleted: old versions of some kinds leave their dependents behind. */
  readonly version: string
  readonly strategy: ResourceStrategy
  readonly nowMs: number
  /** Minor of Kubernetes 1 that the server is. */
  readonly minor: number
}

/** From then on a grace below zero is one second; before, it is taken as it is, and over at once. Source: Kubernetes v1.22 changelog. */
export const negativeIsOneSince = 22

/**
 * Judges the deletion of an object as the API server does. Throws `StatusError` 409 when a precondition does not hold.
 * Source: Kubernetes, apiserver registry/rest BeforeDelete and generic/registry Store.Delete.
 */
export function decideDeletion(object: KubeObject, options: DeleteOptions, rules: DeletionRules): Deletion {
  checkPreconditions(object, options, rules.type)
  const grace = gracefulMetadata(object, options, rules)
  if (grace === 'Pending') return { kind: 'Pending' }
  const { metadata } = object
  const finalizers = deletionFinalizers(metadata.finalizers ?? [], options, rules)
  if (grace === 'None') {
    if (finalizers.length === 0) return { kind: 'Remove' }
    return { kind: 'Mark', next: { ...object, metadata: withFinalizers(endedMetadata(metadata, rules.nowMs), finalizers) } }
  }
  const next = { ...object, metadata: withFinalizers(grace, finalizers) }
  const stays = finalizers.length > 0 || (grace.deletionGracePeriodSeconds ?? 0) > 0
  return { kind: stays ? 'Mark' : 'MarkAndRemove', next }
}

/** Deleting a namespace only begins its end: the namespace controller empties it and takes away the finalizer in its spec. */
export function decideNamespaceDeletion(object: KubeObject, options: DeleteOptions, rules: DeletionRules): Deletion {
  checkPreconditions(object, options, rules.type)
  const { metadata } = object
  if (metadata.deletionTimestamp === undefined) {
    const finalizers = deletionFinalizers(metadata.finalizers ?? [], options, rules)
    const ending = { ...metadata, deletionTimestamp: apiTime(rules.nowMs) }
    const status = { ...(object.status as object | undefined), phase: 'Terminating' }
    return { kind: 'Mark', next: { ...object, metadata: withFinalizers(ending, finalizers), status } }
  }
  const spec = object.spec as { readonly finalizers?: readonly string[] } | undefined
  return (spec?.finalizers?.length ?? 0) > 0 ? { kind: 'Pending' } : decideDeletion(object, options, rules)
}

/** An object that was marked goes with the update that takes its last finalizer away. Source: Kubernetes, ShouldDeleteDuringUpdate. */
export function goesWithUpdate(next: KubeObject, old: KubeObject, type: ResourceType): boolean {
  if (old.metadata.deletionTimestamp === undefined || (next.metadata.finalizers?.length ?? 0) > 0) return false
  if ((old.metadata.deletionGracePeriodSeconds ?? 0) > 0) return false
  if (storedAs(type) !== 'namespaces') return true
  return ((next.spec as { readonly finalizers?: readonly string[] } | undefined)?.finalizers?.length ?? 0) === 0
}

/** Throws 409 when another object, or another version of it, is meant. */
export function checkPreconditions({ metadata }: KubeObject, { preconditions = {} }: DeleteOptions, type: ResourceType): void {
  const { uid, resourceVersion } = preconditions
  // The kind, not the resource: so says the real server here.
  const of = { group: type.group, plural: type.kind, name: metadata.name }
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid})`
    throw conflict(of, `${why}. The object might have been deleted and then recreated`)
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record`
    throw conflict(of, `${why} (${metadata.resourceVersion}). The object might have been modified`)
  }
}

/** The metadata of an object that is given time; `None` for a kind that is not, or whose time is over. */
function gracefulMetadata(
  object: KubeObject,
  { gracePeriodSeconds: sent }: DeleteOptions,
  { strategy, nowMs, minor }: DeletionRules,
): ObjectMeta | 'Pending' | 'None' {
  if (strategy.graceSeconds === undefined) return 'None'
  const { metadata } = object
  const asked = sent !== undefined && sent < 0 && minor >= negativeIsOneSince ? 1 : sent
  if (metadata.deletionTimestamp !== undefined) return shortened(metadata, metadata.deletionTimestamp, asked)
  const seconds = strategy.graceSeconds(object, asked, minor)
  return {
    ...metadata,
    ...(metadata.generation ? { generation: metadata.generation + 1 } : {}),
    deletionTimestamp: apiTime(nowMs + seconds * 1_000),
    deletionGracePeriodSeconds: seconds,
  }
}

/** A second deletion can only make the first one come sooner. */
function shortened(metadata: ObjectMeta, deletionTimestamp: string, asked: number | undefined): ObjectMeta | 'Pending' | 'None' {
  const current = metadata.deletionGracePeriodSeconds ?? 0
  if (current === 0) return 'None'
  if (asked === undefined || asked >= current) return 'Pending'
  const endMs = Date.parse(deletionTimestamp) + (asked - current) * 1_000
  return { ...metadata, deletionTimestamp: apiTime(endMs), deletionGracePeriodSeconds: asked }
}

function endedMetadata(metadata: ObjectMeta, nowMs: number): ObjectMeta {
  const { deletionTimestamp } = metadata
  const first = deletionTimestamp === undefined
  const later = first || Date.parse(deletionTimestamp) > nowMs
  return {
    ...metadata,
    ...(first && metadata.generation ? { generation: metadata.generation + 1 } : {}),
    deletionTimestamp: later ? apiTime(nowMs) : deletionTimestamp,
    deletionGracePeriodSeconds: 0,
  }
}

function withFinalizers(metadata: ObjectMeta, finalizers: readonly string[]): ObjectMeta {
  const { finalizers: _before, ...rest } = metadata
  return finalizers.length === 0 ? rest : { ...rest, finalizers }
}

/** Those that ask the garbage collector for something come and go with what the deletion asks for. */
function deletionFinalizers(finalizers: readonly string[], options: DeleteOptions, { type, version }: DeletionRules): readonly string[] {
  // Nothing depends on an event.
  if (type.kind === 'Event') return finalizers
  const policy = policyOf(finalizers, options) ?? defaultPolicy(type, version)
  const others = finalizers.filter((finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion')
  if (policy === 'Orphan') return [...others, 'orphan']
  return policy === 'Foreground' ? [...others, 'foregroundDeletion'] : others
}

function policyOf(
  finalizers: readonly string[],
  { orphanDependents, propagationPolicy }: DeleteOptions,
): DeleteOptions['propagationPolicy'] {
  if (orphanDependents !== undefined) return orphanDependents ? 'Orphan' : 'Background'
  if (propagationPolicy !== undefined) return propagationPolicy
  if (finalizers.includes('orphan')) return 'Orphan'
  return finalizers.includes('foregroundDeletion') ? 'Foreground' : undefined
}

/** Versions of before garbage collection, and Jobs to this day, leave behind what they made. Source: Kubernetes, DefaultGarbageCollectionPolicy. */
const orphaning = new Set([
  'v1/replicationcontrollers',
  'batch/v1/jobs',
  'batch/v1beta1/cronjobs',
  'batch/v2alpha1/cronjobs',
  ...['deployments', 'daemonsets', 'replicasets'].map((plural) => `extensions/v1beta1/${plural}`),
  ...['deployments', 'statefulsets'].map((plural) => `apps/v1beta1/${plural}`),
  ...['deployments', 'statefulsets', 'daemonsets', 'replicasets'].map((plural) => `apps/v1beta2/${plural}`),
])

function defaultPolicy({ group, plural }: ResourceType, version: string): 'Orphan' | 'Background' {
  const path = [...(group === '' ? [] : [group]), version, plural].join('/')
  return orphaning.has(path) ? 'Orphan' : 'Background'
}
