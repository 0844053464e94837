import type { Pod, PodSpec } from 'kubernetes-types/core/v1'
import { isPodFinished } from '../../../core/kubernetes/pod-state.ts'
import { negativeIsOneSince } from '../../api/decide-deletion.ts'
import type { ResourceStrategy, StrategyContext } from '../../api/resource-strategy.ts'
import type { StatusCause } from '../../api/status-error.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { changeField, changeItems, type Fields, fieldsOf, fill } from './json-fields.ts'
import { qosClassOf } from './pod-qos.ts'
import { podSpecDefaults } from './pod-spec-defaults.ts'
import { newPodProblems, podChangeProblems, podStatusProblems } from './validation/pod-problems.ts'

/** Pods: defaulted like templates, `Pending` when they are new, gone only when the kubelet says so. Source: Kubernetes API reference, Pod. */
export const podStrategy: ResourceStrategy = {
  defaults: (draft, { minor }) => changeField(fill(draft, { spec: {} }), 'spec', (spec) => podDefaults(spec, minor)),
  prepare: (next, old) => (old === undefined ? newPod(next) : next),
  validate: podProblems,
  graceSeconds,
}

function podProblems(object: KubeObject, before: KubeObject | undefined, { minor, subresource }: StrategyContext): readonly StatusCause[] {
  const next = as<Pod>(object)
  if (before === undefined) return newPodProblems(next)
  const old = as<Pod>(before)
  if (subresource === 'status') return podStatusProblems(next, old)
  return subresource === undefined && next.spec && old.spec ? podChangeProblems(next.spec, old.spec, minor) : []
}

/** A pod gets some things that its template did not. */
function podDefaults(spec: Fields, minor: number): Fields {
  const requested = ['containers', 'initContainers'].reduce((current, list) => changeItems(current, list, requestsFromLimits), spec)
  return fill(podSpecDefaults(requested, minor), { enableServiceLinks: true })
}

/** What is limited but not requested is requested as it is limited. */
function requestsFromLimits(container: Fields): Fields {
  return changeField(container, 'resources', (resources) => {
    const limits = fieldsOf(resources.limits)
    if (limits === undefined || Object.keys(limits).length === 0) return resources
    return changeField(fill(resources, { requests: {} }), 'requests', (requests) => fill(requests, limits))
  })
}

function newPod(pod: KubeObject): KubeObject {
  const { spec } = as<Pod>(pod)
  return { ...pod, status: { phase: 'Pending', qosClass: qosClassOf(spec ?? ({ containers: [] } satisfies PodSpec)) } }
}

/** A pod that runs nowhere, or has ended, needs no kubelet to go. */
function graceSeconds(object: KubeObject, asked: number | undefined, minor: number): number {
  const { spec, status } = as<Pod>(object)
  if (!spec?.nodeName || isPodFinished(status)) return 0
  const seconds = asked ?? spec.terminationGracePeriodSeconds ?? 0
  return seconds < 0 && minor >= negativeIsOneSince ? 1 : seconds
}
