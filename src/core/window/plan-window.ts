import { Temporal } from 'temporal-polyfill'
import { parseTimeOfDay } from './time-of-day.ts'
import type { TimeWindowSpec } from './time-window-spec.ts'

/** A window that returns every week, on the clock of one place. */
export interface PlanWindow {
  /** 0 is Sunday, 6 Saturday. Empty: the window never opens. */
  readonly days: ReadonlySet<number>
  /** Second of the local day at which the window opens. */
  readonly startSecond: number
  /** Last second of the local day at which the window is open; before `startSecond` when the window runs past midnight. */
  readonly endSecond: number
  /** IANA name. */
  readonly timeZone: string
}

export type PlanWindowResult =
  | { readonly kind: 'Window'; readonly window: PlanWindow }
  /** `cause` belongs behind `spec.window is invalid, `. */
  | { readonly kind: 'Invalid'; readonly cause: string }

/** From `fromMs` (inclusive) to `untilMs` (exclusive), epoch milliseconds. */
interface Opening {
  readonly fromMs: number
  readonly untilMs: number
}

const lastSecond = 86_399
/** Two weeks: the only opening of a week may fall into the hour that a change to summer time leaves out. */
const daysAhead = 15

/**
 * Reads a window in the order and the words of its contract: days, zone, start, end; the first problem wins.
 * `localTimeZone` is what `Local` means. A window without days is valid, and never open. Source: system-upgrade-controller v0.20, kured 1.13.
 */
export function planWindow(spec: TimeWindowSpec, localTimeZone = 'UTC'): PlanWindowResult {
  const days = new Set<number>()
  for (const text of spec.days ?? []) {
    const day = weekday(text)
    if (typeof day !== 'number') return { kind: 'Invalid', cause: day.problem }
    days.add(day)
  }
  const zone = spec.timeZone ?? ''
  const timeZone = knownTimeZone(zone === 'Local' ? localTimeZone : zone)
  if (timeZone === undefined) return { kind: 'Invalid', cause: `unknown time zone ${zone}` }
  const startSecond = parseTimeOfDay(spec.startTime ?? '')
  if (startSecond === undefined) return { kind: 'Invalid', cause: `Invalid time format: ${spec.startTime ?? ''}` }
  const endSecond = parseTimeOfDay(spec.endTime ?? '')
  if (endSecond === undefined) return { kind: 'Invalid', cause: `Invalid time format: ${spec.endTime ?? ''}` }
  return { kind: 'Window', window: { days, startSecond, endSecond, timeZone } }
}

/**
 * Whether the window is open at a moment: the local weekday is one of its days and the local clock stands between start and end, the whole last
 * second included. Past midnight the weekday still is that of the moment asked about: Monday 22:00 to 06:00 is open on Monday before 06:00 and from
 * 22:00 on, not on Tuesday morning. An hour that the clock shows twice counts twice; one that it leaves out is not there.
 */
export function isOpen(window: PlanWindow, nowMs: number): boolean {
  return openingAt(window, nowMs, 1) !== undefined
}

/** When the window is open next: `nowMs` itself while it is open, undefined when it never opens. */
export function nextOpening(window: PlanWindow, nowMs: number): number | undefined {
  const next = openings(window, nowMs, daysAhead).find((opening) => opening.untilMs > nowMs)
  return next && Math.max(next.fromMs, nowMs)
}

/** The first moment at which the window that is open now is closed again; undefined when it is closed, or never closes. */
export function closesAt(window: PlanWindow, nowMs: number): number | undefined {
  const current = openingAt(window, nowMs, daysAhead)
  const beyond = nowMs + (daysAhead - 2) * 86_400_000
  return current === undefined || current.untilMs > beyond ? undefined : current.untilMs
}

function openingAt(window: PlanWindow, nowMs: number, days: number): Opening | undefined {
  return openings(window, nowMs, days).find(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs)
}

/** All openings from the day before `nowMs` to `days` after it, in order; those that touch are one. */
function openings(window: PlanWindow, nowMs: number, days: number): readonly Opening[] {
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(window.timeZone).toPlainDate()
  const spans = Array.from({ length: days + 2 }, (_, i) => today.add({ days: i - 1 }))
    .filter((date) => window.days.has(date.dayOfWeek % 7))
    .flatMap((date) => openingsOn(date, window))
    .filter(({ fromMs, untilMs }) => fromMs < untilMs)
  const merged: Opening[] = []
  for (const span of spans) {
    const last = merged.at(-1)
    if (last === undefined || span.fromMs > last.untilMs) merged.push(span)
    else merged[merged.length - 1] = { fromMs: last.fromMs, untilMs: Math.max(last.untilMs, span.untilMs) }
  }
  return merged
}

function openingsOn(date: Temporal.PlainDate, { startSecond, endSecond, timeZone }: PlanWindow): readonly Opening[] {
  const span = (from: number, to: number) => ({ fromMs: firstMoment(date, from, timeZone), untilMs: endOfSecond(date, to, timeZone) })
  return startSecond <= endSecond ? [span(startSecond, endSecond)] : [span(0, endSecond), span(startSecond, lastSecond)]
}

/** When the clock first shows this second, or first stands past it. */
function firstMoment(date: Temporal.PlainDate, second: number, timeZone: string): number {
  const local = localTime(date, second)
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  return leftOut(earlier, local) ?? earlier.epochMilliseconds
}

/** When the clock last stops showing this second, or first stands past it. */
function endOfSecond(date: Temporal.PlainDate, second: number, timeZone: string): number {
  const local = localTime(date, second)
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  const later = local.toZonedDateTime(timeZone, { disambiguation: 'later' })
  return leftOut(earlier, local) ?? later.epochMilliseconds + 1_000
}

/** The moment of the change, when the clock leaves this local time out. */
function leftOut(earlier: Temporal.ZonedDateTime, local: Temporal.PlainDateTime): number | undefined {
  if (earlier.toPlainDateTime().equals(local)) return undefined
  return earlier.getTimeZoneTransition('next')?.epochMilliseconds
}

function localTime(date: Temporal.PlainDate, second: number): Temporal.PlainDateTime {
  return date.toPlainDateTime().add({ seconds: second })
}

const dayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** A number of 0 to 6, or the name in full or by its first two or three letters, in any case. */
function weekday(text: string): number | { readonly problem: string } {
  if (/^[+-]?\d+$/.test(text)) {
    const number = Number(text)
    return number >= 0 && number < 7 ? number : { problem: `Invalid weekday, number out of range: ${text}` }
  }
  const name = text.toLowerCase()
  const day = dayNames.findIndex((full) => name === full || name === full.slice(0, 2) || name === full.slice(0, 3))
  return day === -1 ? { problem: `Invalid weekday: ${text}` } : day
}

/** UTC for an empty name; undefined for what is no IANA name, an offset such as `+02:00` included. */
function knownTimeZone(name: string): string | undefined {
  if (name === '') return 'UTC'
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return undefined
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId
  } catch {
    return undefined
  }
}
