import type { Comparison } from '../fields/compare-fields.ts'
import { differenceOf, type FieldSet, intersectionOf, isEmptySet, isSameSet, noFields, unionOf } from '../fields/field-set.ts'
import { capUpdaters } from './cap-updaters.ts'
import { type Manager, managerId, type Owners, type Ownership } from './managed-fields.ts'
import { ownable } from './server-fields.ts'

/** Everybody's fields after a write by somebody else: what it changed, added or took away is no longer theirs. */
export function ownersLeft(owners: Owners, { added, modified, removed }: Comparison): Owners {
  const lost = unionOf(unionOf(modified, added), removed)
  if (isEmptySet(lost)) return owners
  const left = new Map<string, Ownership>()
  for (const [id, owner] of owners) {
    const fields = differenceOf(owner.fields, lost)
    if (!isEmptySet(fields)) left.set(id, { ...owner, fields })
  }
  return left
}

/** Who owns what after a write that is no apply: its manager has all that it changed, beside what it had. */
export function ownUpdate(owners: Owners, comparison: Comparison, manager: Manager, time: string): Owners {
  const id = managerId(manager)
  const others = ownersLeft(owners, comparison)
  const changed = ownable(unionOf(comparison.modified, comparison.added))
  if (isEmptySet(changed)) return others
  const left = new Map(others)
  const fields = unionOf(left.get(id)?.fields ?? noFields, changed)
  left.set(id, { manager, fields, time: timeOf(owners.get(id), fields, time) })
  return capUpdaters(left)
}

/** An entry keeps its time as long as its fields stay the same. */
function timeOf(before: Ownership | undefined, fields: FieldSet, time: string): string | undefined {
  return before !== undefined && isSameSet(before.fields, fields) ? before.time : time
}

/** The fields of others that an apply changes, by who owns them. */
export function conflictsWith(owners: Owners, { added, modified }: Comparison, manager: Manager): Owners {
  const changed = unionOf(modified, added)
  const conflicts = new Map<string, Ownership>()
  for (const [id, owner] of owners) {
    const fields = id === managerId(manager) ? noFields : intersectionOf(owner.fields, changed)
    if (!isEmptySet(fields)) conflicts.set(id, { ...owner, fields })
  }
  return conflicts
}
