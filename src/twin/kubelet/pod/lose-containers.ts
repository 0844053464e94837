import type { ContainerEnd, ContainerRun } from './container-run.ts'
import type { PodRun } from './pod-run.ts'

/**
 * What is left of a pod when its machine has gone down: no container runs, the sandbox has to be made anew, init containers run again.
 * Those that ran have ended with 255, as nobody saw them end. Source: Kubernetes, Init Containers, "Detailed behavior" (pod restart).
 */
export function loseContainers(run: PodRun, downMs: number, policy: string): PodRun {
  const containers = run.containers.map((container) => lost(container, downMs, policy))
  const { podIp: _, ...rest } = run
  return { ...rest, containers }
}

/** The sandbox is being made again. */
export function newSandbox(run: PodRun, sandboxMs: number): PodRun {
  return { ...run, sandboxMs }
}

function lost(container: ContainerRun, downMs: number, policy: string): ContainerRun {
  const { state, role } = container
  if (state.kind === 'Stuck') return container
  if (state.kind === 'Terminated') {
    // an init container that had succeeded runs again before the main containers do
    const again = role === 'Init' && policy !== 'Never' ? { kind: 'Blocked' as const } : state
    return { ...container, state: again }
  }
  if (state.kind !== 'Running') return { ...container, state: { kind: 'Blocked' } }
  const end: ContainerEnd = { id: state.id, exitCode: 255, reason: 'Unknown', startedMs: state.startedMs, finishedMs: downMs }
  const stays = policy === 'Never' && role !== 'Sidecar'
  return { ...container, last: end, state: stays ? { kind: 'Terminated', end } : { kind: 'Blocked' } }
}
