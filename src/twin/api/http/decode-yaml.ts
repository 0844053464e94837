import { boolYaml11Tag, CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml'
import { deepestNesting } from '../nesting.ts'

const schema = CORE_SCHEMA.withTags(mergeTag, boolYaml11Tag)

/** So many aliases a document may have at all. */
const mostAliases = 100

/**
 * The first document of a text in YAML as a JSON value; undefined where there is none. Nothing in it is shared or contains itself.
 * Throws an Error that says in one line what is wrong.
 */
export function decodeYaml(text: string): unknown {
  const json = jsonValue(text)
  if (json !== undefined) return json
  const value = firstDocument(text)
  if (!text.includes('*') || typeof value !== 'object' || value === null) return value
  const seen: Seen = { known: new Map(), written: 0 }
  if (isExcessive(expandedNodes(value, seen), seen.written)) throw new Error('document contains excessive aliasing')
  return JSON.parse(JSON.stringify(value))
}

/** JSON is YAML, and most of what is called YAML on the wire is JSON. */
function jsonValue(text: string): unknown {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function firstDocument(text: string): unknown {
  try {
    return loadAll(text, { schema, maxDepth: deepestNesting, maxAliases: mostAliases })[0]
  } catch (error) {
    const { reason, message } = error as Error & { readonly reason?: string }
    throw new Error(reason ?? message.split('\n')[0])
  }
}

/** Whether too much of a document comes from aliases. Source: gopkg.in/yaml.v2, allowedAliasRatio. */
function isExcessive(all: number, written: number): boolean {
  const ratio = all <= 400_000 ? 0.99 : all >= 4_000_000 ? 0.1 : 0.99 - (0.89 * (all - 400_000)) / 3_600_000
  return all > 1_000 && all - written > 100 && (all - written) / all > ratio
}

interface Seen {
  /** What the containers are made of; NaN while one is being looked at. */
  readonly known: Map<object, number>
  /** Values that stand in the text. */
  written: number
}

/** How many values a value is made of when aliases are written out. Throws where one contains itself. */
function expandedNodes(value: unknown, seen: Seen): number {
  if (typeof value === 'object' && value !== null) {
    const before = seen.known.get(value)
    if (Number.isNaN(before)) throw new Error('an anchor contains itself')
    if (before !== undefined) return before
    seen.known.set(value, Number.NaN)
  }
  seen.written += 1
  if (typeof value !== 'object' || value === null) return 1
  let nodes = 1
  for (const part of Object.values(value)) nodes += expandedNodes(part, seen)
  seen.known.set(value, nodes)
  return nodes
}
