import type { Pod, PodCondition } from 'kubernetes-types/core/v1'
import { apiTime } from '../api-time.ts'
import { as, type KubeObject } from '../kube-object.ts'
import { conflict } from './status-error.ts'

/** A pod that has got its node. Throws 409 when it is going, or has one. Source: Kubernetes, pods/binding (BindingREST). */
export function boundPod(object: KubeObject, nodeName: string, nowMs: number): KubeObject {
  const { spec, status } = as<Pod>(object)
  const { name } = object.metadata
  const of = { group: '', plural: 'pods/binding', name }
  if (object.metadata.deletionTimestamp !== undefined) throw conflict(of, `pod ${name} is being deleted, cannot be assigned to a host`)
  if (spec?.nodeName) throw conflict(of, `pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`)
  const conditions = scheduled(status?.conditions ?? [], nowMs)
  return { ...object, spec: { ...spec, nodeName }, status: { ...status, conditions } }
}

function scheduled(conditions: readonly PodCondition[], nowMs: number): readonly PodCondition[] {
  const before = conditions.find(({ type }) => type === 'PodScheduled')
  const lastTransitionTime = before?.status === 'True' ? before.lastTransitionTime : apiTime(nowMs)
  const condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime } as unknown as PodCondition
  return before === undefined ? [...conditions, condition] : conditions.map((one) => (one === before ? condition : one))
}
