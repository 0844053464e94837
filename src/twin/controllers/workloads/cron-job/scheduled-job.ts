import { apiTime } from '../../../api-time.ts'
import type { DraftObject } from '../../../kube-object.ts'
import { controllerReference, type OwnerKind } from '../controller-reference.ts'
import type { CronJobObject } from '../workload-objects.ts'

export const cronJobs: OwnerKind = { apiVersion: 'batch/v1', kind: 'CronJob', resource: 'cronjobs.batch' }

/** The name of a Job says when it was due, so that it cannot be started twice: in minutes, before 1.21 in seconds. */
export function scheduledJobName({ metadata }: CronJobObject, scheduledMs: number, minor: number): string {
  return `${metadata.name}-${Math.floor(scheduledMs / (minor >= 21 ? 60_000 : 1000))}`
}

/** The Job that a CronJob starts for one of its times. */
export function scheduledJob(cronJob: CronJobObject, scheduledMs: number, minor: number): DraftObject {
  const { namespace } = cronJob.metadata
  const { metadata = {}, spec } = cronJob.spec.jobTemplate
  const scheduled = minor >= 28 ? { 'batch.kubernetes.io/cronjob-scheduled-timestamp': apiTime(scheduledMs) } : {}
  const annotations = { ...metadata.annotations, ...scheduled }
  const apiVersion = minor >= 21 ? cronJobs.apiVersion : 'batch/v1beta1'
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: scheduledJobName(cronJob, scheduledMs, minor),
      ...(namespace === undefined ? {} : { namespace }),
      ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ownerReferences: [controllerReference(cronJob, { ...cronJobs, apiVersion })],
    },
    spec: spec ?? {},
  }
}
