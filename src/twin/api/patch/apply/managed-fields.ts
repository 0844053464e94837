import { compareText } from '../../../../core/compare-text.ts'
import type { DraftObject } from '../../../kube-object.ts'
import { type FieldSet, isSameSet } from '../fields/field-set.ts'
import { parseFieldSet, writtenFieldSet } from '../fields/parse-field-set.ts'
import { reconcileFields } from '../fields/reconcile-fields.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import { type SpokenVersion, viewIn } from './changes.ts'

/** Who writes: what tells one entry of `metadata.managedFields` from another. */
export interface Manager {
  readonly name: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  /** Servers before 1.22 know none. */
  readonly subresource?: string | undefined
}

/** An entry of `metadata.managedFields`, read. */
export interface Ownership {
  readonly manager: Manager
  readonly fields: FieldSet
  /** RFC 3339, whole seconds. */
  readonly time?: string | undefined
}

/** Who owns what, by `managerId`. */
export type Owners = ReadonlyMap<string, Ownership>

/** What identifies a manager; one that applies stays the same when it changes to another version of the API. */
export function managerId({ name, operation, apiVersion, subresource }: Manager): string {
  return JSON.stringify({
    manager: name,
    operation,
    ...(operation === 'Apply' ? {} : { apiVersion }),
    ...(subresource === undefined ? {} : { subresource }),
  })
}

/** `metadata.managedFields` read; undefined when an entry is malformed. */
export function readManagedFields(entries: unknown): Owners | undefined {
  if (entries === undefined || entries === null) return new Map()
  if (!Array.isArray(entries)) return undefined
  const owners = new Map<string, Ownership>()
  for (const entry of entries) {
    const owner = isJsonObject(entry) ? readEntry(entry) : undefined
    if (owner === undefined) return undefined
    owners.set(managerId(owner.manager), owner)
  }
  return owners
}

function readEntry(entry: JsonObject): Ownership | undefined {
  const fields = parseFieldSet(entry.fieldsV1 ?? {})
  if (fields === undefined || entry.fieldsType !== 'FieldsV1') return undefined
  const manager: Manager = {
    name: textOf(entry.manager) ?? '',
    operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
    apiVersion: textOf(entry.apiVersion) ?? '',
    subresource: textOf(entry.subresource),
  }
  return { manager, fields, time: textOf(entry.time) }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** `metadata.managedFields` in the order of the real server: appliers first, then by time and name; undefined when nobody owns anything. */
export function writeManagedFields(owners: Owners): readonly JsonObject[] | undefined {
  if (owners.size === 0) return undefined
  return [...owners.values()].toSorted(inOrder).map(({ manager, fields, time }) => ({
    manager: manager.name,
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: writtenFieldSet(fields),
    ...(manager.subresource === undefined ? {} : { subresource: manager.subresource }),
  }))
}

function inOrder(a: Ownership, b: Ownership): number {
  return (
    compareText(a.manager.operation, b.manager.operation) ||
    secondsOf(a.time) - secondsOf(b.time) ||
    compareText(a.manager.name, b.manager.name) ||
    compareText(a.manager.apiVersion, b.manager.apiVersion) ||
    compareText(a.manager.subresource ?? '', b.manager.subresource ?? '')
  )
}

/** Of an entry's time; 0 without one. */
export function secondsOf(time: string | undefined): number {
  const milliseconds = time === undefined ? Number.NaN : Date.parse(time)
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000)
}

/** The same owners, their sets in the terms of the schema of their version; without those of a version that the server does not have. */
export function reconcileOwners(owners: Owners, object: DraftObject, spoken: SpokenVersion): Owners {
  let out: Map<string, Ownership> | undefined
  for (const [id, owner] of owners) {
    const view = viewIn(owner.manager.apiVersion, object, spoken)
    const fields = view && reconcileFields(owner.fields, view.object, view.schema)
    if (fields === owner.fields) continue
    out ??= new Map(owners)
    if (fields === undefined) out.delete(id)
    else out.set(id, { ...owner, fields })
  }
  return out ?? owners
}

/** Whether both say the same of who owns what, whenever it was said. */
export function sameOwners(a: Owners, b: Owners): boolean {
  if (a.size !== b.size) return false
  return [...a].every(([id, owner]) => {
    const other = b.get(id)
    return other !== undefined && other.manager.apiVersion === owner.manager.apiVersion && isSameSet(owner.fields, other.fields)
  })
}
