import { apiTime } from '../../../api-time.ts'
import type { DraftObject, KubeObject } from '../../../kube-object.ts'
import { badRequest } from '../../status-error.ts'
import { differenceOf, type FieldSet, isEmptySet, noFields, unionOf } from '../fields/field-set.ts'
import { mergeFields } from '../fields/merge-fields.ts'
import { ownedFields } from '../fields/owned-fields.ts'
import type { MergeSchema } from '../merge-schema.ts'
import { patchFailed } from '../patch-refusal.ts'
import { applyConflict } from './apply-conflict.ts'
import { type Changes, changesOf, type InVersion } from './changes.ts'
import { fieldsLastApplied, withLastApplied } from './last-applied.ts'
import {
  type Manager,
  managerId,
  type Owners,
  type Ownership,
  readManagedFields,
  reconcileOwners,
  sameOwners,
  writeManagedFields,
} from './managed-fields.ts'
import { conflictsWith, ownersLeft, ownUpdate } from './own-update.ts'
import { pruneApplied } from './prune-applied.ts'
import { ownable } from './server-fields.ts'
import { joinedProblems, typedProblems } from './typed-problems.ts'
import { withManagedFields, withoutManagedFields } from './with-managed-fields.ts'

export interface ApplyRequest {
  /** As it is stored; absent when the apply creates it. */
  readonly live: KubeObject | undefined
  /** What the client sent, parsed. */
  readonly applied: DraftObject
  /** The request's `fieldManager`. */
  readonly manager: string
  readonly force: boolean
  /** Of the request's path: `apps/v1`. */
  readonly apiVersion: string
  /** Of the resource. */
  readonly kind: string
  readonly nowMs: number
  /** Servers before 1.22 note none. */
  readonly subresource?: string | undefined
  readonly schema: MergeSchema
  readonly inVersion?: InVersion | undefined
  /** Of the server; 20 unless told. */
  readonly minor?: number
  /** Whether the server has a kind in this version; all unless told. */
  readonly isKnown?: (kind: string) => boolean
  /** Unknown fields and wrong types of what is applied, as `.spec.foo: field not declared in schema`; none unless told. */
  readonly problems?: (applied: DraftObject) => readonly string[]
}

/**
 * Server-side apply: the object that shall be stored, still without defaults; `live` itself when nothing changes, not even who owns what. It holds
 * the `resourceVersion` that the client sent, if any: the caller checks it as for an update.
 * Throws `StatusError`: 409 with `FieldManagerConflict` causes, 400 and 500 for what cannot be applied.
 * Source: Kubernetes docs, "Server-Side Apply"; KEP-555.
 */
export function serverSideApply(request: ApplyRequest): DraftObject {
  refuseMisfit(request)
  const { live, applied, schema } = request
  const before = withoutManagedFields(live ?? {})
  refuseUntyped('live', typedProblems(before, schema))
  const stored = readManagedFields(live?.metadata.managedFields)
  if (stored === undefined) throw patchFailed('failed to decode managed fields: failed to convert managed fields from API')
  const { object, owners } = mergedAndOwned(request, before, stored)
  const same = object === before && live !== undefined
  if (same && sameOwners(owners, stored)) return withUpdatedAnnotation(request, live)
  const named = { apiVersion: applied.apiVersion ?? request.apiVersion, kind: applied.kind ?? request.kind, ...object }
  return withUpdatedAnnotation(request, withManagedFields(named, writeManagedFields(stamped(owners, request))))
}

function withUpdatedAnnotation({ manager, applied }: ApplyRequest, object: DraftObject): DraftObject {
  return manager === 'kubectl' ? withLastApplied(object, applied) : object
}

function managerOf({ manager, apiVersion, subresource }: ApplyRequest): Manager {
  return { name: manager, operation: 'Apply', apiVersion, subresource }
}

/** The applier's entry with the time of now. */
function stamped(owners: Owners, request: ApplyRequest): Owners {
  const id = managerId(managerOf(request))
  const own = owners.get(id)
  return own === undefined ? owners : new Map([...owners, [id, { ...own, time: apiTime(request.nowMs) }]])
}

