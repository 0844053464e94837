import { isJsonObject, type JsonObject } from '../../api/patch/json-object.ts'
/**
 * One older form of a kind. Both ways return a new object or their argument; nothing is lost on the way there and back. `apiVersion` is set by
 * the caller. `toStored` also fills in what the older version defaults to in another way than the newest one.
 */
export interface KindConversion {
  toStored?(object: JsonObject): JsonObject
  toServed?(object: JsonObject): JsonObject
}

/** A part of an object as an object; the empty one where it is none. */
export function part(object: JsonObject | undefined, field: string): JsonObject {
  const value = object?.[field]
  return isJsonObject(value) ? value : {}
}

/** A part of an object as a list of objects. */
export function parts(object: JsonObject | undefined, field: string): readonly JsonObject[] {
  const value = object?.[field]
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** Puts a changed part into an object that has it; one that has not stays without. */
export function mapPart(object: JsonObject, field: string, map: (value: JsonObject) => JsonObject): JsonObject {
  const value = object[field]
  return isJsonObject(value) ? { ...object, [field]: map(value) } : object
}

/** The same for each object of a list. */
export function mapParts(object: JsonObject, field: string, map: (value: JsonObject) => JsonObject): JsonObject {
  const value = object[field]
  return Array.isArray(value) ? { ...object, [field]: value.map((item) => (isJsonObject(item) ? map(item) : item)) } : object
}

/** Gives fields other names: from the keys of `names` to their values. */
export function renameFields(object: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [Object.hasOwn(names, name) ? names[name] : name, value]))
}

/** The names of `renameFields` the other way round. */
export function inverse(names: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(names).map(([from, to]) => [to, from]))
}

/** Fills in fields that are not there, on every level. */
export function fillIn(object: JsonObject, defaults: JsonObject): JsonObject {
  const missing = Object.entries(defaults).flatMap(([field, value]): [string, unknown][] => {
    const own = object[field] ?? undefined
    if (own === undefined) return [[field, value]]
    return isJsonObject(own) && isJsonObject(value) ? [[field, fillIn(own, value)]] : []
  })
  return missing.length === 0 ? object : { ...object, ...Object.fromEntries(missing) }
}
