import { sameJson } from '../same-json.ts'
import { fieldOf, type JsonObject } from './json-object.ts'
import { type Container, isContainer, listIndex, pointerTokens } from './json-pointer.ts'
import { patchDoesNotFit } from './patch-refusal.ts'

export interface JsonPatchRules {
  /** `replace` also adds a field that is not there. */
  readonly replaceAdds: boolean
  /** How much `copy` has made so far, counted over a whole patch. */
  readonly copied: { bytes: number }
}

/** What `copy` may make of one patch. Source: kube-apiserver, `JSONPatchMaxCopyBytes`. */
const maxCopiedBytes = 3 * 1024 * 1024

/** Carries out one operation of a JSON patch; throws 422 when it does not fit. */
export function applyOperation(document: unknown, operation: JsonObject, rules: JsonPatchRules): unknown {
  const path = tokensOf(operation, 'path')
  switch (operation.op) {
    case 'add':
      return add(document, path, givenValue(operation))
    case 'remove':
      return remove(document, path)
    case 'replace':
      return replace(document, path, givenValue(operation), rules)
    case 'move': {
      const from = tokensOf(operation, 'from')
      return add(remove(document, from), path, existing(document, from))
    }
    case 'copy':
      return add(document, path, copied(existing(document, tokensOf(operation, 'from')), rules))
    case 'test':
      if (!sameJson(read(document, path) ?? null, givenValue(operation))) throw patchDoesNotFit()
      return document
    default:
      throw patchDoesNotFit()
  }
}

function tokensOf(operation: JsonObject, field: 'path' | 'from'): readonly string[] {
  const pointer = operation[field]
  const tokens = typeof pointer === 'string' ? pointerTokens(pointer) : undefined
  if (tokens === undefined) throw patchDoesNotFit()
  return tokens
}

function givenValue(operation: JsonObject): unknown {
  return operation.value ?? null
}

function copied(value: unknown, rules: JsonPatchRules): unknown {
  rules.copied.bytes += JSON.stringify(value).length
  if (rules.copied.bytes > maxCopiedBytes) throw patchDoesNotFit()
  return value
}

/** What stands at a place; undefined where an object lacks the field. Throws where there is no way to it. */
function read(document: unknown, tokens: readonly string[]): unknown {
  const parent = tokens.slice(0, -1).reduce<unknown>((value, token) => child(value, token), document)
  return child(parent, tokens.at(-1) ?? '')
}

function existing(document: unknown, tokens: readonly string[]): unknown {
  const value = read(document, tokens)
  if (value === undefined) throw patchDoesNotFit()
  return value
}

function child(value: unknown, token: string): unknown {
  if (!isContainer(value)) throw patchDoesNotFit()
  if (!isList(value)) return fieldOf(value, token)
  return value[indexIn(value, token)]
}

function indexIn(list: readonly unknown[], token: string): number {
  const index = listIndex(token, list.length)
  if (index === undefined) throw patchDoesNotFit()
  return index
}

/** The document with the container that holds the last token changed by `edit`; everything beside the way is shared. */
function change(value: unknown, tokens: readonly string[], edit: (container: Container, token: string) => Container): Container {
  const [token = '', ...rest] = tokens
  if (!isContainer(value)) throw patchDoesNotFit()
  if (rest.length === 0) return edit(value, token)
  const next = change(child(value, token), rest, edit)
  return isList(value) ? value.with(indexIn(value, token), next) : { ...value, [token]: next }
}

function add(document: unknown, tokens: readonly string[], added: unknown): unknown {
  return change(document, tokens, (container, token) => {
    if (!isList(container)) return { ...container, [token]: added }
    const index = token === '-' ? container.length : listIndex(token, container.length + 1)
    if (index === undefined) throw patchDoesNotFit()
    return container.toSpliced(index, 0, added)
  })
}

function remove(document: unknown, tokens: readonly string[]): unknown {
  return change(document, tokens, (container, token) => {
    if (isList(container)) return container.toSpliced(indexIn(container, token), 1)
    if (!Object.hasOwn(container, token)) throw patchDoesNotFit()
    return Object.fromEntries(Object.entries(container).filter(([key]) => key !== token))
  })
}

function replace(document: unknown, tokens: readonly string[], value: unknown, rules: JsonPatchRules): unknown {
  return change(document, tokens, (container, token) => {
    if (isList(container)) return container.with(indexIn(container, token), value)
    if (!rules.replaceAdds && !Object.hasOwn(container, token)) throw patchDoesNotFit()
    return { ...container, [token]: value }
  })
}

function isList(container: Container): container is readonly unknown[] {
  return Array.isArray(container)
}
