/** Blanks; what stands in quotes, also in quotes that are not closed yet; an escaped character; anything else. */
const pieces = /(?<blanks>\s+)|'(?<single>[^']*)'?|"(?<double>[^"]*)"?|\\(?<escaped>.?)|(?<plain>[^\s'"\\]+)/gs

/**
 * The words of a command line as it was typed, without quotes; the last is the one that is being typed, empty behind a blank. Nothing is expanded and
 * nothing is run: a line that is completed may hold `$(…)`.
 */
export function shellWords(line: string): readonly string[] {
  const words = ['']
  for (const { groups = {} } of line.trimStart().matchAll(pieces)) {
    if (groups.blanks !== undefined) words.push('')
    else words.push((words.pop() ?? '') + (groups.single ?? groups.double ?? groups.escaped ?? groups.plain ?? ''))
  }
  return words
}

/** `~` and `$NAME` at the beginning of a path, as a shell would have put them; completion sees them as they were typed. */
export function expandPath(path: string, env: Readonly<Record<string, string | undefined>>): string {
  return path
    .replace(/^~(?=\/|$)/, env.HOME ?? '~')
    .replace(/^\$(?:\{(\w+)\}|(\w+))/, (whole, braced?: string, bare?: string) => env[braced ?? bare ?? ''] ?? whole)
}
