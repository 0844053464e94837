/**
 * Seconds since midnight (0 to 86399) of a time of day; undefined for anything else.
 * Accepted: `15:04`, `8:00`, `15:04:05`, `03:04pm`, `15`, `9`, `03pm`, `3pm`. Not accepted: `3:04pm`, `3PM`, `24:00`, an empty text.
 * Source: the layouts that system-upgrade-controller v0.20 tries (kured 1.13 time windows), read as Go's time package reads them.
 */
export function parseTimeOfDay(text: string): number | undefined {
  const clock = /^(\d{1,2})(?::(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?$/.exec(text)
  if (clock !== null) return secondOfDay(Number(clock[1]), Number(clock[2] ?? 0), Number(clock[3] ?? 0))
  const half = /^(?:(\d\d):(\d\d)|(\d{1,2}))(am|pm)$/.exec(text)
  if (half === null) return undefined
  const hour = Number(half[1] ?? half[3])
  return hour > 12 ? undefined : secondOfDay(hourOfDay(hour, half[4] === 'pm'), Number(half[2] ?? 0), 0)
}

/** 12am is midnight, 12pm and 00pm are noon. */
function hourOfDay(hour: number, afternoon: boolean): number {
  if (afternoon) return hour < 12 ? hour + 12 : 12
  return hour === 12 ? 0 : hour
}

function secondOfDay(hour: number, minute: number, second: number): number | undefined {
  return hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : undefined
}
