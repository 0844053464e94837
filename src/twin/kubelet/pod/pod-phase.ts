import { isOver } from './advance-pod.ts'
import type { PodPhase } from './pod-conditions.ts'
import type { PodRun } from './pod-run.ts'

/** Where a pod is in its life. Source: Kubernetes, Pod Lifecycle, "Pod phase". */
export function podPhase(run: PodRun, policy: string): PodPhase {
  if (run.failed !== undefined) return 'Failed'
  if (isOver(run, policy)) {
    const clean = run.containers.every(({ role, state }) => role === 'Sidecar' || (state.kind === 'Terminated' && state.end.exitCode === 0))
    return clean ? 'Succeeded' : 'Failed'
  }
  const begun = run.containers.some(({ role, state, last }) => role === 'Main' && (state.kind === 'Running' || last !== undefined))
  return begun ? 'Running' : 'Pending'
}

/**
 * The phase when every container of a deleted pod has ended: since v1.27 the kubelet says how it went before the object goes.
 * Source: Kubernetes, Pod Lifecycle, "Pod phase" (KEP-3329).
 */
export function phaseAfterStop(run: PodRun, policy: string, minor: number): PodPhase {
  const phase = podPhase(run, policy)
  if (phase === 'Succeeded' || phase === 'Failed' || minor < 27) return phase
  const clean = run.containers.every(({ role, last }) => role !== 'Main' || last?.exitCode === 0)
  return clean ? 'Succeeded' : 'Failed'
}
