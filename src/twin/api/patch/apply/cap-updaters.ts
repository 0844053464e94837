import { unionOf } from '../fields/field-set.ts'
import { managerId, type Owners, type Ownership, secondsOf } from './managed-fields.ts'

/** More entries of updates than this are not kept apart. Source: kube-apiserver, `DefaultMaxUpdateManagers`. */
const maxUpdaters = 10

/** Takes the oldest entries of updates together as `ancient-changes`, one for each version of the API, until there are at most ten. */
export function capUpdaters(owners: Owners): Owners {
  const oldestFirst = [...owners].filter(([, owner]) => owner.manager.operation === 'Update').toSorted(byAge)
  let excess = oldestFirst.length - maxUpdaters
  if (excess <= 0) return owners
  const capped = new Map(owners)
  const firstOf = new Map<string, string>()
  for (const [id, owner] of oldestFirst) {
    if (excess <= 0) break
    const first = firstOf.get(owner.manager.apiVersion)
    if (first === undefined) firstOf.set(owner.manager.apiVersion, id)
    else {
      putTogether(capped, first, owner)
      capped.delete(id)
      excess--
    }
  }
  return capped
}

function putTogether(owners: Map<string, Ownership>, first: string, owner: Ownership): void {
  const manager = { name: 'ancient-changes', operation: 'Update', apiVersion: owner.manager.apiVersion } as const
  const bucket = owners.get(managerId(manager)) ?? owners.get(first)
  if (!owners.has(managerId(manager))) owners.delete(first)
  owners.set(managerId(manager), { manager, fields: unionOf(owner.fields, bucket?.fields ?? {}), time: owner.time })
}

function byAge([a, left]: [string, Ownership], [b, right]: [string, Ownership]): number {
  return secondsOf(left.time) - secondsOf(right.time) || (a < b ? -1 : a > b ? 1 : 0)
}
