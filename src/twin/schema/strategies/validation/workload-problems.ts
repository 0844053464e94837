import type { DaemonSetSpec, DeploymentSpec, ReplicaSetSpec, StatefulSetSpec } from 'kubernetes-types/apps/v1'
import type { ReplicationControllerSpec } from 'kubernetes-types/core/v1'
import { forbiddenValue, invalidValue, requiredValue } from '../../../api/field-problem.ts'
import { sameJson } from '../../../api/same-json.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { intOrPercentProblems, intOrStringText, isNone, tooMuchProblems } from './int-or-percent-problems.ts'
import { labelProblems, selectorGoText, selectorProblems } from './label-selector-problems.ts'
import { goValue, invalidText, negativeProblems, unsupportedValue } from './refusal.ts'
import {
  emptySelectorProblems,
  isUnreadable,
  lastingProblems,
  mismatchProblems,
  requiredSelectorProblems,
  templateProblems,
} from './template-problems.ts'

const template = 'spec.template'

/** Why a Deployment is refused; its selector is settled when it is created. Source: Kubernetes API reference, Deployment v1. */
export function deploymentProblems(spec: DeploymentSpec, old: DeploymentSpec | undefined): readonly StatusCause[] {
  const deadline = spec.progressDeadlineSeconds
  return [
    ...negativeProblems('spec.replicas', spec.replicas),
    ...requiredSelectorProblems('spec.selector', spec.selector, 'empty selector is invalid for deployment'),
    ...replicatedTemplateProblems(spec),
    ...strategyProblems(spec.strategy ?? {}),
    ...negativeProblems('spec.minReadySeconds', spec.minReadySeconds),
    ...negativeProblems('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...negativeProblems('spec.progressDeadlineSeconds', deadline),
    ...(deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)
      ? [invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')]
      : []),
    ...settledSelector(spec, old),
  ]
}

function strategyProblems({ type = '', rollingUpdate }: NonNullable<DeploymentSpec['strategy']>): readonly StatusCause[] {
  const field = 'spec.strategy.rollingUpdate'
  switch (type) {
    case 'Recreate':
      return rollingUpdate ? [forbiddenValue(field, "may not be specified when strategy `type` is 'Recreate'")] : []
    case 'RollingUpdate':
      return rollingProblems(field, rollingUpdate ?? {})
    default: {
      const text = `apps.DeploymentStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}`
      const message = `Unsupported value: ${text}: supported values: "Recreate", "RollingUpdate"`
      return [{ reason: 'FieldValueNotSupported', message, field: 'spec.strategy' }]
    }
  }
}

function rollingProblems(field: string, { maxSurge, maxUnavailable }: Rolling): readonly StatusCause[] {
  return [
    ...intOrPercentProblems(`${field}.maxUnavailable`, maxUnavailable),
    ...intOrPercentProblems(`${field}.maxSurge`, maxSurge),
    ...(isNone(maxUnavailable) && isNone(maxSurge)
      ? [invalidText(`${field}.maxUnavailable`, intOrStringText(maxUnavailable), 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...tooMuchProblems(`${field}.maxUnavailable`, maxUnavailable),
  ]
}

interface Rolling {
  readonly maxSurge?: number | string
  readonly maxUnavailable?: number | string
}

/** Why a ReplicaSet is refused. Source: Kubernetes API reference, ReplicaSet v1. */
export function replicaSetProblems(spec: ReplicaSetSpec, old: ReplicaSetSpec | undefined): readonly StatusCause[] {
  const causes = [
    ...negativeProblems('spec.replicas', spec.replicas),
    ...negativeProblems('spec.minReadySeconds', spec.minReadySeconds),
    // The server says "deployment" here too.
    ...requiredSelectorProblems('spec.selector', spec.selector, 'empty selector is invalid for deployment'),
    ...replicatedTemplateProblems(spec),
  ]
  return [...causes, ...again(causes, old), ...settledSelector(spec, old)]
}

/** Of some kinds the original looks at an object that changes twice, and says twice what it finds. */
function again(causes: readonly StatusCause[], old: object | undefined): readonly StatusCause[] {
  return old === undefined ? [] : causes
}

function replicatedTemplateProblems(spec: Pick<ReplicaSetSpec, 'selector' | 'template'>): readonly StatusCause[] {
  if (isUnreadable(spec.selector)) return [invalidText('spec.selector', selectorGoText(spec.selector), 'invalid label selector')]
  return [
    ...mismatchProblems(`${template}.metadata.labels`, spec.selector, spec.template?.metadata?.labels),
    ...templateProblems(template, spec.template),
    ...lastingProblems(template, spec.template, 'ReplicaSet'),
  ]
}

function settledSelector(
  spec: Pick<ReplicaSetSpec, 'selector'>,
  old: Pick<ReplicaSetSpec, 'selector'> | undefined,
): readonly StatusCause[] {
  if (old === undefined || sameJson(spec.selector, old.selector)) return []
  return [invalidText('spec.selector', selectorGoText(spec.selector), 'field is immutable')]
}

/** Why a ReplicationController is refused. Source: Kubernetes API reference, ReplicationController. */
export function replicationControllerProblems(
  spec: ReplicationControllerSpec,
  old: ReplicationControllerSpec | undefined,
): readonly StatusCause[] {
  const labels = spec.template?.metadata?.labels ?? {}
  const wanted = Object.entries(spec.selector ?? {})
  const mismatch = wanted.some(([key, value]) => labels[key] !== value)
  const causes = [
    ...negativeProblems('spec.minReadySeconds', spec.minReadySeconds),
    ...(wanted.length === 0 ? [requiredValue('spec.selector')] : []),
    ...negativeProblems('spec.replicas', spec.replicas),
    ...(spec.template === undefined ? [requiredValue(template)] : []),
    ...(mismatch ? [invalidText(`${template}.metadata.labels`, goValue(labels), '`selector` does not match template `labels`')] : []),
    ...(spec.template === undefined ? [] : templateProblems(template, spec.template)),
    ...(spec.template === undefined ? [] : lastingProblems(template, spec.template, 'ReplicationController')),
  ]
  return [...causes, ...again(causes, old)]
}

/** Why a DaemonSet is refused. Source: Kubernetes API reference, DaemonSet v1. */
export function daemonSetProblems(spec: DaemonSetSpec, old: DaemonSetSpec | undefined): readonly StatusCause[] {
  const causes = [
    ...selectorProblems('spec.selector', spec.selector),
    ...mismatchProblems(`${template}.metadata.labels`, spec.selector, spec.template?.metadata?.labels),
    ...emptySelectorProblems('spec.selector', spec.selector, 'empty selector is invalid for daemonset'),
    ...templateProblems(template, spec.template),
    ...lastingProblems(template, spec.template, 'DaemonSet'),
    ...negativeProblems('spec.minReadySeconds', spec.minReadySeconds),
    ...daemonUpdateProblems('spec.updateStrategy', spec.updateStrategy ?? {}),
    ...negativeProblems('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ]
  return [...causes, ...again(causes, old), ...settledSelector(spec, old)]
}

function daemonUpdateProblems(field: string, { type = '', rollingUpdate }: NonNullable<DaemonSetSpec['updateStrategy']>) {
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate') {
    const text = `apps.DaemonSetUpdateStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateDaemonSet)(nil)}`
    const message = `Unsupported value: ${text}: supported values: "RollingUpdate", "OnDelete"`
    return [{ reason: 'FieldValueNotSupported', message, field }]
  }
  const { maxUnavailable, maxSurge } = rollingUpdate ?? {}
  return [
    ...intOrPercentProblems(`${field}.rollingUpdate.maxUnavailable`, maxUnavailable),
    ...intOrPercentProblems(`${field}.rollingUpdate.maxSurge`, maxSurge),
    ...(isNone(maxUnavailable) && isNone(maxSurge)
      ? [invalidText(`${field}.rollingUpdate.maxUnavailable`, intOrStringText(maxUnavailable), 'cannot be 0')]
      : []),
    ...tooMuchProblems(`${field}.rollingUpdate.maxUnavailable`, maxUnavailable),
  ]
}

/** Why a StatefulSet is refused. Source: Kubernetes API reference, StatefulSet v1. */
export function statefulSetProblems(spec: StatefulSetSpec, old: StatefulSetSpec | undefined, minor: number): readonly StatusCause[] {
  const change = old === undefined ? [] : statefulChangeProblems(spec, old, minor)
  return [
    ...policyProblems(spec.podManagementPolicy),
    ...statefulUpdateProblems('spec.updateStrategy', spec.updateStrategy ?? {}),
    ...negativeProblems('spec.replicas', spec.replicas),
    ...retentionProblems('spec.persistentVolumeClaimRetentionPolicy', spec.persistentVolumeClaimRetentionPolicy ?? {}),
    ...requiredSelectorProblems('spec.selector', spec.selector, 'empty selector is invalid for statefulset'),
    ...(isUnreadable(spec.selector)
      ? [invalidText('spec.selector', selectorGoText(spec.selector), '')]
      : mismatchProblems(`${template}.metadata.labels`, spec.selector, spec.template?.metadata?.labels)),
    ...labelProblems(`${template}.labels`, spec.template?.metadata?.labels),
    ...lastingProblems(template, spec.template, 'StatefulSet'),
    ...change,
  ]
}

function retentionProblems(field: string, policy: NonNullable<StatefulSetSpec['persistentVolumeClaimRetentionPolicy']>) {
  return (['whenDeleted', 'whenScaled'] as const).flatMap((when) => {
    const choice = policy[when]
    return choice === undefined || choice === 'Retain' || choice === 'Delete'
      ? []
      : [unsupportedValue(`${field}.${when}`, choice, ['Retain', 'Delete'])]
  })
}

function policyProblems(policy: string | undefined): readonly StatusCause[] {
  if (!policy) return [requiredValue('spec.podManagementPolicy')]
  if (policy === 'OrderedReady' || policy === 'Parallel') return []
  return [invalidValue('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'")]
}

function statefulUpdateProblems(field: string, { type = '', rollingUpdate }: NonNullable<StatefulSetSpec['updateStrategy']>) {
  switch (type) {
    case '':
      return [requiredValue(field)]
    case 'OnDelete': {
      const text = `apps.RollingUpdateStatefulSetStrategy{Partition:${rollingUpdate?.partition ?? 0}}`
      return rollingUpdate ? [invalidText(`${field}.rollingUpdate`, text, "only allowed for updateStrategy 'RollingUpdate'")] : []
    }
    case 'RollingUpdate':
      return negativeProblems(`${field}.rollingUpdate.partition`, rollingUpdate?.partition)
    default: {
      const text = `apps.StatefulSetUpdateStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)(nil)}`
      return [invalidText(field, text, "must be 'RollingUpdate' or 'OnDelete'")]
    }
  }
}

/** What may be changed of a StatefulSet that is there, by the minor since which it may, as the message names them. */
const changeable: readonly { readonly since: number; readonly fields: readonly string[]; readonly text: string }[] = [
  {
    since: 34,
    fields: ['persistentVolumeClaimRetentionPolicy', 'minReadySeconds', 'ordinals', 'revisionHistoryLimit'],
    text: "'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'",
  },
  {
    since: 27,
    fields: ['persistentVolumeClaimRetentionPolicy', 'minReadySeconds', 'ordinals'],
    text: "'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'",
  },
  {
    since: 23,
    fields: ['persistentVolumeClaimRetentionPolicy', 'minReadySeconds'],
    text: "'replicas', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'",
  },
  { since: 22, fields: ['minReadySeconds'], text: "'replicas', 'template', 'updateStrategy' and 'minReadySeconds'" },
  { since: 0, fields: [], text: "'replicas', 'template', and 'updateStrategy'" },
]

function statefulChangeProblems(spec: StatefulSetSpec, old: StatefulSetSpec, minor: number): readonly StatusCause[] {
  const { fields, text } = changeable.find(({ since }) => minor >= since) ?? { fields: [], text: '' }
  const kept = ['replicas', 'template', 'updateStrategy', ...fields]
  const settled = (one: StatefulSetSpec) => Object.fromEntries(Object.entries(one).filter(([field]) => !kept.includes(field)))
  return [
    ...(sameJson(settled(spec), settled(old))
      ? []
      : [forbiddenValue('spec', `updates to statefulset spec for fields other than ${text} are forbidden`)]),
    ...negativeProblems('spec.replicas', spec.replicas),
  ]
}
