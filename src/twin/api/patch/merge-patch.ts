import { isJsonObject, type JsonObject } from './json-object.ts'
import { patchedObjectInvalid, patchFailed } from './patch-refusal.ts'

const wrongShape =
  'couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/**
 * A JSON merge patch on an object: `null` removes a field, objects merge, everything else replaces. Parts that do not change are shared with
 * `target`. Throws `StatusError`: 500 for a patch that is no object, 422 for a list.
 * Source: RFC 7386.
 */
export function applyMergePatch(target: JsonObject, patch: unknown): JsonObject {
  if (Array.isArray(patch)) throw patchedObjectInvalid(JSON.stringify(patch), wrongShape)
  if (!isJsonObject(patch)) throw patchFailed('Invalid JSON Patch')
  return merged(target, patch)
}

function merged(target: JsonObject, patch: JsonObject): JsonObject {
  const fields = new Map(Object.entries(target))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) fields.delete(key)
    else if (isJsonObject(value)) {
      const current = fields.get(key)
      fields.set(key, merged(isJsonObject(current) ? current : {}, value))
    } else fields.set(key, value)
  }
  return Object.fromEntries(fields)
}
