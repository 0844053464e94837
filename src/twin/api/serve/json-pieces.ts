import { stringify } from 'yaml'
import type { TwinResponse } from '../http/twin-request.ts'

type ObjectResponse = Extract<TwinResponse, { kind: 'Object' }>

/** A longer list is written in pieces: one text for 150,000 pods would be longer than a text can be. */
const longList = 500

/** An object as it goes over the wire, in pieces where it is long. `pretty` is for people who read it as it comes. */
export function* objectPieces({ object, as }: ObjectResponse, pretty: boolean): Generator<string> {
  if (as === 'Yaml') {
    yield stringify(JSON.parse(JSON.stringify(object)), { aliasDuplicateObjects: false })
    return
  }
  const long = pretty ? undefined : longListOf(object)
  if (long === undefined) yield `${JSON.stringify(object, undefined, pretty ? 2 : undefined)}\n`
  else yield* listPieces(long)
}

interface LongList {
  readonly head: Readonly<Record<string, unknown>>
  readonly field: 'items' | 'rows'
  readonly items: readonly unknown[]
}

function longListOf(object: unknown): LongList | undefined {
  const list = object as Readonly<Record<string, unknown>> | null
  for (const field of ['items', 'rows'] as const) {
    const items = list?.[field]
    if (!Array.isArray(items) || items.length <= longList) continue
    const { [field]: _items, ...head } = list ?? {}
    return { head, field, items }
  }
  return undefined
}

function* listPieces({ head, field, items }: LongList): Generator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"${field}":[`
  for (let at = 0; at < items.length; at += longList) {
    const piece = items.slice(at, at + longList).map((item) => JSON.stringify(item))
    yield `${at === 0 ? '' : ','}${piece.join(',')}`
  }
  yield ']}\n'
}
