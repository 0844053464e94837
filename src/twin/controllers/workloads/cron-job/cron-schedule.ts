import { Cron } from 'croner'
import { parseGoDuration } from '../../../../core/plan/go-duration.ts'

/** When a CronJob is due. Times are epoch ms. */
export interface CronSchedule {
  /** The first time after `afterMs`; `undefined` when there is none any more. */
  next(afterMs: number): number | undefined
  /** The times after `afterMs` up to and with `nowMs`: the last of them, and how many, at most 101. */
  missed(afterMs: number, nowMs: number): { readonly latestMs: number; readonly count: number } | undefined
}

const countLimit = 101

/**
 * Reads a schedule: five fields, `@hourly` and the like, or `@every 90s`; `TZ=Area/City` in front overrides `timeZone`, which is UTC unless told.
 * Throws when it cannot be read or the time zone is not known. Source: Kubernetes documentation, CronJob, Writing a CronJob spec.
 */
export function cronSchedule(text: string, timeZone: string | undefined): CronSchedule {
  const zoned = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/.exec(text)
  const pattern = zoned?.[2] ?? text
  const every = /^@every\s+(\S+)$/.exec(pattern)
  if (every !== null) return everyInterval(every[1] ?? '')
  const timezone = zoned?.[1] ?? timeZone ?? 'UTC'
  if (!isTimeZone(timezone)) throw new RangeError(`unknown time zone ${timezone}`)
  const cron = new Cron(pattern, { paused: true, mode: '5-part', sloppyRanges: true, timezone })
  const next = (afterMs: number) => cron.nextRun(new Date(afterMs))?.getTime()
  return {
    next,
    missed(afterMs, nowMs) {
      let count = 0
      let latestMs: number | undefined
      for (let at = next(afterMs); at !== undefined && at <= nowMs && count < countLimit; at = next(at)) {
        latestMs = at
        count += 1
      }
      if (latestMs === undefined || count < countLimit) return latestMs === undefined ? undefined : { latestMs, count }
      return { latestMs: lastUpTo(cron, nowMs) ?? latestMs, count }
    },
  }
}

/** Whether there is a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

function lastUpTo(cron: Cron, nowMs: number): number | undefined {
  return cron.previousRuns(1, new Date(nowMs + 1000))[0]?.getTime()
}

function everyInterval(text: string): CronSchedule {
  const nanoseconds = parseGoDuration(text)
  if (nanoseconds === undefined) throw new RangeError(`failed to parse duration @every ${text}`)
  const intervalMs = Math.max(1, Math.floor(nanoseconds / 1e9)) * 1000
  const next = (afterMs: number) => Math.floor(afterMs / 1000) * 1000 + intervalMs
  return {
    next,
    missed(afterMs, nowMs) {
      const first = next(afterMs)
      if (first > nowMs) return undefined
      const further = Math.floor((nowMs - first) / intervalMs)
      return { latestMs: first + further * intervalMs, count: Math.min(further + 1, countLimit) }
    },
  }
}
