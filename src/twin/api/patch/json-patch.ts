import { badRequest, StatusError } from '../status-error.ts'
import { isJsonObject, type JsonObject, jsonTypeName } from './json-object.ts'
import { applyOperation, type JsonPatchRules } from './json-patch-operation.ts'
import { patchDoesNotFit } from './patch-refusal.ts'

/** More operations than this are refused with 413. Source: kube-apiserver, `maxJSONPatchOperations`. */
const maxOperations = 10_000

/**
 * A JSON patch on an object; parts that do not change are shared with `target`. `minor` is the server's (20 unless told): from 22 on, `replace`
 * asks for a field that is there. Throws `StatusError`: 400 for what is no patch, 422 for one that does not fit, 413 for too many operations.
 * Source: RFC 6902, github.com/evanphx/json-patch.
 */
export function applyJsonPatch(target: JsonObject, patch: unknown, minor = 20): JsonObject {
  const operations = readOperations(patch)
  if (operations.length > maxOperations) throw tooManyOperations(operations.length)
  const rules: JsonPatchRules = { replaceAdds: minor < 22, copied: { bytes: 0 } }
  let document: unknown = target
  for (const operation of operations) document = applyOperation(document, operation, rules)
  if (!isJsonObject(document)) throw patchDoesNotFit()
  return document
}

function readOperations(patch: unknown): readonly JsonObject[] {
  if (patch === null) return []
  if (!Array.isArray(patch)) throw badRequest(`json: cannot unmarshal ${jsonTypeName(patch)} into Go value of type jsonpatch.Patch`)
  return patch.map((operation: unknown) => {
    if (isJsonObject(operation)) return operation
    if (operation === null) throw patchDoesNotFit()
    throw badRequest(`json: cannot unmarshal ${jsonTypeName(operation)} into Go value of type jsonpatch.Operation`)
  })
}

function tooManyOperations(count: number): StatusError {
  const message = `Request entity is too large: The allowed maximum operations in a JSON patch is ${maxOperations}, got ${count}`
  return new StatusError(413, 'RequestEntityTooLarge', message)
}
