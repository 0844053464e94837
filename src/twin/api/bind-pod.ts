import type { Pod } from 'kubernetes-types/core/v1'
import { as, type KubeObject } from '../kube-object.ts'
import { withPodCondition } from '../pod-condition.ts'
import { conflict } from './status-error.ts'

/** A pod that has got its node. Throws 409 when it is going, or has one. Source: Kubernetes, pods/binding (BindingREST). */
export function boundPod(object: KubeObject, nodeName: string, nowMs: number): KubeObject {
  const { spec } = as<Pod>(object)
  const { name } = object.metadata
  const of = { group: '', plural: 'pods/binding', name }
  if (object.metadata.deletionTimestamp !== undefined) throw conflict(of, `pod ${name} is being deleted, cannot be assigned to a host`)
  if (spec?.nodeName) throw conflict(of, `pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`)
  const scheduled = withPodCondition(object, { type: 'PodScheduled', status: 'True' }, nowMs)
  return { ...scheduled, spec: { ...spec, nodeName } }
}
