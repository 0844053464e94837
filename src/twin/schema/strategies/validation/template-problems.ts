import type { PodTemplateSpec } from 'kubernetes-types/core/v1'
import type { LabelSelector } from 'kubernetes-types/meta/v1'
import { matchesSelector, type LabelSelector as Selector, selectorProblem } from '../../../../core/kubernetes/label-selector.ts'
import { labelKeyProblem } from '../../../../core/kubernetes/label-syntax.ts'
import { forbiddenValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { labelProblems, selectorGoText, selectorProblems } from './label-selector-problems.ts'
import { podSpecProblems } from './pod-spec-problems.ts'
import { goValue, invalidText, problem, unsupportedValue } from './refusal.ts'

type Labels = Readonly<Record<string, string>>

/** Why a pod template is refused. Source: Kubernetes API reference, PodTemplateSpec. */
export function templateProblems(field: string, template: PodTemplateSpec | undefined): readonly StatusCause[] {
  const spec = template?.spec ?? { containers: [] }
  const annotations = template?.metadata?.annotations ?? {}
  return [
    ...labelProblems(`${field}.labels`, template?.metadata?.labels),
    ...Object.keys(annotations).flatMap((key) => problem(`${field}.annotations`, key, labelKeyProblem(key.toLowerCase()))),
    ...podSpecProblems(`${field}.spec`, spec),
    ...(spec.ephemeralContainers?.length
      ? [forbiddenValue(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
  ]
}

/** Pods that are meant to run for ever: always restarted, without an end. `kind` is that of the workload. */
export function lastingProblems(field: string, template: PodTemplateSpec | undefined, kind: string): readonly StatusCause[] {
  const { restartPolicy = '', activeDeadlineSeconds } = template?.spec ?? {}
  return [
    ...(restartPolicy === 'Always' ? [] : [unsupportedValue(`${field}.spec.restartPolicy`, restartPolicy, ['Always'])]),
    ...(activeDeadlineSeconds === undefined
      ? []
      : [forbiddenValue(`${field}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`)]),
  ]
}

/** Why the selector of a workload is refused. `empty` is what is said of one that selects everything. */
export function requiredSelectorProblems(field: string, selector: LabelSelector | undefined, empty: string): readonly StatusCause[] {
  if (!selector) return [requiredValue(field)]
  return [...selectorProblems(field, selector), ...emptySelectorProblems(field, selector, empty)]
}

/** A selector that selects everything; nothing when there is none at all. */
export function emptySelectorProblems(field: string, selector: LabelSelector | undefined, empty: string): readonly StatusCause[] {
  if (!selector || Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) > 0) return []
  return [invalidText(field, selectorGoText(selector), empty)]
}

/** A selector that does not match the labels of the template; nothing when the selector itself is wrong. */
export function mismatchProblems(field: string, selector: LabelSelector | undefined, labels: Labels | undefined): readonly StatusCause[] {
  // an API object may have null where nothing was sent
  const said = selector ?? undefined
  if (isUnreadable(said) || matchesSelector(said as Selector | undefined, labels ?? {})) return []
  return [invalidText(field, labelsGoText(labels), '`selector` does not match template `labels`')]
}

/** Whether a selector cannot be read. */
export function isUnreadable(selector: LabelSelector | undefined): boolean {
  return Boolean(selector) && selectorProblem(selector as Selector) !== undefined
}

function labelsGoText(labels: Labels | undefined): string {
  return labels === undefined ? 'map[string]string(nil)' : goValue(labels)
}
