const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/**
 * A length of time (milliseconds) with two or three significant figures: `45s`, `5m3s`, `2d3h`, `1y20d`. More than a second below zero is `<invalid>`.
 * Source: Kubernetes, apimachinery util/duration HumanDuration.
 */
export function humanDuration(lengthMs: number): string {
  const seconds = Math.trunc(lengthMs / secondMs)
  if (seconds < -1) return '<invalid>'
  if (lengthMs < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(lengthMs / minuteMs)
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(lengthMs / hourMs)
  if (hours < 8) return twoUnits(hours, 'h', minutes % 60, 'm')
  return hours < 48 ? `${hours}h` : humanDays(hours)
}

function humanDays(hours: number): string {
  const days = Math.floor(hours / 24)
  if (days < 8) return twoUnits(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  const years = Math.floor(days / 365)
  return years < 8 ? twoUnits(years, 'y', days % 365, 'd') : `${years}y`
}

function twoUnits(first: number, firstUnit: string, second: number, secondUnit: string): string {
  return second === 0 ? `${first}${firstUnit}` : `${first}${firstUnit}${second}${secondUnit}`
}

/** How long ago an API time was; `<unknown>` when there is none. */
export function sinceText(time: string | null | undefined, nowMs: number): string {
  const atMs = time ? Date.parse(time) : Number.NaN
  return Number.isNaN(atMs) ? '<unknown>' : humanDuration(nowMs - atMs)
}
