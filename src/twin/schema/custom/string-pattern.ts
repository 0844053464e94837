const compiled = new Map<string, RegExp | undefined>()

/** A pattern of Go's, as far as JavaScript knows it; undefined where it does not. */
export function patternOf(pattern: string): RegExp | undefined {
  if (!compiled.has(pattern)) compiled.set(pattern, compile(pattern))
  return compiled.get(pattern)
}

function compile(pattern: string): RegExp | undefined {
  // flags at the beginning are Go's: (?i), (?s), (?U) …
  const flags = /^\(\?([ims]+)\)/.exec(pattern)
  const source = (flags === null ? pattern : pattern.slice(flags[0].length))
    .replaceAll('\\z', '$')
    .replaceAll('\\A', '^')
    .replaceAll('(?P<', '(?<')
  try {
    return new RegExp(source, `u${flags?.[1] ?? ''}`)
  } catch {
    return withoutUnicode(source, flags?.[1] ?? '')
  }
}

function withoutUnicode(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}
