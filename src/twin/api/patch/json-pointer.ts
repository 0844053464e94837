import { isJsonObject, type JsonObject } from './json-object.ts'

/** An object or list on the way of a pointer. */
export type Container = JsonObject | readonly unknown[]

/**
 * The reference tokens of a JSON pointer; undefined for one that names no place inside the document. What stands before the first slash
 * is not looked at, as the real server does not.
 * Source: RFC 6901.
 */
export function pointerTokens(pointer: string): readonly string[] | undefined {
  const [, ...tokens] = pointer.split('/')
  return tokens.length === 0 ? undefined : tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The index that a token means in a list of `length`, negative ones counted from the end; undefined when it is none, or outside. */
export function listIndex(token: string, length: number): number | undefined {
  if (!/^[+-]?\d+$/.test(token)) return undefined
  const index = Number.parseInt(token, 10)
  const fromStart = index < 0 ? index + length : index
  return fromStart >= 0 && fromStart < length ? fromStart : undefined
}

export function isContainer(value: unknown): value is Container {
  return Array.isArray(value) || isJsonObject(value)
}
