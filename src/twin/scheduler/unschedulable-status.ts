import type { Pod, PodCondition } from 'kubernetes-types/core/v1.js'
import { apiTime } from '../api-time.ts'
import { as, type DraftObject, type KubeObject } from '../kube-object.ts'

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
  const { status } = as<Pod>(object)
  const conditions = status?.conditions ?? []
  const before = conditions.find(({ type }) => type === 'PodScheduled')
  const { reason, message } = attempt
  const nominatedNodeName = attempt.nominatedNodeName ?? status?.nominatedNodeName ?? ''
  const said = before?.status === 'False' && before.reason === reason && before.message === message
  if (said && nominatedNodeName === (status?.nominatedNodeName ?? '')) return object
  const lastTransitionTime = before?.status === 'False' ? before.lastTransitionTime : apiTime(nowMs)
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime,
    reason,
    message,
  } as unknown as PodCondition
  const { nominatedNodeName: _, ...rest } = status ?? {}
  return {
    ...object,
    status: {
      ...rest,
      conditions: before === undefined ? [...conditions, condition] : conditions.map((one) => (one === before ? condition : one)),
      ...(nominatedNodeName === '' ? {} : { nominatedNodeName }),
    },
  }
}

/** The pod without the node that it was meant for. */
export function withoutNomination(object: KubeObject): DraftObject {
  const { status } = as<Pod>(object)
  if (!status?.nominatedNodeName) return object
  const { nominatedNodeName: _, ...rest } = status
  return { ...object, status: rest }
}
