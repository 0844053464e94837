import { fieldOf, isJsonObject, type JsonObject } from '../json-object.ts'
import type { ListMerge } from '../merge-schema.ts'

/** The element of a path for a field of an object: `f:spec`. */
export function fieldElement(field: string): string {
  return `f:${field}`
}

/** The element of a path for an item of a list that is merged: `k:{"name":"web"}`, `v:"x"`; or why there is none. */
export type ItemElement = { readonly element: string } | { readonly problem: string }

export function itemElement(item: unknown, list: ListMerge): ItemElement {
  if (list.applyKeys === 'Value') return valueElement(item)
  if (item === null) return { problem: 'associative list with keys may not have a null element' }
  if (!isJsonObject(item)) return { problem: 'associative list with keys may not have non-map elements' }
  return keyElement(item, list.applyKeys ?? [], list.keyDefaults ?? {})
}

function keyElement(item: JsonObject, fields: readonly string[], defaults: JsonObject): ItemElement {
  const key: string[] = []
  for (const field of fields.toSorted()) {
    const value = fieldOf(item, field) ?? fieldOf(defaults, field)
    if (value === undefined) {
      return { problem: `associative list with keys has an element that omits key field "${field}" (and doesn't have default value)` }
    }
    key.push(`${JSON.stringify(field)}:${JSON.stringify(value)}`)
  }
  return { element: `k:{${key.join(',')}}` }
}

function valueElement(item: unknown): ItemElement {
  if (item === null) return { problem: "associative list without keys has an element that's an explicit null" }
  if (isJsonObject(item)) return { problem: "associative list without keys has an element that's a map type" }
  if (Array.isArray(item)) return { problem: 'not supported: associative list with lists as elements' }
  return { element: `v:${JSON.stringify(item)}` }
}

/** A path as messages have it: `.spec.containers[name="web"].image`. */
export function pathText(path: readonly string[]): string {
  return path.map(elementText).join('')
}

/** One element as messages have it. */
export function elementText(element: string): string {
  const rest = element.slice(2)
  if (element.startsWith('f:')) return `.${rest}`
  if (element.startsWith('v:')) return `[=${rest}]`
  if (element.startsWith('i:')) return `[${rest}]`
  const key = JSON.parse(rest) as JsonObject
  return `[${Object.entries(key)
    .map(([field, value]) => `${field}=${JSON.stringify(value)}`)
    .join(',')}]`
}
