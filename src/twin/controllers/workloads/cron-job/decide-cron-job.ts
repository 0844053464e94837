import type { ObjectReference } from 'kubernetes-types/core/v1'
import { epochMs } from '../../../../core/kubernetes/epoch-ms.ts'
import { apiTime } from '../../../api-time.ts'
import { hasCondition, isFinished } from '../job/job-rules.ts'
import type { CronJobObject, JobObject } from '../workload-objects.ts'
import type { CronSchedule } from './cron-schedule.ts'
import { scheduledJobName } from './scheduled-job.ts'

/** An event about a CronJob. */
export interface CronNews {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

/** What a CronJob knows of its Jobs, and what it has to tell of them. */
export interface CronBook {
  readonly active: readonly ObjectReference[]
  readonly lastSuccessfulTime: string | undefined
  readonly news: readonly CronNews[]
}

/** What is due now. */
export type CronDecision =
  /** Nothing before the time of `wakeInMs`; never, when that is missing. */
  | { readonly kind: 'Wait'; readonly news: readonly CronNews[]; readonly wakeInMs?: number }
  /** A Job for the time `scheduledMs`, after the Jobs that it replaces are deleted. */
  | {
      readonly kind: 'Start'
      readonly scheduledMs: number
      readonly replace: readonly ObjectReference[]
      readonly news: readonly CronNews[]
      readonly wakeInMs?: number
    }

/** So much after the time a Job is started: clocks may differ a little. */
const paddingMs = 100
/** More than so many missed times are told of. */
const missedLimit = 100

/** The Jobs that run, as far as the CronJob has started them. Source: Kubernetes, cronjob controller syncCronJob. */
export function cronBook({ status }: CronJobObject, jobs: readonly JobObject[]): CronBook {
  const listed = status?.active ?? []
  const known = new Set(listed.map(({ uid }) => uid))
  const byUid = new Map(jobs.map((job) => [job.metadata.uid, job]))
  const lost = listed.filter(({ uid = '' }) => !byUid.has(uid))
  const active = listed.filter(({ uid = '' }) => {
    const job = byUid.get(uid)
    return job !== undefined && !isFinished(job)
  })
  const missing = lost.map(({ name }): CronNews => ({ type: 'Normal', reason: 'MissingJob', message: `Active job went missing: ${name}` }))
  const successes = jobs.flatMap((job) => (hasCondition(job.status, 'Complete') ? (job.status?.completionTime ?? []) : []))
  return {
    active,
    lastSuccessfulTime: [status?.lastSuccessfulTime ?? '', ...successes].sort().at(-1) || undefined,
    news: [...jobs.flatMap((job) => newsOf(job, known.has(job.metadata.uid))), ...missing],
  }
}

function newsOf(job: JobObject, isListed: boolean): readonly CronNews[] {
  const { name } = job.metadata
  if (isListed !== isFinished(job)) return []
  if (!isListed) {
    return [{ type: 'Warning', reason: 'UnexpectedJob', message: `Saw a job that the controller did not create or forgot: ${name}` }]
  }
  const how = hasCondition(job.status, 'Complete') ? 'Complete' : 'Failed'
  return [{ type: 'Normal', reason: 'SawCompletedJob', message: `Saw completed job: ${name}, status: ${how}` }]
}

export interface CronInput {
  readonly cronJob: CronJobObject
  readonly active: readonly ObjectReference[]
  readonly schedule: CronSchedule
  readonly nowMs: number
  readonly minor: number
}

/** Whether a Job is due, and whether it may start beside those that run. */
export function decideCronJob(input: CronInput): CronDecision {
  const { cronJob, active, schedule, nowMs, minor } = input
  const { spec, metadata } = cronJob
  if (metadata.deletionTimestamp !== undefined || spec.suspend === true) return { kind: 'Wait', news: [] }
  const nextMs = schedule.next(nowMs)
  const wake = nextMs === undefined ? {} : { wakeInMs: nextMs - nowMs + paddingMs }
  const missed = schedule.missed(earliestMs(cronJob, nowMs), nowMs)
  if (missed === undefined) return { kind: 'Wait', news: [], ...wake }
  const tooMany = missed.count > missedLimit ? [manyMissed(minor)] : []
  // the older controller starts none of them
  if (tooMany.length > 0 && minor < 21) return { kind: 'Wait', news: tooMany, ...wake }
  const refusal = refusalOf(input, missed.latestMs)
  if (refusal !== undefined) return { kind: 'Wait', news: [...tooMany, ...refusal], ...wake }
  const replace = spec.concurrencyPolicy === 'Replace' ? active : []
  return { kind: 'Start', scheduledMs: missed.latestMs, replace, news: tooMany, ...wake }
}

/** From when on a time counts as missed: after the last start, and not before the deadline for a start. */
function earliestMs({ metadata, spec, status }: CronJobObject, nowMs: number): number {
  const last = epochMs(status?.lastScheduleTime) ?? epochMs(metadata.creationTimestamp) ?? nowMs
  return spec.startingDeadlineSeconds === undefined ? last : Math.max(last, nowMs - spec.startingDeadlineSeconds * 1000)
}

/** Why the Job that is due is not started, in events (maybe none); `undefined` when it is. */
function refusalOf({ cronJob, active, nowMs, minor }: CronInput, scheduledMs: number): readonly CronNews[] | undefined {
  const { spec, status } = cronJob
  const { startingDeadlineSeconds } = spec
  if (startingDeadlineSeconds !== undefined && scheduledMs + startingDeadlineSeconds * 1000 < nowMs) {
    const message = `Missed scheduled time to start a job: ${rfc1123(scheduledMs)}`
    return [{ type: 'Warning', reason: 'MissSchedule', message }]
  }
  const name = scheduledJobName(cronJob, scheduledMs, minor)
  if (active.some((reference) => reference.name === name) || status?.lastScheduleTime === apiTime(scheduledMs)) return []
  if (spec.concurrencyPolicy !== 'Forbid' || active.length === 0) return undefined
  const message = 'Not starting job because prior execution is running and concurrency policy is Forbid'
  return [{ type: 'Normal', reason: 'JobAlreadyActive', message }]
}

function manyMissed(minor: number): CronNews {
  const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew'
  if (minor >= 21) return { type: 'Warning', reason: 'TooManyMissedTimes', message: `too many missed start times. ${advice}` }
  const message = `Cannot determine if job needs to be started: too many missed start time (> 100). ${advice}`
  return { type: 'Warning', reason: 'FailedNeedsStart', message }
}

/** `Sat, 21 Nov 2026 10:00:00 +0000`. */
function rfc1123(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000')
}
