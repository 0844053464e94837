import { isJsonObject } from '../patch/json-object.ts'

/** The server tells these also when they are not set. */
const kept = new Set(['creationTimestamp', 'lastProbeTime', 'eventTime'])

/**
 * A value as the typed kinds read it: a field that is null is one that is not there. Shares what has none.
 * Custom resources keep their nulls. Source: Kubernetes API conventions, Optional vs. Required.
 */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return withoutNullsInList(value) as T
  return isJsonObject(value) ? (withoutNullFields(value) as T) : value
}

function withoutNullsInList(list: readonly unknown[]): readonly unknown[] {
  const next = list.map((item) => withoutNulls(item))
  return next.every((item, i) => item === list[i]) ? list : next
}

function withoutNullFields(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  let changed = false
  const entries: [string, unknown][] = []
  for (const [field, value] of Object.entries(object)) {
    if (value === null && !kept.has(field)) {
      changed = true
      continue
    }
    const next = withoutNulls(value)
    changed ||= next !== value
    entries.push([field, next])
  }
  return changed ? Object.fromEntries(entries) : object
}
