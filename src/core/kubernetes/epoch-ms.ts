/** Epoch milliseconds of a time that the API gives; `undefined` when it is missing or no time. */
export function epochMs(time: unknown): number | undefined {
  if (typeof time !== 'string') return undefined
  const ms = Date.parse(time)
  return Number.isNaN(ms) ? undefined : ms
}
