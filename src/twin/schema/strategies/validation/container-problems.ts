import type { Container } from 'kubernetes-types/core/v1'
import { dnsLabelProblem } from '../../../../core/kubernetes/dns-name.ts'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { repeatedPlaces } from '../../repeated-places.ts'
import { envProblems } from './env-problems.ts'
import { mountProblems } from './mount-problems.ts'
import { containerPortProblems, hostPortProblems } from './port-problems.ts'
import { lifecycleProblems, livenessProblems, probeProblems } from './probe-problems.ts'
import { duplicateValue, invalidText, problem, unsupportedValue } from './refusal.ts'
import { resourceProblems } from './resource-problems.ts'
import { containerUserProblems } from './user-id-problems.ts'

const messagePolicies = ['File', 'FallbackToLogsOnError']
const pullPolicies = ['Always', 'IfNotPresent', 'Never']

/** Why the containers of a pod are refused; `volumes` are the names of those that the pod has. Source: Kubernetes API reference, Container. */
export function containerProblems(field: string, containers: readonly Container[], volumes: ReadonlySet<string>): readonly StatusCause[] {
  if (containers.length === 0) return [requiredValue(field)]
  return [...eachContainer(field, containers, volumes), ...hostPortProblems(field, containers)]
}

/** Why the init containers are refused; `others` are the names of the containers. A sidecar (restartPolicy Always) may have probes. */
export function initContainerProblems(
  field: string,
  containers: readonly Container[],
  volumes: ReadonlySet<string>,
  others: readonly string[],
): readonly StatusCause[] {
  const taken = new Set(others)
  return [
    ...eachContainer(field, containers, volumes),
    ...containers.flatMap((container) => hostPortProblems(field, [container])),
    ...containers.flatMap((container, i) => [
      ...(taken.has(container.name) ? [duplicateValue(`${field}[${i}].name`, container.name)] : []),
      ...(container.restartPolicy === 'Always' ? [] : unwantedProbes(`${field}[${i}]`, container)),
    ]),
  ]
}

function unwantedProbes(field: string, container: Container): readonly StatusCause[] {
  return (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((name) =>
    container[name] ? [invalidText(`${field}.${name}`, JSON.stringify(container[name]), 'must not be set for init containers')] : [],
  )
}

function eachContainer(field: string, containers: readonly Container[], volumes: ReadonlySet<string>): readonly StatusCause[] {
  const repeated = repeatedPlaces(containers, ({ name }) => name)
  return containers.flatMap((container, i) => {
    const own = `${field}[${i}]`
    return [
      ...nameProblems(`${own}.name`, container.name, repeated.has(i)),
      ...(container.image ? [] : [requiredValue(`${own}.image`)]),
      ...lifecycleProblems(own, container),
      ...livenessProblems(own, container),
      ...messagePolicyProblems(`${own}.terminationMessagePolicy`, container.terminationMessagePolicy),
      ...probeProblems(`${own}.readinessProbe`, container.readinessProbe),
      ...containerPortProblems(`${own}.ports`, container.ports ?? []),
      ...envProblems(own, container),
      ...mountProblems(own, container, volumes),
      ...pullPolicyProblems(`${own}.imagePullPolicy`, container.imagePullPolicy),
      ...resourceProblems(`${own}.resources`, container.resources),
      ...securityProblems(`${own}.securityContext`, container.securityContext),
    ]
  })
}

function nameProblems(field: string, name: string | undefined, taken: boolean): readonly StatusCause[] {
  const syntax = name ? problem(field, name, dnsLabelProblem(name)) : [requiredValue(field)]
  return taken ? [...syntax, duplicateValue(field, name ?? '')] : syntax
}

function messagePolicyProblems(field: string, policy: string | undefined): readonly StatusCause[] {
  const why = "must be 'File' or 'FallbackToLogsOnError'"
  if (!policy) return [requiredValue(field, why)]
  return messagePolicies.includes(policy) ? [] : [invalidValue(field, policy, why)]
}

function pullPolicyProblems(field: string, policy: string | undefined): readonly StatusCause[] {
  if (!policy) return [requiredValue(field)]
  return pullPolicies.includes(policy) ? [] : [unsupportedValue(field, policy, pullPolicies)]
}

function securityProblems(field: string, context: Container['securityContext']): readonly StatusCause[] {
  const users = containerUserProblems(field, context)
  if (context?.allowPrivilegeEscalation !== false) return users
  const admin = context.capabilities?.add?.includes('CAP_SYS_ADMIN') ?? false
  return [
    ...users,
    ...(context.privileged ? [invalidText(field, '', 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')] : []),
    ...(admin ? [invalidText(field, '', 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN')] : []),
  ]
}
