import { deepestNesting, isTooDeep } from './nesting.ts'

/** Why a text is no JSON, or JSON that is nested too deep, in the words of Go's decoder, which clients get to see; `undefined` when it is. Source: Go, encoding/json. */
export function goJsonProblem(text: string): string | undefined {
  try {
    if (!isTooDeep(JSON.parse(text))) return undefined
  } catch {
    // said below
  }
  return new Scanner(text).problem()
}

/** Finds the first character that does not fit. Only run on what is known to be broken. */
class Scanner {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  problem(): string {
    try {
      this.#value()
      this.#space()
      if (this.#at < this.#text.length) this.#refuse('after top-level value')
      return 'invalid JSON'
    } catch (error) {
      return (error as Error).message
    }
  }

  #value(): void {
    this.#space()
    const next = this.#text[this.#at]
    this.#depth += 1
    if (this.#depth > deepestNesting + 1) this.#refuse('exceeded max depth')
    if (next === '{') this.#object()
    else if (next === '[') this.#array()
    else if (next === '"') this.#string()
    else this.#literal()
    this.#depth -= 1
  }

  #literal(): void {
    const literal = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/.exec(
      this.#text.slice(this.#at, this.#at + 64),
    )?.[0]
    if (literal === undefined) this.#refuse('looking for beginning of value')
    this.#at += literal.length
  }

  #object(): void {
    this.#at += 1
    this.#space()
    if (this.#take('}')) return
    for (;;) {
      this.#space()
      if (this.#text[this.#at] !== '"') this.#refuse('looking for beginning of object key string')
      this.#string()
      this.#space()
      if (!this.#take(':')) this.#refuse('after object key')
      this.#value()
      this.#space()
      if (this.#take('}')) return
      if (!this.#take(',')) this.#refuse('after object key:value pair')
    }
  }

  #array(): void {
    this.#at += 1
    this.#space()
    if (this.#take(']')) return
    for (;;) {
      this.#value()
      this.#space()
      if (this.#take(']')) return
      if (!this.#take(',')) this.#refuse('after array element')
    }
  }

  #string(): void {
    this.#at += 1
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"') {
      if (this.#text.charCodeAt(this.#at) < 0x20) this.#refuse('in string literal')
      this.#at += this.#text[this.#at] === '\\' ? 2 : 1
    }
    if (!this.#take('"')) this.#refuse('')
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at += 1
  }

  #refuse(where: string): never {
    const character = this.#text[this.#at]
    if (character === undefined) throw new Error('unexpected end of JSON input')
    const shown = character === "'" ? `'\\''` : `'${JSON.stringify(character).slice(1, -1).replace('\\"', '"')}'`
    throw new Error(`invalid character ${shown} ${where}`)
  }
}
