import type { Change } from '../store/object-store.ts'

/** Statuses that a controller has computed; the store keeps the very object that it is given. */
const computed = new WeakSet<object>()

/** Remembers a status as the work of its controller. */
export function ownStatus<T extends object>(status: T): T {
  computed.add(status)
  return status
}

/**
 * Whether a change is nothing but a status that its controller has computed itself: it would compute the same once more.
 * A status that somebody else has changed on its way (a webhook) counts as somebody else's.
 */
export function isOwnStatus({ kind, object, previous }: Change): boolean {
  if (kind !== 'Modified' || previous === undefined) return false
  if (typeof object.status !== 'object' || object.status === null || !computed.has(object.status)) return false
  return sameFields(object, previous, ['status', 'metadata']) && sameFields(object.metadata, previous.metadata, ['resourceVersion'])
}

/** Parts that a write does not touch are shared by all versions of an object. */
function sameFields(a: object, b: object, except: readonly string[]): boolean {
  const [one, other] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>]
  for (const field in one) if (one[field] !== other[field] && !except.includes(field)) return false
  for (const field in other) if (one[field] === undefined && other[field] !== undefined && !except.includes(field)) return false
  return true
}
