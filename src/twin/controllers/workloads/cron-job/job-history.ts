import { hasCondition } from '../job/job-rules.ts'
import type { CronJobObject, JobObject } from '../workload-objects.ts'

/** The finished Jobs that are too many for the history of a CronJob, those that started first. Source: Kubernetes documentation, CronJob. */
export function surplusJobs({ spec }: CronJobObject, jobs: readonly JobObject[]): readonly JobObject[] {
  const ended = (type: string) => jobs.filter(({ status }) => hasCondition(status, type)).sort(byStart)
  const surplus = (finished: readonly JobObject[], limit: number | undefined) =>
    limit === undefined ? [] : finished.slice(0, Math.max(0, finished.length - limit))
  return [...surplus(ended('Complete'), spec.successfulJobsHistoryLimit), ...surplus(ended('Failed'), spec.failedJobsHistoryLimit)]
}

/** Those that have not started come last. */
function byStart(a: JobObject, b: JobObject): number {
  const [first, second] = [a, b].map(({ metadata, status }) => `${status?.startTime ?? '~'} ${metadata.name}`)
  return (first ?? '') < (second ?? '') ? -1 : 1
}
