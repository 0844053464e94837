/**
 * Paths of fields that a JSON text has twice in one object, in the order in which the second one stands there: `spec.replicas`,
 * `spec.containers[0].image`; a hundred at most. The text must be valid JSON.
 */
export function duplicateFields(text: string): readonly string[] {
  const walk = new Walk()
  for (const [token] of text.matchAll(tokens)) walk.take(token)
  return [...walk.duplicates]
}

const most = 100
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/** An object or a list that is open; a list has no names. */
interface Level {
  readonly names: Set<string> | undefined
  readonly path: string
  /** The field or the index that the walk is at. */
  at: string | number
}

/** Follows the tokens of a JSON text. */
class Walk {
  readonly duplicates = new Set<string>()
  readonly #open: Level[] = []
  #text = ''

  take(token: string): void {
    const top = this.#open.at(-1)
    switch (token) {
      case '{':
        this.#open.push({ names: new Set(), path: pathIn(top), at: '' })
        return
      case '[':
        this.#open.push({ names: undefined, path: pathIn(top), at: 0 })
        return
      case '}':
      case ']':
        this.#open.pop()
        return
      case ',':
        if (typeof top?.at === 'number') top.at += 1
        return
      case ':':
        this.#field(top, JSON.parse(this.#text) as string)
        return
      default:
        this.#text = token
    }
  }

  #field(top: Level | undefined, name: string): void {
    if (top?.names === undefined) return
    top.at = name
    if (top.names.has(name) && this.duplicates.size < most) this.duplicates.add(pathIn(top))
    top.names.add(name)
  }
}

function pathIn(level: Level | undefined): string {
  if (level === undefined) return ''
  const { path, at } = level
  if (typeof at === 'number') return `${path}[${at}]`
  return path === '' ? at : `${path}.${at}`
}
