import type { Container, EnvVar } from 'kubernetes-types/core/v1'
import type { DraftObject } from '../../../kube-object.ts'
import type { OwnerKind } from '../controller-reference.ts'
import { podFromTemplate } from '../pod-from-template.ts'
import type { JobObject } from '../workload-objects.ts'
import { indexAnnotation } from './completion-indexes.ts'
import { failureCountAnnotation, type IndexFailures, ignoredFailureCountAnnotation } from './index-failures.ts'
import { trackingFinalizer } from './job-tally.ts'

export const jobs: OwnerKind = { apiVersion: 'batch/v1', kind: 'Job', resource: 'jobs.batch' }

export interface JobPodOptions {
  /** Of an Indexed Job. */
  readonly index?: number
  /** Of that index, where each may fail so often. */
  readonly failures?: IndexFailures
  readonly tracked: boolean
  readonly minor: number
}

/** A new pod of a Job; one of an Indexed Job knows its part by annotation, host name and environment. */
export function jobPod(job: JobObject, { index, failures, tracked, minor }: JobPodOptions): DraftObject {
  const draft = podFromTemplate(job.spec.template, job, jobs)
  const metadata = { ...draft.metadata, ...(tracked ? { finalizers: [...(draft.metadata?.finalizers ?? []), trackingFinalizer] } : {}) }
  if (index === undefined) return { ...draft, metadata }
  const { name } = job.metadata
  const labelled = minor >= 28
  const value: EnvVar = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { fieldPath: `metadata.${labelled ? 'labels' : 'annotations'}['${indexAnnotation}']` } },
  }
  const { spec } = job.spec.template
  const withIndex = (container: Container): Container =>
    container.env?.some((variable) => variable.name === value.name) ? container : { ...container, env: [...(container.env ?? []), value] }
  return {
    ...draft,
    metadata: {
      ...metadata,
      generateName: `${name}-${index}-`,
      annotations: { ...metadata.annotations, [indexAnnotation]: String(index), ...failureAnnotations(failures) },
      ...(labelled ? { labels: { ...metadata.labels, [indexAnnotation]: String(index) } } : {}),
    },
    spec: {
      ...spec,
      hostname: spec?.hostname ?? `${name}-${index}`,
      containers: (spec?.containers ?? []).map(withIndex),
      ...(spec?.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withIndex) }),
    },
  }
}

function failureAnnotations(failures: IndexFailures | undefined): Readonly<Record<string, string>> {
  if (failures === undefined) return {}
  const { counted, ignored } = failures
  return { [failureCountAnnotation]: String(counted), ...(ignored === 0 ? {} : { [ignoredFailureCountAnnotation]: String(ignored) }) }
}
