import type { Container } from 'kubernetes-types/core/v1'
import type { ContainerRun } from './container-run.ts'
import { events, type PodEvent } from './kubelet-words.ts'
import type { PodRun, PodVerdict } from './pod-run.ts'

export interface StopRequest {
  readonly graceSeconds: number
  readonly nowMs: number
  readonly verdict?: PodVerdict
}

/** Exit code of what is killed by SIGKILL. */
const killed = 137
/** What a preStop hook gets when it has used up the whole grace period. Source: Kubernetes, Container Lifecycle Hooks. */
const preStopExtraMs = 2000

/**
 * Tells the containers to end: preStop, SIGTERM, and SIGKILL when the grace is over; sidecars after the main containers, the last one first.
 * Asked again with less grace, the end comes sooner and never later. Source: Kubernetes, Pod Lifecycle, "Termination of Pods".
 */
export function stopPod(run: PodRun, request: StopRequest): PodRun {
  const { nowMs, verdict } = request
  const askedMs = nowMs + Math.max(0, request.graceSeconds) * 1000
  const graceEndsMs = Math.min(askedMs, run.stop?.graceEndsMs ?? askedMs)
  if (run.stop !== undefined && graceEndsMs === run.stop.graceEndsMs) return run
  let endsMs = nowMs
  const stopAt = (beginMs: number) => (container: ContainerRun) => {
    const stopped = stopContainer(container, beginMs, graceEndsMs)
    if (stopped.state.kind === 'Running') endsMs = Math.max(endsMs, stopped.state.endsMs)
    return stopped
  }
  const main = run.containers.filter(({ role }) => role !== 'Sidecar').map(stopAt(nowMs))
  const sidecars = run.containers.filter(({ role }) => role === 'Sidecar')
  for (const sidecar of sidecars.toReversed()) main.push(stopAt(endsMs)(sidecar))
  const byName = new Map(main.map((container) => [container.spec.name, container]))
  const containers = run.containers.map((container) => byName.get(container.spec.name) ?? container)
  const kept = verdict ?? run.stop?.verdict
  return { ...run, containers, stop: { graceEndsMs, endsMs, ...(kept === undefined ? {} : { verdict: kept }) } }
}

/** One event for each container that is told to end. */
export function killingEvents(run: PodRun): readonly PodEvent[] {
  return run.containers.filter(({ state }) => state.kind === 'Running').map(({ spec }) => events.killing(spec.name))
}

/** A container ends by itself, now, where it runs; the others go on. */
export function endContainerNow(run: PodRun, name: string, { exitCode, nowMs }: { exitCode: number; nowMs: number }): PodRun {
  const containers = run.containers.map((container) => {
    if (container.spec.name !== name || container.state.kind !== 'Running') return container
    return { ...container, state: { ...container.state, endsMs: nowMs, exitCode } }
  })
  return { ...run, containers }
}

function stopContainer(container: ContainerRun, beginMs: number, graceEndsMs: number): ContainerRun {
  const { state } = container
  // what has not been started is not started any more
  if (state.kind !== 'Running') return container
  const hookMs = preStopSeconds(container.spec) * 1000
  const overrun = hookMs > 0 && beginMs + hookMs >= graceEndsMs
  const latestMs = overrun && graceEndsMs > beginMs ? graceEndsMs + preStopExtraMs : Math.max(graceEndsMs, beginMs)
  const ownMs = Math.min(beginMs + hookMs, latestMs) + state.course.stopSeconds * 1000
  if (state.endsMs <= Math.min(ownMs, latestMs)) return container
  const exitCode = ownMs <= latestMs ? 0 : killed
  // what is stopped before its end has not done to the machine what it was started for, also when it ends with 0
  const { effects: _, ...course } = state.course
  return { ...container, state: { ...state, course, endsMs: Math.min(ownMs, latestMs), exitCode } }
}

/** How long the preStop hook takes, as far as its text tells: `sleep: {seconds}` or a command with `sleep N`. */
function preStopSeconds({ lifecycle }: Container): number {
  const hook = lifecycle?.preStop
  if (hook?.sleep !== undefined) return hook.sleep.seconds
  const match = /\bsleep\s+(\d+(?:\.\d+)?)(?:s|\b)/.exec(hook?.exec?.command?.join(' ') ?? '')
  return match === null ? 0 : Number(match[1])
}
