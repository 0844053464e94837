/** Epoch milliseconds of a time of the API; `undefined` when it is missing or no time. */
export function timeMs(time: string | undefined): number | undefined {
  const ms = time === undefined ? Number.NaN : Date.parse(time)
  return Number.isNaN(ms) ? undefined : ms
}
