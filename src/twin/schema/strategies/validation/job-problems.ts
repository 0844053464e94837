import type { CronJob, CronJobSpec, Job, JobSpec } from 'kubernetes-types/batch/v1'
import { type LabelSelector, matchesSelector } from '../../../../core/kubernetes/label-selector.ts'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { jobPodLabels } from '../job-selector.ts'
import { scheduleProblem } from './cron-schedule.ts'
import { indexProblems, managedByProblems, successPolicyProblems } from './job-index-problems.ts'
import { failurePolicyProblems, replacementProblems, restartOfPolicyProblems } from './job-policy-problems.ts'
import { selectorGoText, selectorProblems } from './label-selector-problems.ts'
import { immutableProblems, invalidText, negativeProblems, problem, unsupportedValue } from './refusal.ts'
import { isUnreadable, mismatchProblems, templateProblems } from './template-problems.ts'

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const
/** Fields that came later: they are only there where the release has them. */
const settledLater = ['podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const

/** Why a new Job is refused. Source: Kubernetes API reference, Job v1. */
export function newJobProblems(job: Job, minor: number): readonly StatusCause[] {
  const spec = job.spec ?? ({} as JobSpec)
  return [...generatedProblems(job, spec, minor), ...specProblems('spec', spec), ...selectorOfJobProblems(spec)]
}

/** Why a change of a Job is refused: its completions, selector and template are settled; of a suspended one that never ran, not all of it. */
export function jobChangeProblems(next: Job, old: Job, minor: number): readonly StatusCause[] {
  const spec = next.spec ?? ({} as JobSpec)
  const before = old.spec ?? ({} as JobSpec)
  // Since 1.24 the nodes for a Job may be chosen as long as it is suspended.
  const pending = minor >= 24 && before.suspend === true && !old.status?.startTime
  return [
    ...newJobProblems(next, isOfOlderRelease(before) ? Math.min(minor, 26) : minor),
    // what is in the spec is looked at twice, and said twice
    ...specProblems('spec', spec),
    ...selectorOfJobProblems(spec),
    ...completionsProblems(spec, before, minor),
    ...(sameJson(spec.selector, before.selector)
      ? []
      : [invalidText('spec.selector', selectorGoText(spec.selector), 'field is immutable')]),
    ...(sameJson(settledTemplate(spec, pending), settledTemplate(before, pending))
      ? []
      : [invalidText('spec.template', 'core.PodTemplateSpec{}', 'field is immutable')]),
    ...(minor >= 22 ? immutableProblems('spec.completionMode', spec.completionMode, before.completionMode) : []),
    ...settledLater.flatMap((name) => immutableProblems(`spec.${name}`, spec[name], before[name])),
  ]
}

/** Since then an Indexed Job may become larger or smaller, with as many pods at a time as it has indexes. */
const elasticSince = 27

function completionsProblems(
  { completionMode, completions, parallelism }: JobSpec,
  before: JobSpec,
  minor: number,
): readonly StatusCause[] {
  const isElastic = minor >= elasticSince && completionMode === 'Indexed'
  if (!isElastic) return immutableProblems('spec.completions', completions, before.completions)
  // that an Indexed Job has to have completions is said elsewhere
  if (completions === undefined || before.completions === undefined || completions === before.completions) return []
  if (completions === parallelism) return []
  return [invalidValue('spec.completions', completions, 'can only be modified in tandem with spec.parallelism')]
}

/** A Job that was made before 1.27 keeps the labels without a prefix, whatever release serves it now. */
function isOfOlderRelease({ template }: JobSpec): boolean {
  return template?.metadata?.labels?.['batch.kubernetes.io/controller-uid'] === undefined
}

function settledTemplate({ template }: JobSpec, pending: boolean): unknown {
  if (!pending) return template
  const { nodeSelector: _nodes, tolerations: _tolerations, affinity: _affinity, ...spec } = template?.spec ?? { containers: [] }
  return { spec }
}

function generatedProblems(job: Job, spec: JobSpec, minor: number): readonly StatusCause[] {
  if (spec.manualSelector === true || !spec.selector) return []
  const { uid = '', name = '' } = job.metadata ?? {}
  const expected = jobPodLabels({ name, uid }, minor)
  const labels = spec.template?.metadata?.labels ?? {}
  const wrong = Object.entries(expected).flatMap(([key, value]) => labelProblem(labels[key], key, value))
  const matches = isUnreadable(spec.selector) || matchesSelector(spec.selector as LabelSelector, expected)
  return [
    ...(uid === '' ? [requiredValue('metadata.uid')] : []),
    ...wrong,
    ...(matches ? [] : [invalidText('spec.selector', selectorGoText(spec.selector), '`selector` not auto-generated')]),
  ]
}

function labelProblem(actual: string | undefined, key: string, expected: string): readonly StatusCause[] {
  const field = `spec.template.metadata.labels[${key}]`
  if (actual === undefined) return [requiredValue('spec.template.metadata.labels', `must be '${expected}'`)]
  return actual === expected ? [] : [invalidValue(field, actual, `must be '${expected}'`)]
}

function selectorOfJobProblems({ selector, template }: JobSpec): readonly StatusCause[] {
  return [
    ...(selector ? selectorProblems('spec.selector', selector) : [requiredValue('spec.selector')]),
    ...mismatchProblems('spec.template.metadata.labels', selector, template?.metadata?.labels),
  ]
}

function specProblems(field: string, spec: JobSpec): readonly StatusCause[] {
  const policy = spec.template?.spec?.restartPolicy
  const restart = `${field}.template.spec.restartPolicy`
  const known = policy === 'OnFailure' || policy === 'Never'
  return [
    ...counts.flatMap((name) => negativeProblems(`${field}.${name}`, spec[name])),
    ...indexProblems(field, spec),
    ...failurePolicyProblems(field, spec),
    ...successPolicyProblems(field, spec),
    ...replacementProblems(field, spec),
    ...templateProblems(`${field}.template`, spec.template),
    ...(!policy || policy === 'Always' ? [requiredValue(restart, 'valid values: "OnFailure", "Never"')] : []),
    ...(policy && policy !== 'Always' && !known ? [unsupportedValue(restart, policy, ['OnFailure', 'Never'])] : []),
    ...restartOfPolicyProblems(field, spec),
    ...managedByProblems(field, spec),
  ]
}

const concurrency = ['Allow', 'Forbid', 'Replace']
/** A Job's name is that of its CronJob and eleven characters. */
const longestName = 52

/** Why a CronJob is refused. Source: Kubernetes API reference, CronJob v1. */
export function cronJobProblems(cronJob: CronJob, old: CronJob | undefined, minor: number): readonly StatusCause[] {
  const spec = cronJob.spec ?? ({} as CronJobSpec)
  const name = cronJob.metadata?.name ?? ''
  const policy = spec.concurrencyPolicy ?? ''
  return [
    ...(spec.schedule ? problem('spec.schedule', spec.schedule, scheduleProblem(spec.schedule, minor)) : [requiredValue('spec.schedule')]),
    ...negativeProblems('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds),
    ...(concurrency.includes(policy) ? [] : [unsupportedValue('spec.concurrencyPolicy', policy, concurrency)]),
    ...jobTemplateProblems('spec.jobTemplate.spec', spec.jobTemplate?.spec ?? ({} as JobSpec)),
    ...negativeProblems('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit),
    ...negativeProblems('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit),
    ...(old === undefined && name.length > longestName ? [invalidValue('metadata.name', name, 'must be no more than 52 characters')] : []),
  ]
}

function jobTemplateProblems(field: string, spec: JobSpec): readonly StatusCause[] {
  return [
    ...specProblems(field, spec),
    ...(spec.selector ? [invalidText(`${field}.selector`, selectorGoText(spec.selector), '`selector` will be auto-generated')] : []),
    ...(spec.manualSelector === true ? [unsupportedValue(`${field}.manualSelector`, true, ['nil', 'false'])] : []),
  ]
}
