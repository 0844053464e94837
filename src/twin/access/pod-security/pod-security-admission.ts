import type { PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1'
import type { AdmissionRequest, AdmissionStep, AdmittedWrite } from '../../api/admission.ts'
import { storedAs } from '../../api/resource-type.ts'
import { sameJson } from '../../api/same-json.ts'
import { groupResource, invalid, StatusError } from '../../api/status-error.ts'
import type { DraftObject } from '../../kube-object.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { isStricter, type LevelVersion, type NamespacePolicy, namespacePolicy, policyProblems, policyText } from './namespace-policy.ts'
import type { CheckedPod } from './pod-containers.ts'
import { detailsOf, podViolations, reasonsOf } from './pod-violations.ts'

/** On by default since then. */
const since = 23

/** Where the template of each kind is. */
const templates: ReadonlyMap<string, (object: DraftObject) => unknown> = new Map([
  ['podtemplates', (object) => (object as { template?: unknown }).template],
  ['cronjobs.batch', ({ spec }) => (spec as { jobTemplate?: { spec?: { template?: unknown } } } | undefined)?.jobTemplate?.spec?.template],
  ...['replicationcontrollers', 'replicasets.apps', 'deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch'].map(
    (resource) => [resource, ({ spec }: DraftObject) => (spec as { template?: unknown } | undefined)?.template] as const,
  ),
])

/** Holds pods to the levels that the labels of their namespace name. Source: Kubernetes, Pod Security Admission. */
export function podSecurityAdmission(store: ObjectStore, minor: () => number): AdmissionStep {
  return {
    name: 'PodSecurity',
    concerns,
    validate(request) {
      if (minor() < since || request.object === undefined || !concerns(request)) return
      const resource = storedAs(request.type)
      if (resource === 'namespaces') checkNamespace(request, request.object, { store, minor: minor() })
      else checkPods(request, request.object, { store, minor: minor() })
    },
  }
}

function concerns({ type, operation, subresource }: AdmittedWrite): boolean {
  if (subresource !== undefined || (operation !== 'CREATE' && operation !== 'UPDATE')) return false
  const resource = storedAs(type)
  // nothing of a pod that is there can be changed to what a level forbids
  return resource === 'pods' ? operation === 'CREATE' : resource === 'namespaces' || templates.has(resource)
}

interface Ports {
  readonly store: ObjectStore
  readonly minor: number
}

function checkPods(request: AdmissionRequest, object: DraftObject, { store, minor }: Ports): void {
  const { namespace, type } = request
  const policy = namespacePolicy(store.get('namespaces', undefined, namespace ?? '')?.metadata.labels, minor)
  if (policy.enforce.level === 'privileged' && policy.warn.level === 'privileged') return
  const pod = checkedPod(storedAs(type), object)
  if (pod === undefined) return
  if (storedAs(type) === 'pods') refuse(request, pod, policy, minor)
  const violations = podViolations(pod, policy.warn, minor)
  if (violations.length > 0) request.warn?.(`would violate PodSecurity "${policyText(policy.warn)}": ${detailsOf(violations)}`)
}

function refuse({ type, name, object }: AdmissionRequest, pod: CheckedPod, { enforce }: NamespacePolicy, minor: number): void {
  const violations = podViolations(pod, enforce, minor)
  if (violations.length === 0) return
  const known = name || object?.metadata?.name || object?.metadata?.generateName || 'Unknown'
  const why = `violates PodSecurity "${policyText(enforce)}": ${detailsOf(violations)}`
  const message = `${groupResource(type.group, type.plural)} ${JSON.stringify(known)} is forbidden: ${why}`
  throw new StatusError(403, 'Forbidden', message, { name: known, kind: type.plural })
}

function checkedPod(resource: string, object: DraftObject): CheckedPod | undefined {
  const source = resource === 'pods' ? object : (templates.get(resource)?.(object) as PodTemplateSpec | undefined)
  const spec = source?.spec as PodSpec | undefined
  return spec === undefined ? undefined : { annotations: source?.metadata?.annotations ?? {}, spec }
}

/** Labels are refused that say nothing; a stricter level is told which pods it would not let in. */
function checkNamespace({ oldObject, warn }: AdmissionRequest, next: DraftObject, ports: Ports): void {
  const name = next.metadata?.name ?? ''
  const [labels, before] = [next.metadata?.labels, oldObject?.metadata.labels]
  const problems = policyProblems(labels)
  // what was wrong before does not keep anybody from changing something else
  if (problems.length > 0 && !sameJson(problems, policyProblems(before))) throw invalid({ group: '', kind: 'Namespace', name }, problems)
  if (oldObject === undefined) return
  const { enforce } = namespacePolicy(labels, ports.minor)
  const old = namespacePolicy(before, ports.minor).enforce
  const same = policyText(enforce) === policyText(old)
  if (same || enforce.level === 'privileged' || isStricter(old.level, enforce.level)) return
  for (const line of existingPods(name, enforce, ports)) warn?.(line)
}

/** Pods that are there and would not be let in, those with the same faults in one line. */
function existingPods(namespace: string, enforce: LevelVersion, { store, minor }: Ports): readonly string[] {
  const byReasons = new Map<string, string[]>()
  for (const stored of store.list('pods', namespace)) {
    const pod = checkedPod('pods', stored)
    const reasons = pod === undefined ? '' : reasonsOf(podViolations(pod, enforce, minor))
    if (reasons !== '') byReasons.set(reasons, [...(byReasons.get(reasons) ?? []), stored.metadata.name])
  }
  if (byReasons.size === 0) return []
  const lines = [...byReasons].map(([reasons, names]) => {
    const [first = '', ...others] = names.sort()
    const more = others.length === 0 ? '' : ` (and ${others.length} other pod${others.length === 1 ? '' : 's'})`
    return `${first}${more}: ${reasons}`
  })
  return [`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${policyText(enforce)}"`, ...lines.sort()]
}