function refuseMisfit({ applied, apiVersion, kind, schema, problems, isKnown = () => true }: ApplyRequest): void {
  const sent = typeof applied.apiVersion === 'string' && applied.apiVersion.split('/').length <= 2 ? applied.apiVersion : ''
  if (sent !== apiVersion) {
    throw badRequest(`Incorrect version specified in apply patch. Specified patch version: ${sent}, expected: ${apiVersion}`)
  }
  if (applied.metadata?.managedFields !== undefined && applied.metadata.managedFields !== null) {
    throw badRequest('metadata.managedFields must be nil')
  }
  const sentKind = applied.kind ?? ''
  if (sentKind === '' || !isKnown(sentKind)) {
    throw patchFailed(`failed to create typed patch object: no corresponding type for ${groupVersionText(apiVersion)}, Kind=${sentKind}`)
  }
  refuseUntyped('patch', problems?.(applied) ?? [])
  refuseUntyped('patch', typedProblems(applied, schema))
  if (applied.kind !== kind)
    throw patchFailed(`failed to merge config: expected objects of the same type, but got ${kind} and ${applied.kind}`)
}

function groupVersionText(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
}

function refuseUntyped(which: 'patch' | 'live', problems: readonly string[]): void {
  if (problems.length > 0) throw patchFailed(`failed to create typed ${which} object: ${joinedProblems(problems)}`)
}

interface Applied {
  readonly object: DraftObject
  readonly owners: Owners
}

function mergedAndOwned(request: ApplyRequest, before: DraftObject, stored: Owners): Applied {
  const { applied, schema } = request
  const manager = managerOf(request)
  const id = managerId(manager)
  const formerOwners = ownersBefore(request, before, stored)
  const last = formerOwners.get(id)?.fields ?? noFields
  const sent = ownedFields(applied, schema, (request.minor ?? 20) >= 21 ? 'EmptyIsOwned' : 'EmptyIsIgnored')
  const owners = new Map<string, Ownership>([...formerOwners, [id, { manager, fields: sent, time: formerOwners.get(id)?.time }]])
  const merged = mergeFields(before, applied, schema)
  const owned = [...owners.values()].map(({ fields }) => fields).reduce(unionOf, noFields)
  const after = isEmptySet(last) ? merged : pruneApplied(merged, { last, owned, schema })
  const changes = changesOf(before, after as DraftObject, request)
  if (!request.force) refuseConflicts(conflictsWith(owners, changes, manager), request, before)
  const others = new Map(owners)
  others.delete(id)
  const left = new Map(ownersLeft(others, changes))
  const own = ownable(sent)
  if (!isEmptySet(own)) left.set(id, { manager, fields: own, time: formerOwners.get(id)?.time })
  return { object: changesNothing(changes) ? before : (after as DraftObject), owners: left }
}

function changesNothing({ own: { added, modified, removed } }: Changes): boolean {
  return [added, modified, removed].every(isEmptySet)
}

/** Who owns what before the apply; all of an object that nobody has tracked is `before-first-apply`'s. */
function ownersBefore(request: ApplyRequest, before: DraftObject, stored: Owners): Owners {
  const { apiVersion, nowMs } = request
  if (stored.size > 0) return reconcileOwners(stored, before, request)
  const everything = changesOf({}, before, request)
  return ownUpdate(new Map(), everything, { name: 'before-first-apply', operation: 'Update', apiVersion }, apiTime(nowMs))
}

/** Conflicts of `kubectl` with what it applied from the client before are none. */
function refuseConflicts(conflicts: Owners, { manager, apiVersion, schema }: ApplyRequest, before: DraftObject): void {
  if (conflicts.size === 0) return
  const own: FieldSet = manager === 'kubectl' ? fieldsLastApplied(before, apiVersion, schema) : noFields
  const left = [...conflicts].flatMap(([id, owner]): [string, Ownership][] => {
    const fields = differenceOf(owner.fields, own)
    return isEmptySet(fields) ? [] : [[id, { ...owner, fields }]]
  })
  if (left.length > 0) throw applyConflict(new Map(left))
}
