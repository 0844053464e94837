import { RE2JS } from 're2js'

/** A regular expression in Go's syntax that takes time in proportion to the text, whatever it looks like. */
export interface LinearPattern {
  /** Whether some part of a text matches. */
  test(text: string): boolean
  /** The parts of a text that match, from the left, at most `most`. */
  find(text: string, most: number): readonly string[]
}

/** Patterns come from definitions and rules, of which a cluster has some hundreds. */
const mostCompiled = 10_000
/** Far above what anybody writes; the program of a pattern takes many times its length. */
const longestPattern = 65_536

const compiled = new Map<string, LinearPattern | undefined>()

/** Compiles a pattern, once for each text; undefined where it is none: Go knows no look-around and no back-references. Source: RE2, syntax. */
export function linearPattern(pattern: string): LinearPattern | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern)
  if (compiled.size >= mostCompiled) compiled.clear()
  const made = compile(pattern)
  compiled.set(pattern, made)
  return made
}

function compile(pattern: string): LinearPattern | undefined {
  if (pattern.length > longestPattern) return undefined
  try {
    const program = RE2JS.compile(pattern)
    return { test: (text) => program.test(text), find: (text, most) => found(program, text, most) }
  } catch {
    return undefined
  }
}

function found(program: RE2JS, text: string, most: number): readonly string[] {
  const matcher = program.matcher(text)
  const parts: string[] = []
  while (parts.length < most && matcher.find()) parts.push(matcher.group() ?? '')
  return parts
}
