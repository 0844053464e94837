import type { ListMerge } from '../merge-schema.ts'

/** What the table of built-in types says of one field. */
export interface TypeRule {
  /** The type, by its name in the table, of the object or of the list's items. */
  readonly type?: string
  readonly list?: ListMerge
  readonly atomic?: true
  readonly present?: true
  readonly zero?: 0 | '' | false
}

/** An object of a type that says more. */
export function object(type: string): TypeRule {
  return { type }
}

/** An object (or list) that the API server holds also when it is empty: a struct and no pointer in its types. */
export function held(rule: TypeRule | string = {}): TypeRule {
  return { ...(typeof rule === 'string' ? { type: rule } : rule), present: true }
}

/** A list whose items are known by one field. */
export function keyedBy(field: string, type?: string): TypeRule {
  return { list: { applyKeys: [field], patchKey: { field } }, ...(type === undefined ? {} : { type }) }
}

/** A list of ports: known by number and protocol; a strategic merge patch looks at the number only. */
export function portsBy(field: string, protocolDefaults: boolean): TypeRule {
  const list = { applyKeys: [field, 'protocol'], patchKey: { field } }
  return { list: protocolDefaults ? { ...list, keyDefaults: { protocol: 'TCP' } } : list }
}

/** A list that server-side apply merges by these fields and a strategic merge patch replaces. */
export function appliedBy(...fields: readonly string[]): TypeRule {
  return { list: { applyKeys: fields } }
}

/** A list of values, each of them once. */
export const valueSet: TypeRule = { list: { applyKeys: 'Value', patchKey: 'Value' } }

/** The same, but a strategic merge patch replaces it. */
export const appliedSet: TypeRule = { list: { applyKeys: 'Value' } }

/** Taken as one by server-side apply. */
export const atomic: TypeRule = { atomic: true }

/** Fields, named with blanks between, that the API server holds as `0`, `''` or `false` when there is nothing. */
export function zeroes(fields: string, zero: 0 | '' | false): Readonly<Record<string, TypeRule>> {
  return Object.fromEntries(fields.split(' ').map((field) => [field, { zero }]))
}
