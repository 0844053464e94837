import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/**
 * The first thing that is wrong with an object, as one sentence: the field, what stands there (cut to 60 characters), what to write.
 *
 * @param hints what to write, by field (`spec.upgrade`), where the type alone does not tell it
 */
export function schemaProblem(object: unknown, error: z.ZodError, hints: Readonly<Record<string, string>> = {}): string {
  const [issue] = error.issues
  if (issue === undefined) return 'the object cannot be read: compare it with its schema'
  const field = fieldText(issue.path)
  const value = valueAt(object, issue.path)
  const hint = hints[field] ?? `set it to ${wanted(issue)}`
  if (value === undefined) return `${field} is missing: ${hint}`
  const shown = shownValue(issue.path, value)
  // of a whole object the message says what is in it
  if (issue.code === 'custom') return typeof value === 'object' ? `${field} ${issue.message}` : `${field} ${shown} ${issue.message}`
  return `${field} is ${shown}: ${hint}`
}

const nouns: ReadonlyMap<string, string> = new Map([
  ['string', 'a text'],
  ['int', 'a whole number'],
  ['number', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object with fields'],
  ['record', 'an object with fields'],
])

/** What the schema wants to see. */
function wanted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return nouns.get(issue.expected) ?? issue.expected
    case 'invalid_union':
      return issue.errors.flatMap((alternative) => alternative.slice(0, 1).map(wanted)).join(' or ')
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`
    case 'too_big':
      return sizeText(issue.origin, 'most', Number(issue.maximum))
    case 'too_small':
      return sizeText(issue.origin, 'least', Number(issue.minimum))
    default:
      return 'a value that its description allows'
  }
}

/** Of a text its characters are counted, of a list its items. */
function sizeText(origin: string, bound: 'least' | 'most', count: number): string {
  if (origin === 'string') return `a text of at ${bound} ${count} ${count === 1 ? 'character' : 'characters'}`
  if (origin === 'array') return `a list of at ${bound} ${count} ${count === 1 ? 'item' : 'items'}`
  return `a number of at ${bound} ${count}`
}

function fieldText(path: Issue['path']): string {
  if (path.length === 0) return 'the object'
  return path.map(stepText).join('').replace(/^\./, '')
}

function stepText(step: PropertyKey): string {
  if (typeof step === 'number') return `[${step}]`
  const name = String(step)
  return /^\w+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}

function valueAt(object: unknown, path: Issue['path']): unknown {
  return path.reduce<unknown>((value, step) => {
    return typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined
  }, object)
}

/** The value of a variable may be a secret: of it only the type is told. */
function shownValue(path: Issue['path'], value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (path.at(-1) === 'value') return `a ${typeof value}`
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
