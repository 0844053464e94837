import { differenceOf, type FieldSet, intersectionOf, isEmptySet, isSameSet, noFields, unionOf } from '../fields/field-set.ts'
import { capUpdaters } from './cap-updaters.ts'
import type { Changes } from './changes.ts'
import { type Manager, managerId, type Owners, type Ownership } from './managed-fields.ts'
import { ownable } from './server-fields.ts'

/** Everybody's fields after a write by somebody else: what it changed, added or took away is no longer theirs. */
export function ownersLeft(owners: Owners, changes: Changes): Owners {
  if ([changes.own.modified, changes.own.added, changes.own.removed].every(isEmptySet)) return owners
  const left = new Map<string, Ownership>()
  for (const [id, owner] of owners) {
    const change = changes.in(owner.manager.apiVersion)
    if (change === undefined) continue
    const fields = differenceOf(owner.fields, unionOf(unionOf(change.modified, change.added), change.removed))
    if (!isEmptySet(fields)) left.set(id, { ...owner, fields })
  }
  return left
}

/** Who owns what after a write that is no apply: its manager has all that it changed, beside what it had. */
export function ownUpdate(owners: Owners, changes: Changes, manager: Manager, time: string): Owners {
  const id = managerId(manager)
  const others = ownersLeft(owners, changes)
  const changed = ownable(unionOf(changes.own.modified, changes.own.added))
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
export function conflictsWith(owners: Owners, changes: Changes, manager: Manager): Owners {
  const conflicts = new Map<string, Ownership>()
  for (const [id, owner] of owners) {
    const change = id === managerId(manager) ? undefined : changes.in(owner.manager.apiVersion)
    const fields = change === undefined ? noFields : intersectionOf(owner.fields, unionOf(change.modified, change.added))
    if (!isEmptySet(fields)) conflicts.set(id, { ...owner, fields })
  }
  return conflicts
}
