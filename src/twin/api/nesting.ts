/** How deep objects may be nested; the real server lets ten times as much in, and no kind has need of a tenth. */
export const deepestNesting = 1_000

/** Whether a JSON value is nested deeper than a server takes. Looks at it level by level: a value of any depth is no danger to the looking. */
export function isTooDeep(value: unknown): boolean {
  let level: readonly object[] = isContainer(value) ? [value] : []
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepestNesting) return true
    level = level.flatMap((container) => Object.values(container).filter(isContainer))
  }
  return false
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
