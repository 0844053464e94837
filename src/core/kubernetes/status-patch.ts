/** The merge patch that turns one status into another; `undefined` when they say the same, so that nothing is written twice. */
export function statusPatch<T extends object>(from: T | undefined, to: T): Readonly<Record<string, unknown>> | undefined {
  const before: Readonly<Record<string, unknown>> = { ...(from as object | undefined) }
  const after: Readonly<Record<string, unknown>> = { ...(to as object) }
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
  if (changed.length === 0) return undefined
  return Object.fromEntries(changed.map((field) => [field, after[field] ?? null]))
}
