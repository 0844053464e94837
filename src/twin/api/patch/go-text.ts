import { isJsonObject } from './json-object.ts'

/** A value as Go prints it (`%v`), as it stands in the messages of an API server: `map[name:web ports:[80 443]]`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isJsonObject(value)) return String(value)
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goText(value[key])}`)
  return `map[${fields.join(' ')}]`
}

/** The Go type of a decoded JSON value: `map[string]interface {}`, `[]interface {}`, `string`, `int64`, `float64`, `bool`. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (isJsonObject(value)) return 'map[string]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
