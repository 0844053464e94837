import type { Container, Pod } from 'kubernetes-types/core/v1'
import type { ContainerRole, ContainerRun } from './container-run.ts'

/** Why a pod is stopped, and what its status says when it has. */
export interface PodStop {
  /** When the grace is over, epoch ms. */
  readonly graceEndsMs: number
  /** When the last container has ended. */
  readonly endsMs: number
  /** Absent for a deletion: the object goes then. */
  readonly verdict?: PodVerdict
}

/** What ends a pod from the kubelet's side: admission, a deadline, pressure. */
export interface PodVerdict {
  readonly reason: string
  readonly message: string
  /** The reason of its condition DisruptionTarget, for a pod that would have gone on but for its node. */
  readonly disruption?: 'TerminationByKubelet'
}

/** One pod on one node: all that its kubelet knows beyond the object. Immutable; times are epoch ms. */
export interface PodRun {
  /** When the kubelet took it, as `status.startTime`. */
  readonly startMs: number
  /** When its sandbox (network, volumes) is there. */
  readonly sandboxMs: number
  readonly podIp?: string
  /** Init containers and sidecars in their order, then the main containers. */
  readonly containers: readonly ContainerRun[]
  readonly stop?: PodStop
  /** It has been failed by the kubelet: nothing of it runs any more. */
  readonly failed?: PodVerdict
}

/** A pod as its kubelet takes it. `sandboxMs`: when network and volumes are there. */
export function newPodRun(pod: Pod, startMs: number, sandboxMs: number): PodRun {
  return { startMs, sandboxMs, containers: specsOf(pod).map(({ spec, role }) => newContainer(spec, role)) }
}

/** The containers of a pod in the order in which they start. */
export function specsOf(pod: Pod): readonly { readonly spec: Container; readonly role: ContainerRole }[] {
  const init = (pod.spec?.initContainers ?? []).map((spec) => ({ spec, role: roleOfInit(spec) }))
  return [...init, ...(pod.spec?.containers ?? []).map((spec) => ({ spec, role: 'Main' as const }))]
}

function newContainer(spec: Container, role: ContainerRole): ContainerRun {
  return { spec, role, state: { kind: 'Blocked' }, restartCount: 0, backOffSeconds: 0 }
}

function roleOfInit(spec: Container): ContainerRole {
  return spec.restartPolicy === 'Always' ? 'Sidecar' : 'Init'
}
