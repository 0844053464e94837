import { badRequest } from '../../status-error.ts'
import { goText, goType } from '../go-text.ts'
import { isJsonObject, type JsonObject, jsonTypeName } from '../json-object.ts'
import { type MergeSchema, schemaOfField } from '../merge-schema.ts'
import { patchFailed } from '../patch-refusal.ts'
import {
  deletionListPrefix,
  directedField,
  elementOrderPrefix,
  patchDirective,
  retainKeysDirective,
  withoutDirectives,
} from './directives.ts'
import { inElementOrder } from './element-order.ts'
import { type MergeItems, mergeList } from './merge-list.ts'

type Fields = Map<string, unknown>

/**
 * A strategic merge patch on an object, with the merge keys of its kind's schema. Parts that do not change are shared with `target`.
 * Throws `StatusError`: 400 for what is no patch or misuses a directive, 500 where the real server gives up on merging.
 * Source: Kubernetes docs, "Update API Objects in Place Using kubectl patch"; design proposal "Preserve Order in Strategic Merge Patch".
 */
export function applyStrategicPatch(target: JsonObject, patch: unknown, schema: MergeSchema): JsonObject {
  if (patch === null) return target
  if (!isJsonObject(patch)) throw badRequest(`json: cannot unmarshal ${jsonTypeName(patch)} into Go value of type map[string]interface {}`)
  return mergeObject(target, patch, schema)
}

const mergeObject: MergeItems = (original, patch, schema) => {
  if (Object.hasOwn(patch, patchDirective)) return directed(patch)
  const fields: Fields = new Map(Object.entries(original))
  const changes: Fields = new Map(Object.entries(patch))
  retainKeys(fields, changes)
  mergeOrderedLists(fields, changes, schema)
  for (const [key, value] of changes) mergeField(fields, key, value, schema)
  return Object.fromEntries(fields)
}

/** `$patch: replace` takes the patch as it is, `$patch: delete` leaves nothing. */
function directed(patch: JsonObject): JsonObject {
  if (patch[patchDirective] === 'replace') return withoutDirectives(patch) as JsonObject
  if (patch[patchDirective] === 'delete') return {}
  throw patchFailed(`unknown patch type: ${goText(patch[patchDirective])} in map: ${goText(patch)}`)
}

function retainKeys(fields: Fields, changes: Fields): void {
  const listed = changes.get(retainKeysDirective)
  if (listed === undefined) return
  changes.delete(retainKeysDirective)
  if (!Array.isArray(listed)) throw badRequest('invalid patch format of retainKeys')
  const retained = new Set<unknown>(listed)
  for (const [key, value] of changes) {
    const isOther = value === null || key.startsWith(deletionListPrefix) || key.startsWith(elementOrderPrefix)
    if (!isOther && !retained.has(key)) throw badRequest('invalid patch format of retainKeys')
  }
  for (const key of [...fields.keys()]) {
    if (!retained.has(key)) fields.delete(key)
  }
}

/** Lists with a `$setElementOrder` are merged and ordered first; their directive and their part of the patch are done with. */
function mergeOrderedLists(fields: Fields, changes: Fields, schema: MergeSchema): void {
  for (const [directive, order] of [...changes]) {
    if (!directive.startsWith(elementOrderPrefix)) continue
    changes.delete(directive)
    const wanted = listOf(order)
    const field = directedField(directive, elementOrderPrefix)
    const original = fields.has(field) ? listOf(fields.get(field)) : undefined
    const patch = changes.has(field) ? listOf(changes.get(field)) : undefined
    changes.delete(field)
    if (original === undefined && patch === undefined) continue
    fields.set(field, inElementOrder({ original, patch, wanted, schema: schemaOfField(schema, field) }, mergeObject))
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw patchFailed(`expected a []interface {}, but received a ${goType(value)}`)
}

function mergeField(fields: Fields, key: string, value: unknown, schema: MergeSchema): void {
  if (key.startsWith(deletionListPrefix)) {
    const field = directedField(key, deletionListPrefix)
    const current = fields.get(field)
    if (Array.isArray(current)) fields.set(field, without(current, listOf(value)))
    return
  }
  if (value === null) fields.delete(key)
  else fields.set(key, mergedValue(fields.get(key), value, schemaOfField(schema, key)))
}

function without(list: readonly unknown[], gone: readonly unknown[]): readonly unknown[] {
  const values = new Set(gone)
  return list.filter((value) => !values.has(value))
}

function mergedValue(current: unknown, value: unknown, schema: MergeSchema): unknown {
  if (isJsonObject(current) && isJsonObject(value)) return mergeObject(current, value, schema)
  if (Array.isArray(current) && Array.isArray(value)) return mergeList({ original: current, patch: value, schema }, mergeObject)
  return withoutDirectives(value)
}
