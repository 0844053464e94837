import { isJsonObject } from '../json-object.ts'
import { type FieldSet, leaf, sortedSet } from './field-set.ts'

/** Sets that were read or written before: what is stored is not read, or put in order, again and again. */
const known = new WeakSet<object>()

/** The `fieldsV1` of an entry, its keys in their canonical form; undefined when it is none. */
export function parseFieldSet(value: unknown): FieldSet | undefined {
  if (!isJsonObject(value)) return undefined
  if (known.has(value)) return value as FieldSet
  const set = parsed(value)
  return set && writtenFieldSet(set)
}

/** A set as it is written: in order. */
export function writtenFieldSet(set: FieldSet): FieldSet {
  if (known.has(set)) return set
  const written = sortedSet(set)
  known.add(written)
  return written
}

function parsed(value: unknown): FieldSet | undefined {
  if (!isJsonObject(value)) return undefined
  const out: Record<string, FieldSet> = {}
  for (const [key, child] of Object.entries(value)) {
    const element = canonicalElement(key)
    const node = parsed(child)
    if (element === undefined || node === undefined) return undefined
    out[element] = element === '.' ? leaf : node
  }
  return out
}

function canonicalElement(key: string): string | undefined {
  if (key === '.' || key.startsWith('f:')) return key
  const value = parsedJson(key.slice(2))
  if (key.startsWith('i:')) return Number.isInteger(value) ? key : undefined
  if (key.startsWith('v:')) return value === undefined ? undefined : `v:${JSON.stringify(value)}`
  if (!key.startsWith('k:') || !isJsonObject(value)) return undefined
  const fields = Object.keys(value).toSorted()
  return `k:{${fields.map((field) => `${JSON.stringify(field)}:${JSON.stringify(value[field])}`).join(',')}}`
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
