/**
 * A value as one word of a POSIX shell, whatever is in it. The only place where anything is quoted for a shell.
 * @throws RangeError for a NUL character, which no word can hold
 */
export function shellQuote(value: string): string {
  if (value.includes('\0')) throw new RangeError('a word of a shell cannot hold a NUL character')
  return `'${value.replaceAll("'", "'\\''")}'`
}

/** Assignments, one a line, in the order of their names. Names are those of shell variables: `[a-z_]+`. */
export function shellAssignments(values: Readonly<Record<string, string>>): string {
  const names = Object.keys(values).sort()
  const bad = names.find((name) => !/^[a-z][a-z_0-9]*$/.test(name))
  if (bad !== undefined) throw new RangeError(`${JSON.stringify(bad)} is no name of a shell variable`)
  return names.map((name) => `${name}=${shellQuote(values[name] ?? '')}\n`).join('')
}
