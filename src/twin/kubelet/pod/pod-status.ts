import type { Pod, PodCondition, PodStatus } from 'kubernetes-types/core/v1'
import { apiTime } from '../../api-time.ts'
import type { ContainerRole, ContainerRun } from './container-run.ts'
import { containerStatus } from './container-status.ts'
import { hasBegun, podConditions } from './pod-conditions.ts'
import { phaseAfterStop, podPhase } from './pod-phase.ts'
import type { PodRun } from './pod-run.ts'

/** What of the node stands in the status of its pods. */
export interface PodStatusContext {
  readonly hostIp: string
  /** `containerd`, `docker`. */
  readonly runtime: string
  /** Of the kubelet. */
  readonly minor: number
  readonly nowMs: number
  /** Conditions that were written last. */
  readonly before?: readonly PodCondition[] | undefined
}

/**
 * The status that a kubelet writes for a pod; conditions of others (a readiness gate's) are not in it and stay as they are.
 * Source: Kubernetes API reference, PodStatus.
 */
export function podStatus(run: PodRun, pod: Pod, context: PodStatusContext): PodStatus {
  const { hostIp, minor, nowMs, before } = context
  const policy = pod.spec?.restartPolicy ?? 'Always'
  const stopped = run.stop !== undefined && run.stop.endsMs <= nowMs
  const phase = stopped ? phaseAfterStop(run, policy, minor) : podPhase(run, policy)
  const conditions = podConditions({ pod, run, phase, minor, nowMs, before })
  const podIp = pod.spec?.hostNetwork === true ? hostIp : run.podIp
  // a kubelet that pulls or creates the first container has no time to tell of the sandbox
  const hasIp = podIp !== undefined && hasBegun(run)
  return {
    phase,
    conditions,
    hostIP: hostIp,
    startTime: apiTime(run.startMs),
    ...(run.failed === undefined ? {} : { reason: run.failed.reason, message: run.failed.message }),
    ...(minor >= 29 ? { hostIPs: [{ ip: hostIp }] } : {}),
    ...(hasIp ? { podIP: podIp, podIPs: [{ ip: podIp }] } : {}),
    ...containerStatuses(run, context),
    ...(pod.status?.qosClass === undefined ? {} : { qosClass: pod.status.qosClass }),
  }
}

function containerStatuses(run: PodRun, { runtime, nowMs }: PodStatusContext): PodStatus {
  const of = {
    runtime,
    initializing: run.containers.some(({ role }) => role !== 'Main'),
    nowMs,
  }
  const those = (is: (role: ContainerRole) => boolean) =>
    run.containers.filter(({ role }) => is(role)).map((one: ContainerRun) => containerStatus(one, of))
  const init = those((role) => role !== 'Main')
  return { ...(init.length === 0 ? {} : { initContainerStatuses: init }), containerStatuses: those((role) => role === 'Main') }
}

/** What a pod shows that its kubelet has refused. Source: Kubernetes kubelet, pod admission. */
export function rejectedStatus(pod: Pod, verdict: { reason: string; message: string }, minor: number, nowMs: number): PodStatus {
  return {
    phase: 'Failed',
    reason: verdict.reason,
    message: `${minor >= 27 ? 'Pod was rejected: ' : 'Pod '}${verdict.message}`,
    startTime: apiTime(nowMs),
    ...(pod.status?.qosClass === undefined ? {} : { qosClass: pod.status.qosClass }),
  }
}
