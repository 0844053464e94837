import type { Pod } from 'kubernetes-types/core/v1.js'
import { as, type DraftObject, type KubeObject } from '../kube-object.ts'
import { withPodCondition } from '../pod-condition.ts'

/** What an attempt that failed says of a pod. */
export interface FailedAttempt {
  /** Unschedulable: it fits nowhere. SchedulerError: something went wrong. */
  readonly reason: 'Unschedulable' | 'SchedulerError'
  readonly message: string
  /** The node the pod is meant for; empty takes that back, absent leaves it. */
  readonly nominatedNodeName?: string
}

/** The pod with the condition PodScheduled=False; itself when it says so already. */
export function unschedulableStatus(object: KubeObject, attempt: FailedAttempt, nowMs: number): DraftObject {
  const { reason, message } = attempt
  const said = withPodCondition(object, { type: 'PodScheduled', status: 'False', reason, message }, nowMs)
  const { nominatedNodeName: before = '', ...status } = as<Pod>(said).status ?? {}
  const { nominatedNodeName = before } = attempt
  if (said === object && nominatedNodeName === before) return object
  return { ...said, status: { ...status, ...(nominatedNodeName === '' ? {} : { nominatedNodeName }) } }
}

/** The pod without the node that it was meant for. */
export function withoutNomination(object: KubeObject): DraftObject {
  const { status } = as<Pod>(object)
  if (!status?.nominatedNodeName) return object
  const { nominatedNodeName: _, ...rest } = status
  return { ...object, status: rest }
}
