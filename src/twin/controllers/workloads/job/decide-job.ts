import type { JobCondition, JobStatus } from 'kubernetes-types/batch/v1'
import { epochMs } from '../../../../core/kubernetes/epoch-ms.ts'
import { apiTime } from '../../../api-time.ts'
import { inDeletionOrder } from '../replica-set/pod-deletion-order.ts'
import type { JobObject, PodObject } from '../workload-objects.ts'
import { completionIndex, parseIndexes } from './completion-indexes.ts'
import { hasCondition, type JobRules } from './job-rules.ts'
import type { JobTally } from './job-tally.ts'

/** Something that a Job tells: an event of type Warning where it is bad news. */
export interface JobNews {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export interface JobDecision {
  readonly delete: readonly PodObject[]
  /** Of an Indexed Job the indexes, otherwise `undefined` for each pod. */
  readonly create: readonly (number | undefined)[]
  readonly status: JobStatus
  readonly news: readonly JobNews[]
  /** When to look again, ms. */
  readonly wakeInMs?: number
}

export interface JobInput {
  readonly job: JobObject
  /** All its pods. */
  readonly pods: readonly PodObject[]
  readonly tally: JobTally
  readonly rules: JobRules
  readonly nowMs: number
  readonly minor: number
  /** In how many ms a new pod may start. */
  readonly newPodInMs: number
}

/** The end of a Job, or what will be the end of it when its pods have ended. */
interface End {
  readonly type: 'Complete' | 'Failed'
  readonly reason: string
  readonly message: string
}

/**
 * What a Job does next: pods until as many have succeeded as there must be, and an end when that is so, or when it has failed too often or
 * taken too long. Source: Kubernetes, Job controller syncJob; documentation of Job.
 */
export function decideJob(input: JobInput): JobDecision {
  const { job, tally } = input
  const start = startOf(input)
  const failure = failureOf(input, start.startTime)
  if (failure !== undefined) return failing(input, failure, start)
  if (job.metadata.deletionTimestamp !== undefined) return result(input, start, { active: tally.active.length })
  const change = input.rules.isSuspended ? { delete: tally.active, create: [] } : decidePods(input)
  const active = tally.active.length - change.delete.length + change.create.length
  const end = input.rules.isSuspended ? undefined : completion(input, active)
  if (end !== undefined) return completing(input, end, { start, active })
  const deadlineMs = deadlineInMs(job, start.startTime, input.nowMs)
  const waits = [...(deadlineMs === undefined ? [] : [deadlineMs]), ...(input.newPodInMs > 0 ? [input.newPodInMs] : [])]
  const wake = waits.length === 0 ? {} : { wakeInMs: Math.min(...waits) }
  return { ...result(input, start, { active }), ...change, ...wake }
}

interface Start {
  readonly startTime: string | undefined
  readonly conditions: readonly JobCondition[]
  readonly news: readonly JobNews[]
}

/** A Job that is suspended has not started; when it goes on, its time begins anew. */
function startOf({ job, rules, nowMs }: JobInput): Start {
  const conditions = job.status?.conditions ?? []
  const wasSuspended = hasCondition(job.status, 'Suspended')
  const { startTime = apiTime(nowMs) } = job.status ?? {}
  if (rules.isSuspended === wasSuspended) return { startTime: wasSuspended ? undefined : startTime, conditions, news: [] }
  const [status, state] = rules.isSuspended ? (['True', 'Suspended'] as const) : (['False', 'Resumed'] as const)
  const message = `Job ${state.toLowerCase()}`
  const suspended = condition('Suspended', { reason: `Job${state}`, message }, nowMs)
  return {
    startTime: rules.isSuspended ? undefined : apiTime(nowMs),
    conditions: [...conditions.filter(({ type }) => type !== 'Suspended'), { ...suspended, status }],
    news: [{ type: 'Normal', reason: state, message }],
  }
}

function failureOf({ job, pods, tally, rules, nowMs }: JobInput, startTime: string | undefined): End | undefined {
  const announced = (job.status?.conditions ?? []).find(({ type, status }) => type === 'FailureTarget' && status === 'True')
  if (announced !== undefined) return { type: 'Failed', reason: announced.reason ?? '', message: announced.message ?? '' }
  if (tally.failJob !== undefined) return { type: 'Failed', reason: 'PodFailurePolicy', message: tally.failJob }
  const limit = job.spec.backoffLimit ?? 6
  if (tally.failed > limit || hasRestartedTooOften(job, pods, limit)) {
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' }
  }
  if (rules.isSuspended || (deadlineInMs(job, startTime, nowMs) ?? 1) > 0) return undefined
  return { type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' }
}

/** How long a Job may still be active, ms (0 or less: no longer); `undefined` when there is no limit or it has not started. */
export function deadlineInMs({ spec }: JobObject, startTime: string | undefined, nowMs: number): number | undefined {
  const startMs = epochMs(startTime)
  const { activeDeadlineSeconds } = spec
  return startMs === undefined || activeDeadlineSeconds === undefined ? undefined : startMs + activeDeadlineSeconds * 1000 - nowMs
}

/** With `restartPolicy: OnFailure` the restarts of containers count as the failures. */
function hasRestartedTooOften({ spec }: JobObject, pods: readonly PodObject[], limit: number): boolean {
  if (spec.template.spec?.restartPolicy !== 'OnFailure') return false
  const running = pods.filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
  const statuses = running.flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
  const restarts = statuses.reduce((total, { restartCount }) => total + restartCount, 0)
  return limit === 0 ? restarts > 0 : restarts >= limit
}

function failing(input: JobInput, end: End, start: Start): JobDecision {
  const { tally, rules, nowMs } = input
  const stillThere = tally.active.length + tally.terminating
  const announced = rules.endsWithItsPods && !hasCondition(input.job.status, 'FailureTarget')
  const conditions = announced ? [...start.conditions, condition('FailureTarget', end, nowMs)] : start.conditions
  if (rules.endsWithItsPods && stillThere > 0) return { ...result(input, { ...start, conditions }, { active: 0 }), delete: tally.active }
  const told: Start = {
    ...start,
    conditions: [...conditions, condition('Failed', end, nowMs)],
    news: [...start.news, { type: 'Warning', reason: end.reason, message: end.message }],
  }
  // what still ran is counted as failed
  const failed = tally.failed + (rules.endsWithItsPods ? 0 : tally.active.length)
  return { ...result(input, told, { active: 0, failed }), delete: tally.active }
}

function completion({ job, tally, minor }: JobInput, active: number): End | undefined {
  const { completions } = job.spec
  const complete = completions === undefined ? tally.succeeded > 0 && active === 0 : tally.succeeded >= completions
  if (!complete) return undefined
  const news =
    minor >= 31 ? { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : { reason: '', message: '' }
  return { type: 'Complete', ...news }
}

function completing(input: JobInput, end: End, { start, active }: { start: Start; active: number }): JobDecision {
  const { job, tally, rules, nowMs } = input
  const announced = rules.endsWithItsPods && !hasCondition(job.status, 'SuccessCriteriaMet')
  const conditions = announced ? [...start.conditions, condition('SuccessCriteriaMet', end, nowMs)] : start.conditions
  if (rules.endsWithItsPods && tally.active.length + tally.terminating > 0) {
    return { ...result(input, { ...start, conditions }, { active: 0 }), delete: tally.active }
  }
  const warnings = tooMany(job, tally, active)
  const told: Start = {
    ...start,
    conditions: [...conditions, condition('Complete', end, nowMs)],
    news: [...start.news, ...warnings, { type: 'Normal', reason: 'Completed', message: 'Job completed' }],
  }
  const { status, ...rest } = result(input, told, { active })
  return { ...rest, status: { ...status, completionTime: apiTime(nowMs) } }
}

function tooMany({ spec }: JobObject, tally: JobTally, active: number): readonly JobNews[] {
  if (spec.completions === undefined) return []
  const news: JobNews[] = []
  if (active > 0) {
    news.push({ type: 'Warning', reason: 'TooManyActivePods', message: 'Too many active pods running after completion count reached' })
  }
  if (tally.succeeded > spec.completions) {
    news.push({
      type: 'Warning',
      reason: 'TooManySucceededPods',
      message: 'Too many succeeded pods running after completion count reached',
    })
  }
  return news
}

function decidePods(input: JobInput): { readonly delete: readonly PodObject[]; readonly create: readonly (number | undefined)[] } {
  const { job, tally, rules, nowMs, minor } = input
  const wanted = wantedPods(input)
  const { active } = tally
  const surplus = active.length - wanted
  if (surplus > 0) return { delete: inDeletionOrder(active, { minor, nowMs }).slice(0, surplus), create: [] }
  const missing = wanted - active.length - (rules.replacesOnlyFailed ? tally.terminating : 0)
  if (missing <= 0 || input.newPodInMs > 0) return { delete: [], create: [] }
  if (!rules.isIndexed) return { delete: [], create: Array(missing).fill(undefined) }
  return { delete: [], create: freeIndexes(job, input).slice(0, missing) }
}

/** How many pods should run: never more than there is work for. */
function wantedPods({ job, tally }: JobInput): number {
  const { parallelism = 1, completions } = job.spec
  if (completions !== undefined) return Math.min(parallelism, Math.max(0, completions - tally.succeeded))
  return tally.succeeded > 0 ? Math.min(tally.active.length, parallelism) : parallelism
}

/** The parts that nobody does and that are not done, lowest first. */
function freeIndexes({ spec }: JobObject, { tally, pods, rules }: JobInput): readonly number[] {
  const completions = spec.completions ?? 0
  const busy = rules.replacesOnlyFailed
    ? pods.filter(({ status }) => status?.phase !== 'Failed' && status?.phase !== 'Succeeded')
    : tally.active
  const taken = new Set([...parseIndexes(tally.completedIndexes ?? '', completions), ...busy.map(completionIndex)])
  return Array.from({ length: completions }, (_, index) => index).filter((index) => !taken.has(index))
}

function result({ tally, rules }: JobInput, start: Start, counts: { active: number; failed?: number }): JobDecision {
  const { active, failed = tally.failed } = counts
  const status: JobStatus & Record<'startTime', string | undefined> = {
    startTime: start.startTime,
    active,
    succeeded: tally.succeeded,
    failed,
    conditions: [...start.conditions],
    ...(rules.countsReady ? { ready: Math.min(tally.ready, active) } : {}),
    ...(rules.countsTerminating ? { terminating: tally.terminating } : {}),
    ...(tally.completedIndexes === undefined ? {} : { completedIndexes: tally.completedIndexes }),
  } as JobStatus & Record<'startTime', string | undefined>
  return { delete: [], create: [], status: status as JobStatus, news: start.news }
}

function condition(type: string, { reason, message }: { reason: string; message: string }, nowMs: number): JobCondition {
  const now = apiTime(nowMs)
  return {
    type,
    status: 'True',
    lastProbeTime: now,
    lastTransitionTime: now,
    ...(reason === '' ? {} : { reason }),
    ...(message === '' ? {} : { message }),
  }
}
