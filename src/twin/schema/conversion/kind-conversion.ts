/** Fields of an object beside `apiVersion`, `kind` and what stays as it is. */
export type Json = Readonly<Record<string, unknown>>

/**
 * One older form of a kind. Both ways return a new object or their argument; nothing is lost on the way there and back. `apiVersion` is set by
 * the caller. `toStored` also fills in what the older version defaults to in another way than the newest one.
 */
export interface KindConversion {
  toStored?(object: Json): Json
  toServed?(object: Json): Json
}

/** A part of an object as an object; the empty one where it is none. */
export function part(object: Json | undefined, field: string): Json {
  const value = object?.[field]
  return isJson(value) ? value : {}
}

/** A part of an object as a list of objects. */
export function parts(object: Json | undefined, field: string): readonly Json[] {
  const value = object?.[field]
  return Array.isArray(value) ? value.filter(isJson) : []
}

/** Puts a changed part into an object that has it; one that has not stays without. */
export function mapPart(object: Json, field: string, map: (value: Json) => Json): Json {
  const value = object[field]
  return isJson(value) ? { ...object, [field]: map(value) } : object
}

/** The same for each object of a list. */
export function mapParts(object: Json, field: string, map: (value: Json) => Json): Json {
  const value = object[field]
  return Array.isArray(value) ? { ...object, [field]: value.map((item) => (isJson(item) ? map(item) : item)) } : object
}

/** Gives fields other names: from the keys of `names` to their values. */
export function renameFields(object: Json, names: Readonly<Record<string, string>>): Json {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [Object.hasOwn(names, name) ? names[name] : name, value]))
}

/** The names of `renameFields` the other way round. */
export function inverse(names: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(names).map(([from, to]) => [to, from]))
}

/** Fills in fields that are not there, on every level. */
export function fillIn(object: Json, defaults: Json): Json {
  const missing = Object.entries(defaults).flatMap(([field, value]): [string, unknown][] => {
    const own = object[field] ?? undefined
    if (own === undefined) return [[field, value]]
    return isJson(own) && isJson(value) ? [[field, fillIn(own, value)]] : []
  })
  return missing.length === 0 ? object : { ...object, ...Object.fromEntries(missing) }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
