import type { Pod, PodSpec } from 'kubernetes-types/core/v1'
import type { ResourceStrategy } from '../../api/resource-strategy.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { changeField, type Fields, fill } from './json-fields.ts'
import { qosClassOf } from './pod-qos.ts'
import { podSpecDefaults } from './pod-spec-defaults.ts'

/** Pods: defaulted like templates, `Pending` when they are new, gone only when the kubelet says so. Source: Kubernetes API reference, Pod. */
export const podStrategy: ResourceStrategy = {
  defaults: (draft, { minor }) => changeField(draft, 'spec', (spec) => fill(podSpecDefaults(spec, minor), podOnly)),
  prepare: (next, old) => (old === undefined ? newPod(next) : next),
  graceSeconds,
}

/** What a pod gets and a template does not. */
const podOnly: Fields = { enableServiceLinks: true }

function newPod(pod: KubeObject): KubeObject {
  const { spec } = as<Pod>(pod)
  return { ...pod, status: { phase: 'Pending', qosClass: qosClassOf(spec ?? ({ containers: [] } satisfies PodSpec)) } }
}

/** A pod that runs nowhere, or has ended, needs no kubelet to go. */
function graceSeconds(object: KubeObject, asked: number | undefined): number {
  const { spec, status } = as<Pod>(object)
  if (!spec?.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0
  const seconds = asked ?? spec.terminationGracePeriodSeconds ?? 0
  return seconds < 0 ? 1 : seconds
}
