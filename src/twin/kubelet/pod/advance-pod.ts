import type { Pod } from 'kubernetes-types/core/v1'
import { advanceContainer, endContainer, restarts } from './advance-container.ts'
import { type ContainerRun, letsNextStart } from './container-run.ts'
import { events, type PodEvent } from './kubelet-words.ts'
import type { PodRun } from './pod-run.ts'
import { stopPod } from './stop-pod.ts'
import { type ContainerEffect, type PodSurroundings, Turn } from './turn.ts'

/** What has become of a pod by now. */
export interface PodAdvance {
  readonly run: PodRun
  readonly events: readonly PodEvent[]
  readonly effects: readonly ContainerEffect[]
  /** When to look again, epoch ms; Infinity: when something comes from outside. */
  readonly wakeMs: number
}

/**
 * Takes a pod to where it is at `nowMs`: init containers one after the other, sidecars before what follows them, then all main containers at once.
 * Of a pod that stops, containers only end. Pure but for what `at` answers. Source: Kubernetes, Pod Lifecycle; Init Containers; Sidecar Containers.
 */
export function advancePod(run: PodRun, pod: Pod, at: PodSurroundings, nowMs: number): PodAdvance {
  const turn = new Turn(pod, at, nowMs)
  const next = run.stop === undefined ? advanceLiving(run, turn) : advanceStopping(run, run.stop.endsMs, turn)
  return { run: next, events: turn.events, effects: turn.effects, wakeMs: turn.wakeMs }
}

/** Whether no container of it will ever run again. */
export function isOver(run: PodRun, policy: string): boolean {
  if (run.failed !== undefined) return true
  const ended = ({ role, state }: ContainerRun) => role !== 'Sidecar' || state.kind === 'Terminated' || state.kind === 'Blocked'
  return workIsOver(run.containers, policy) && run.containers.every(ended)
}

function advanceLiving(run: PodRun, turn: Turn): PodRun {
  const policy = turn.pod.spec?.restartPolicy ?? 'Always'
  if (run.failed !== undefined || !turn.reached(run.sandboxMs)) return run
  const overdue = pastDeadline(run, turn)
  if (overdue !== undefined) return overdue
  const containers = advanceInOrder(run.containers, policy, turn)
  const changed = containers.some((container, i) => container !== run.containers[i])
  return changed ? { ...run, containers } : run
}

function advanceInOrder(containers: readonly ContainerRun[], policy: string, turn: Turn): readonly ContainerRun[] {
  if (workIsOver(containers, policy)) return containers.map((container) => endSidecar(container, turn))
  let open = true
  const next = containers.map((container) => {
    const { role } = container
    // what has started goes on, also while an init container before it runs once more
    if (!open && container.state.kind === 'Blocked') return container
    const done = role === 'Init' && container.state.kind === 'Terminated' && !restarts(container, policy, container.state.end.exitCode)
    const advanced = done ? container : advanceContainer(container, turn)
    if (role !== 'Main' && !letsNextStart(advanced, turn.nowMs)) open = false
    return advanced
  })
  return workIsOver(next, policy) ? next.map((container) => endSidecar(container, turn)) : next
}

/** Nothing but sidecars runs, or will. */
function workIsOver(containers: readonly ContainerRun[], policy: string): boolean {
  if (containers.some((container) => initHasFailed(container, policy))) return true
  return containers.every(
    ({ role, state }) => role !== 'Main' || (state.kind === 'Terminated' && !restarts({ role }, policy, state.end.exitCode)),
  )
}

/** When the work of a pod is done, its sidecars are ended. Source: Kubernetes, Sidecar Containers, "Jobs with sidecar containers". */
function endSidecar(container: ContainerRun, turn: Turn): ContainerRun {
  if (container.role !== 'Sidecar') return container
  const { state } = container
  if (state.kind === 'Running')
    return endContainer({ ...container, state: { ...state, endsMs: Math.min(state.endsMs, turn.nowMs), exitCode: 0 } }, turn)
  return state.kind === 'Terminated' || state.kind === 'Blocked' ? container : { ...container, state: { kind: 'Blocked' } }
}

function initHasFailed({ role, state }: ContainerRun, policy: string): boolean {
  return role === 'Init' && state.kind === 'Terminated' && state.end.exitCode !== 0 && policy === 'Never'
}

function pastDeadline(run: PodRun, turn: Turn): PodRun | undefined {
  const seconds = turn.pod.spec?.activeDeadlineSeconds
  if (seconds === undefined || isOver(run, turn.pod.spec?.restartPolicy ?? 'Always')) return undefined
  if (!turn.reached(run.startMs + seconds * 1000)) return undefined
  turn.events.push(events.deadline())
  const verdict = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' }
  const grace = turn.pod.spec?.terminationGracePeriodSeconds ?? 30
  const stopped = stopPod(run, { graceSeconds: grace, nowMs: turn.nowMs, verdict })
  return advanceStopping(stopped, stopped.stop?.endsMs ?? turn.nowMs, turn)
}

function advanceStopping(run: PodRun, endsMs: number, turn: Turn): PodRun {
  const containers = run.containers.map((container) => endContainer(container, turn))
  const next = containers.some((container, i) => container !== run.containers[i]) ? { ...run, containers } : run
  if (!turn.reached(endsMs)) return next
  const { verdict } = run.stop ?? {}
  if (verdict === undefined || next.failed !== undefined) return next
  return { ...next, failed: verdict }
}
