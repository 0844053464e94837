import type { JobCondition } from 'kubernetes-types/batch/v1'
import { epochMs } from '../../../../core/kubernetes/epoch-ms.ts'
import type { JobObject, PodObject } from '../workload-objects.ts'
import type { JobRules } from './job-rules.ts'
import type { JobTally } from './job-tally.ts'
import { successMatch } from './success-policy.ts'

/** The end of a Job, or what will be the end of it when its pods have ended. */
export interface JobEnd {
  readonly type: 'Complete' | 'Failed'
  readonly reason: string
  readonly message: string
}

export interface JobEndInput {
  readonly job: JobObject
  /** All its pods. */
  readonly pods: readonly PodObject[]
  readonly tally: JobTally
  readonly rules: JobRules
  readonly nowMs: number
}

/** How a Job ends, whatever its pods do: what has been announced holds. `undefined` when it goes on. Source: Kubernetes, Job controller. */
export function endOf(input: JobEndInput, startTime: string | undefined): JobEnd | undefined {
  return announced(input.job, 'SuccessCriteriaMet', 'Complete') ?? failureOf(input, startTime) ?? policySuccess(input)
}

function announced({ status }: JobObject, condition: string, type: JobEnd['type']): JobEnd | undefined {
  const told = (status?.conditions ?? []).find((one: JobCondition) => one.type === condition && one.status === 'True')
  return told === undefined ? undefined : { type, reason: told.reason ?? '', message: told.message ?? '' }
}

function failureOf(input: JobEndInput, startTime: string | undefined): JobEnd | undefined {
  const { job, pods, tally, rules, nowMs } = input
  const before = announced(job, 'FailureTarget', 'Failed')
  if (before !== undefined) return before
  if (tally.failJob !== undefined) return failed('PodFailurePolicy', tally.failJob)
  const limit = job.spec.backoffLimit ?? 6
  if (tally.failed > limit || hasRestartedTooOften(job, pods, limit)) {
    return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  }
  if (!rules.isSuspended && (deadlineInMs(job, startTime, nowMs) ?? 1) <= 0) {
    return failed('DeadlineExceeded', 'Job was active longer than specified deadline')
  }
  return indexFailure(input)
}

/** Where each index may fail so often, the Job fails when too many have, or when all others are done. */
function indexFailure({ job: { spec }, tally: { indexes } }: JobEndInput): JobEnd | undefined {
  const failures = indexes?.failed?.length ?? 0
  if (indexes === undefined || failures === 0) return undefined
  if (spec.maxFailedIndexes !== undefined && failures > spec.maxFailedIndexes) {
    return failed('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
  }
  return failures + indexes.completed.length >= (spec.completions ?? 0) ? failed('FailedIndexes', 'Job has failed indexes') : undefined
}

function policySuccess({ job: { spec }, tally: { indexes }, rules }: JobEndInput): JobEnd | undefined {
  if (!rules.hasSuccessPolicy) return undefined
  const message = successMatch(spec.successPolicy, indexes?.completed ?? [], spec.completions ?? 0)
  return message === undefined ? undefined : { type: 'Complete', reason: 'SuccessPolicy', message }
}

function failed(reason: string, message: string): JobEnd {
  return { type: 'Failed', reason, message }
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
