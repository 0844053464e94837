/** A JSON object that is read field by field. */
export type Fields = Readonly<Record<string, unknown>>

/** The value as a JSON object, `undefined` when it is none. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

/**
 * The fields that are absent or null, or an empty text where a text is the default, get the values of `defaults`; the argument itself when
 * there are none.
 */
export function fill<T extends object>(target: T, defaults: Fields): T {
  let filled: Record<string, unknown> | undefined
  // defaults are plain objects, and nearly always there is nothing to fill in
  for (const field in defaults) {
    if (!isMissing((target as Fields)[field], defaults[field])) continue
    filled ??= { ...(target as Fields) }
    filled[field] = defaults[field]
  }
  return (filled ?? target) as T
}

function isMissing(value: unknown, byDefault: unknown): boolean {
  return value === undefined || value === null || (value === '' && typeof byDefault === 'string')
}

/** `target` with another value of one field: that of `next`, when the field is an object; the argument itself when nothing changes. */
export function changeField<T extends object>(target: T, field: string, next: (value: Fields) => Fields): T {
  const value = fieldsOf((target as Fields)[field])
  if (value === undefined) return target
  const changed = next(value)
  return changed === value ? target : { ...target, [field]: changed }
}

/** `changeField` down a path: `['spec', 'template', 'spec']`. */
export function changeAt<T extends object>(target: T, path: readonly string[], next: (value: Fields) => Fields): T {
  const [field, ...rest] = path
  if (field === undefined) return next(target as Fields) as T
  return changeField(target, field, (value) => changeAt(value, rest, next))
}

/** `target` with other items in the list of one field; the argument itself when nothing changes. */
export function changeItems<T extends object>(target: T, field: string, next: (item: Fields) => Fields): T {
  const list = (target as Fields)[field]
  if (!Array.isArray(list)) return target
  let changed: unknown[] | undefined
  for (let i = 0; i < list.length; i += 1) {
    const item = list[i]
    const filled = fieldsOf(item) === undefined ? item : next(item)
    if (filled === item) continue
    changed ??= [...list]
    changed[i] = filled
  }
  return changed === undefined ? target : { ...target, [field]: changed }
}

/** `target` without some fields; the argument itself when it has none of them. */
export function without<T extends object>(target: T, fields: readonly string[]): T {
  if (!fields.some((field) => (target as Fields)[field] !== undefined)) return target
  return Object.fromEntries(Object.entries(target).filter(([field]) => !fields.includes(field))) as T
}
