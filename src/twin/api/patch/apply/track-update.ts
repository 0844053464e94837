import { apiTime } from '../../../api-time.ts'
import type { DraftObject, KubeObject } from '../../../kube-object.ts'
import { UnmergeableList } from '../fields/list-items.ts'
import { isJsonObject } from '../json-object.ts'
import type { MergeSchema } from '../merge-schema.ts'
import { changesOf, type InVersion } from './changes.ts'
import { type Manager, type Owners, readManagedFields, reconcileOwners, writeManagedFields } from './managed-fields.ts'
import { ownUpdate } from './own-update.ts'
import { withManagedFields, withoutManagedFields } from './with-managed-fields.ts'

/** A write that is no apply: create, update, or one of the other patches. */
export interface TrackedWrite {
  /** As it is stored, in the version of the request; absent when it is created. */
  readonly live: KubeObject | undefined
  /** As it will be stored. */
  readonly next: DraftObject
  /** Who writes: `managerName(fieldManager, userAgent)`. */
  readonly manager: string
  /** The version of the API that the request uses: `apps/v1`. */
  readonly apiVersion: string
  readonly nowMs: number
  /** Servers before 1.22 note none. */
  readonly subresource?: string | undefined
  readonly schema: MergeSchema
  readonly inVersion?: InVersion | undefined
}

/**
 * `next` with the managed fields that the write leaves: its manager owns what it changes. Nothing is tracked on an object that has no managed
 * fields and is not new; a client clears them with `[]` or `[{}]`. With a list that cannot be merged they are dropped, as the real server does.
 * When they stay as they were, `metadata.managedFields` is the very list of `live`.
 */
export function trackUpdate(write: TrackedWrite): DraftObject {
  const { live, next } = write
  const { owners, entries } = ownersBefore(live, next)
  if (live !== undefined && owners.size === 0) return withoutManagedFields(next)
  const after = ownersAfter(write, owners)
  if (after === undefined) return withoutManagedFields(next)
  return withManagedFields(next, after === owners ? entries : writeManagedFields(after))
}

/** Undefined when the object has a list that cannot be merged. */
function ownersAfter(write: TrackedWrite, owners: Owners): Owners | undefined {
  const { live, next, nowMs } = write
  const [before, after] = [withoutManagedFields(live ?? {}), withoutManagedFields(next)]
  try {
    return ownUpdate(reconcileOwners(owners, before, write), changesOf(before, after, write), managerOf(write), apiTime(nowMs))
  } catch (error) {
    if (error instanceof UnmergeableList) return undefined
    throw error
  }
}

function managerOf({ manager, apiVersion, subresource }: TrackedWrite): Manager {
  return { name: manager, operation: 'Update', apiVersion, subresource }
}

interface OwnersBefore {
  readonly owners: Owners
  /** What they were read from. */
  readonly entries: readonly unknown[] | undefined
}

/** What the client sent counts when it can be read and says something; `[]` and `[{}]` clear. */
function ownersBefore(live: KubeObject | undefined, next: DraftObject): OwnersBefore {
  const sent = next.metadata?.managedFields
  if (isReset(sent)) return { owners: new Map(), entries: undefined }
  const stored = live?.metadata.managedFields
  const given = sent === stored ? undefined : readManagedFields(sent)
  if (given !== undefined && given.size > 0) return { owners: given, entries: sent }
  return { owners: readManagedFields(stored) ?? new Map(), entries: stored }
}

function isReset(sent: readonly unknown[] | undefined): boolean {
  if (!Array.isArray(sent)) return false
  const [first] = sent
  return sent.length === 0 || (sent.length === 1 && isJsonObject(first) && Object.keys(first).length === 0)
}
