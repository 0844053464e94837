import type { JsonObject } from '../../api/patch/json-object.ts'
import { sameJson } from '../../api/same-json.ts'
import type { JsonSchema } from './json-schema.ts'

/** Finds what an item of a list was before: in lists that keys tell apart alone. Undefined where it was not there. */
export function oldItems(old: unknown, schema: JsonSchema): (item: unknown) => unknown {
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  if (!Array.isArray(old) || keys.length === 0) return () => undefined
  const before: readonly unknown[] = old
  return (item) => before.find((other) => sameKeys(item, other, keys))
}

function sameKeys(a: unknown, b: unknown, keys: readonly string[]): boolean {
  return keys.every((key) => sameJson((a as JsonObject | null)?.[key], (b as JsonObject | null)?.[key]))
}
