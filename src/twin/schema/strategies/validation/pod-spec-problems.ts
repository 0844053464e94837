import type { PodSpec } from 'kubernetes-types/core/v1'
import { dnsLabelProblem, dnsSubdomainProblem } from '../../../../core/kubernetes/dns-name.ts'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { affinityProblems } from './affinity-problems.ts'
import { containerProblems, initContainerProblems } from './container-problems.ts'
import { labelProblems } from './label-selector-problems.ts'
import { problem, unsupportedValue } from './refusal.ts'
import { spreadProblems } from './spread-problems.ts'
import { tolerationProblems } from './toleration-problems.ts'
import { podUserProblems } from './user-id-problems.ts'
import { reviewVolumes } from './volume-problems.ts'

const restartPolicies = ['Always', 'OnFailure', 'Never']
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const preemptionPolicies = ['PreemptLowerPriority', 'Never']
const mostInt32 = 2_147_483_647

/** Why the spec of a pod or of a template is refused, in the order in which the API server looks. Source: Kubernetes API reference, PodSpec. */
export function podSpecProblems(field: string, spec: PodSpec): readonly StatusCause[] {
  const containers = spec.containers ?? []
  const { causes, mountable } = reviewVolumes(`${field}.volumes`, spec.volumes ?? [])
  const names = containers.map(({ name }) => name)
  return [
    ...causes,
    ...containerProblems(`${field}.containers`, containers, mountable),
    ...initContainerProblems(`${field}.initContainers`, spec.initContainers ?? [], mountable, names),
    ...choiceProblems(`${field}.restartPolicy`, spec.restartPolicy, restartPolicies),
    ...choiceProblems(`${field}.dnsPolicy`, spec.dnsPolicy, dnsPolicies),
    ...labelProblems(`${field}.nodeSelector`, spec.nodeSelector),
    ...hostNetworkProblems(field, spec),
    ...podUserProblems(`${field}.securityContext`, spec.securityContext),
    ...affinityProblems(`${field}.affinity`, spec.affinity),
    ...spreadProblems(`${field}.topologySpreadConstraints`, spec.topologySpreadConstraints ?? []),
    ...nameProblems(field, spec),
    ...deadlineProblems(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds),
    ...tolerationProblems(`${field}.tolerations`, spec.tolerations ?? []),
    ...(spec.preemptionPolicy ? choiceProblems(`${field}.preemptionPolicy`, spec.preemptionPolicy, preemptionPolicies) : []),
  ]
}

function choiceProblems(field: string, value: string | undefined, choices: readonly string[]): readonly StatusCause[] {
  if (!value) return [requiredValue(field)]
  return choices.includes(value) ? [] : [unsupportedValue(field, value, choices)]
}

function hostNetworkProblems(field: string, { hostNetwork, containers }: PodSpec): readonly StatusCause[] {
  if (!hostNetwork) return []
  return (containers ?? []).flatMap(({ ports = [] }, c) =>
    ports.flatMap(({ hostPort, containerPort }, p) =>
      hostPort === containerPort
        ? []
        : [
            invalidValue(
              `${field}.containers[${c}].ports[${p}].containerPort`,
              containerPort,
              'must match `hostPort` when `hostNetwork` is true',
            ),
          ],
    ),
  )
}

function nameProblems(field: string, spec: PodSpec): readonly StatusCause[] {
  const subdomains = (['serviceAccountName', 'nodeName', 'priorityClassName', 'runtimeClassName'] as const).flatMap((name) =>
    spec[name] ? problem(`${field}.${name}`, spec[name], dnsSubdomainProblem(spec[name])) : [],
  )
  const labels = (['hostname', 'subdomain'] as const).flatMap((name) =>
    spec[name] ? problem(`${field}.${name}`, spec[name], dnsLabelProblem(spec[name])) : [],
  )
  return [...subdomains, ...labels]
}

function deadlineProblems(field: string, seconds: number | undefined): readonly StatusCause[] {
  if (seconds === undefined || (seconds >= 1 && seconds <= mostInt32)) return []
  return [invalidValue(field, seconds, `must be between 1 and ${mostInt32}, inclusive`)]
}
