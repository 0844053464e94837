import { badRequest } from '../../status-error.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'

/** `$patch`: what happens to the object that it stands in. */
export const patchDirective = '$patch'
/** `$retainKeys`: all other fields go. */
export const retainKeysDirective = '$retainKeys'
/** `$setElementOrder/FIELD`: the order that a merged list gets. */
export const elementOrderPrefix = '$setElementOrder'
/** `$deleteFromPrimitiveList/FIELD`: values that go from a set. */
export const deletionListPrefix = '$deleteFromPrimitiveList'

/** The field that a directive like `$setElementOrder/containers` speaks of; 400 when it names none. */
export function directedField(directive: string, prefix: typeof elementOrderPrefix | typeof deletionListPrefix): string {
  const slash = directive.indexOf('/')
  if (slash >= 0 && directive.slice(0, slash) === prefix) return directive.slice(slash + 1)
  throw badRequest(`invalid patch format of ${prefix === elementOrderPrefix ? 'setElementOrder' : 'primitive'} list`)
}

/** A part of a patch as it becomes part of an object: without directives, nulls, and items that are there to be deleted. */
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isDirected(item)).map(withoutDirectives)
  if (!isJsonObject(value)) return value
  const kept = Object.entries(value).filter(([key, field]) => field !== null && !isDirective(key))
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutDirectives(field)]))
}

function isDirective(key: string): boolean {
  return key === patchDirective || key === retainKeysDirective || key.startsWith(elementOrderPrefix) || key.startsWith(deletionListPrefix)
}

function isDirected(item: unknown): item is JsonObject {
  return isJsonObject(item) && Object.hasOwn(item, patchDirective)
}
