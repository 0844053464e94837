import { shellQuote } from './shell-quote.ts'

/** Texts of which many begin alike, as variables of a shell: `names[i]` is what the i-th is in double quotes: `$text_0$text_3`. */
export interface SharedTexts {
  readonly assignments: string
  readonly names: readonly string[]
}

/** Takes apart where another one goes on otherwise, so that what texts have in common at their beginning stands there once. Whole lines. */
export function sharedTexts(texts: readonly string[]): SharedTexts {
  const variables = new Map<string, string>()
  const names = texts.map((text) => {
    const ends = [...new Set(texts.map((other) => commonLength(text, other)))].sort((a, b) => a - b)
    const parts = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end)).filter((part) => part !== '')
    return parts.map((part) => `$${nameOf(part, variables)}`).join('')
  })
  return { assignments: [...variables].map(([part, name]) => `${name}=${shellQuote(part)}\n`).join(''), names }
}

function nameOf(part: string, variables: Map<string, string>): string {
  const name = variables.get(part) ?? `text_${variables.size}`
  variables.set(part, name)
  return name
}

/** Up to the end of a line; all of a text that is like the other one. */
function commonLength(a: string, b: string): number {
  if (a === b) return a.length
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return a.lastIndexOf('\n', length - 1) + 1
}
