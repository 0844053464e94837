import { differenceOf, type FieldSet, intersectionOf, unionOf } from '../fields/field-set.ts'
import { ownedFields } from '../fields/owned-fields.ts'
import { removeFields } from '../fields/remove-fields.ts'
import type { JsonObject } from '../json-object.ts'
import type { MergeSchema } from '../merge-schema.ts'

export interface Pruning {
  /** What the applier owned before. */
  readonly last: FieldSet
  /** What anybody owns now, the applier with what it sends this time. */
  readonly owned: FieldSet
  readonly schema: MergeSchema
}

/**
 * A merged object without what its applier has owned before and no longer sends, unless somebody else owns it. What nobody has ever owned stays,
 * except below an item that goes.
 */
export function pruneApplied(merged: JsonObject, { last, owned, schema }: Pruning): JsonObject {
  const all = ownedFields(merged, schema)
  const withoutLast = removeFields(merged, last, schema)
  const stays = unionOf(ownedFields(withoutLast, schema), owned)
  const withOwned = removeFields(merged, differenceOf(all, stays), schema)
  const gone = differenceOf(all, ownedFields(withOwned, schema))
  return removeFields(merged, intersectionOf(gone, last), schema)
}
