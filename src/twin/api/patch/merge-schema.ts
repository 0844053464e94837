import { fieldOf } from './json-object.ts'

/**
 * How the values at one place of an object are merged: what the OpenAPI extensions `x-kubernetes-list-type`, `-list-map-keys`, `-map-type` and
 * `-patch-merge-key` say of it. Where nothing is said, objects merge field by field and lists are taken as one.
 */
export interface MergeSchema {
  /** The declared fields of an object of which there is something to say. */
  readonly fields?: Readonly<Record<string, MergeSchema>>
  /** Of every other field of an object, and of the items of a list. */
  readonly element?: MergeSchema
  /** Fields that `fields` does not name are data, not declared: each key is owned by itself, also when its value is an object. */
  readonly keysAreData?: true
  /** Server-side apply takes the value as one. A strategic merge patch merges an object all the same. */
  readonly atomic?: true
  /** Absent: the list is taken as one. */
  readonly list?: ListMerge
  /** Of a kind of which nothing is known at all (a custom resource without a schema): sets of fields are taken as they are. */
  readonly deduced?: true
  /** The API server holds this even when it is empty (a struct and no pointer in its types), so nobody owns that it is there. */
  readonly present?: true
  /** What the API server holds in place of nothing (`0`, `''`, `false`), so that nobody owns that. */
  readonly zero?: 0 | '' | false
}

/** What tells the items of a list apart: their own value (a set), or some of their fields. */
export interface ListMerge {
  /** For server-side apply; absent: the list is taken as one. */
  readonly applyKeys?: 'Value' | readonly string[]
  /** What an item has that lacks a field of `applyKeys`; without one such an item is refused. */
  readonly keyDefaults?: Readonly<Record<string, unknown>>
  /** For a strategic merge patch; absent: the patch's list replaces. */
  readonly patchKey?: 'Value' | { readonly field: string }
}

/** The schema of what nothing is said about. */
export const plainSchema: MergeSchema = {}

/** The schema of one field of an object, declared or not. */
export function schemaOfField(schema: MergeSchema, field: string): MergeSchema {
  return (schema.fields && fieldOf(schema.fields, field)) ?? schema.element ?? plainSchema
}

/** The schema of the items of a list. */
export function schemaOfItem(schema: MergeSchema): MergeSchema {
  return schema.element ?? plainSchema
}
