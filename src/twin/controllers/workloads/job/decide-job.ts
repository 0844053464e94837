import type { JobCondition, JobStatus } from 'kubernetes-types/batch/v1'
import { apiTime } from '../../../api-time.ts'
import { inDeletionOrder } from '../replica-set/pod-deletion-order.ts'
import type { JobObject, PodObject } from '../workload-objects.ts'
import { completionIndex, formatIndexes } from './completion-indexes.ts'
import { retryInMs } from './index-failures.ts'
import { deadlineInMs, endOf, type JobEnd, type JobEndInput } from './job-end.ts'
import { hasCondition } from './job-rules.ts'
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

export interface JobInput extends JobEndInput {
  readonly minor: number
  /** In how many ms a new pod may start. */
  readonly newPodInMs: number
}

/**
 * What a Job does next: pods until as many have succeeded as there must be, and an end when that is so, or when it has failed too often or
 * taken too long. Source: Kubernetes, Job controller syncJob; documentation of Job.
 */
export function decideJob(input: JobInput): JobDecision {
  const { job, tally } = input
  const start = startOf(input)
  const end = endOf(input, start.startTime)
  if (end?.type === 'Failed') return failing(input, end, start)
  if (end !== undefined) return completing(input, end, { start, active: tally.active.length })
  if (job.metadata.deletionTimestamp !== undefined) return result(input, start, { active: tally.active.length })
  const { waitMs, ...change } = input.rules.isSuspended ? { delete: tally.active, create: [], waitMs: 0 } : decidePods(input)
  const active = tally.active.length - change.delete.length + change.create.length
  const completed = input.rules.isSuspended ? undefined : completion(input, active)
  if (completed !== undefined) return completing(input, completed, { start, active })
  const deadlineMs = deadlineInMs(job, start.startTime, input.nowMs)
  const waits = [...(deadlineMs === undefined ? [] : [deadlineMs]), ...[input.newPodInMs, waitMs].filter((ms) => ms > 0)]
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

function failing(input: JobInput, end: JobEnd, start: Start): JobDecision {
  const { tally, rules, nowMs } = input
  const stillThere = tally.active.length + tally.terminating
  // a failure by policy was announced as soon as there were such policies
  const announces = rules.endsWithItsPods || end.reason === 'PodFailurePolicy'
  const announced = announces && !hasCondition(input.job.status, 'FailureTarget')
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

function completion({ job, tally, minor }: JobInput, active: number): JobEnd | undefined {
  const { completions } = job.spec
  const complete = completions === undefined ? tally.succeeded > 0 && active === 0 : tally.succeeded >= completions
  if (!complete) return undefined
  const news =
    minor >= 31 ? { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : { reason: '', message: '' }
  return { type: 'Complete', ...news }
}

function completing(input: JobInput, end: JobEnd, { start, active }: { start: Start; active: number }): JobDecision {
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

interface PodChange extends Pick<JobDecision, 'delete' | 'create'> {
  /** In how many ms an index may be tried again; 0 when none waits for that. */
  readonly waitMs: number
}

function decidePods(input: JobInput): PodChange {
  const { job, tally, rules, nowMs, minor } = input
  const wanted = wantedPods(input)
  const { active } = tally
  const surplus = active.length - wanted
  const strays = rules.isIndexed ? active.filter((pod) => (completionIndex(pod) ?? 0) >= (job.spec.completions ?? 0)) : []
  if (surplus > 0 || strays.length > 0) {
    const others = inDeletionOrder(active, { minor, nowMs }).filter((pod) => !strays.includes(pod))
    return { delete: [...strays, ...others.slice(0, Math.max(0, surplus - strays.length))], create: [], waitMs: 0 }
  }
  const missing = wanted - active.length - (rules.replacesOnlyFailed ? tally.terminating : 0)
  if (missing <= 0 || input.newPodInMs > 0) return { delete: [], create: [], waitMs: 0 }
  if (!rules.isIndexed) return { delete: [], create: Array(missing).fill(undefined), waitMs: 0 }
  const free = freeIndexes(job, input).slice(0, missing)
  const waits = free.map((index) => indexWaitMs(tally, index, nowMs))
  // those that wait are looked at again when the others have been started
  const ready = free.filter((_, i) => waits[i] === 0)
  return { delete: [], create: ready, waitMs: ready.length > 0 || waits.length === 0 ? 0 : Math.min(...waits) }
}

function indexWaitMs({ indexes }: JobTally, index: number, nowMs: number): number {
  const waiting = indexes?.waiting.get(index)
  return waiting === undefined ? 0 : retryInMs(waiting.pod, nowMs)
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
  const taken = new Set([...(tally.indexes?.completed ?? []), ...(tally.indexes?.failed ?? []), ...busy.map(completionIndex)])
  return Array.from({ length: completions }, (_, index) => index).filter((index) => !taken.has(index))
}

function result({ tally, rules }: JobInput, start: Start, counts: { active: number; failed?: number }): JobDecision {
  const { active, failed = tally.failedToTell } = counts
  const status: JobStatus & Record<'startTime', string | undefined> = {
    startTime: start.startTime,
    active,
    succeeded: tally.succeeded,
    failed,
    conditions: [...start.conditions],
    ...(rules.countsReady ? { ready: Math.min(tally.ready, active) } : {}),
    ...(rules.countsTerminating ? { terminating: tally.terminating } : {}),
    ...(tally.indexes === undefined ? {} : { completedIndexes: formatIndexes(tally.indexes.completed) }),
    ...(tally.indexes?.failed === undefined ? {} : { failedIndexes: formatIndexes(tally.indexes.failed) }),
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
