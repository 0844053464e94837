import type { Pod } from 'kubernetes-types/core/v1'
import { assertNever } from '../../../core/assert-never.ts'
import { containerId } from './container-id.ts'
import type { ContainerEnd, ContainerRun, ContainerState, RunningState } from './container-run.ts'
import { events } from './kubelet-words.ts'
import { probeTimes } from './probe-schedule.ts'
import { advancePull, advancePullFailed, beginPull } from './pull-image.ts'
import { restartPause } from './restart-backoff.ts'
import type { Turn } from './turn.ts'

/** Takes a container whose turn it is as far as it goes by now. Gives its argument when nothing has changed. */
export function advanceContainer(container: ContainerRun, turn: Turn): ContainerRun {
  for (let current = container; ; ) {
    const next = step(current, turn)
    if (next === current) return current
    current = next
  }
}

/** Ends what has ended by itself, and starts nothing. */
export function endContainer(container: ContainerRun, turn: Turn): ContainerRun {
  return container.state.kind === 'Running' ? advanceRunning(container, container.state, turn) : container
}

/** Whether the kubelet starts it again. Source: Kubernetes, Pod Lifecycle, restartPolicy. */
export function restarts({ role }: Pick<ContainerRun, 'role'>, policy: string, exitCode: number): boolean {
  if (role === 'Sidecar') return true
  if (policy === 'Never') return false
  if (role === 'Init' || policy === 'OnFailure') return exitCode !== 0
  return true
}

function step(container: ContainerRun, turn: Turn): ContainerRun {
  const { state } = container
  switch (state.kind) {
    case 'Blocked':
      return { ...container, state: beginPull(container, turn) }
    case 'Pulling':
      return withState(container, advancePull(container, state, turn))
    case 'PullFailed':
      return withState(container, advancePullFailed(container, state, turn))
    case 'Creating':
      return turn.reached(state.untilMs) ? start(container, turn) : container
    case 'Stuck':
      return container
    case 'Running':
      return advanceRunning(container, state, turn)
    case 'Terminated':
      return restart(container, state.end, turn)
    case 'CrashLoop':
      return turn.reached(state.untilMs) ? { ...container, state: beginPull(container, turn) } : container
    default:
      return assertNever(state)
  }
}

function withState(container: ContainerRun, state: ContainerState): ContainerRun {
  return state === container.state ? container : { ...container, state }
}

function start(container: ContainerRun, turn: Turn): ContainerRun {
  const { spec, role } = container
  const course = turn.at.courseOf(container)
  if (course.waiting !== undefined) {
    turn.events.push(events.error(spec.name, course.waiting.message))
    return { ...container, state: { kind: 'Stuck', ...course.waiting } }
  }
  const { nowMs: startedMs } = turn
  turn.events.push(events.created(spec.name, turn.at.minor), events.started(spec.name, turn.at.minor))
  turn.effects.push({ kind: 'Started', container: spec.name, role, course })
  // what acts ends when its work is done, which comes from outside
  const endsMs = course.act === undefined ? startedMs + course.seconds * 1000 : Number.POSITIVE_INFINITY
  const probes = probeTimes(spec, startedMs, startedMs + course.readySeconds * 1000)
  const restartCount = container.last === undefined ? 0 : container.restartCount + 1
  const id = containerId(staticHash(turn.pod) ?? turn.pod.metadata?.uid ?? '', spec.name, restartCount)
  const running: RunningState = { kind: 'Running', id, startedMs, ...probes, endsMs, exitCode: course.exitCode, course, told: false }
  return { ...container, state: running, restartCount }
}

/** Containers of a static pod belong to its file, whatever becomes of the mirror pod. */
function staticHash({ metadata }: Pod): string | undefined {
  return metadata?.annotations?.['kubernetes.io/config.hash']
}

function advanceRunning(container: ContainerRun, state: RunningState, turn: Turn): ContainerRun {
  if (turn.reached(state.endsMs)) return terminate(container, state, turn)
  if (turn.reached(state.upMs)) turn.reached(state.readyMs)
  return state.told ? container : tellUnready(container, state, turn)
}

/** A probe that fails at first is told once; the real kubelet counts every failure. */
function tellUnready(container: ContainerRun, state: RunningState, turn: Turn): ContainerRun {
  const probe = container.spec.readinessProbe
  const firstMs = state.startedMs + (probe?.initialDelaySeconds ?? 0) * 1000
  if (probe === undefined || state.readyMs <= Math.max(firstMs, turn.nowMs) || !turn.reached(firstMs)) return container
  turn.events.push(events.unready(container.spec.name, 'the program does not answer yet'))
  return { ...container, state: { ...state, told: true } }
}

function terminate(container: ContainerRun, state: RunningState, turn: Turn): ContainerRun {
  const { id, startedMs, endsMs: finishedMs, course } = state
  const exitCode = course.outOfMemory === true ? 137 : state.exitCode
  const end: ContainerEnd = { id, exitCode, reason: reasonOf(exitCode, course.outOfMemory === true), startedMs, finishedMs }
  turn.effects.push({ kind: 'Ended', container: container.spec.name, role: container.role, end, course })
  return { ...container, state: { kind: 'Terminated', end }, last: end }
}

function reasonOf(exitCode: number, outOfMemory: boolean): string {
  if (outOfMemory) return 'OOMKilled'
  return exitCode === 0 ? 'Completed' : 'Error'
}

function restart(container: ContainerRun, end: ContainerEnd, turn: Turn): ContainerRun {
  const { spec } = turn.pod
  if (!restarts(container, spec?.restartPolicy ?? 'Always', end.exitCode)) return container
  const { seconds, nextSeconds } = restartPause(container.backOffSeconds, end.finishedMs - end.startedMs)
  if (seconds === 0) return { ...container, state: beginPull(container, turn), backOffSeconds: nextSeconds }
  const { name = '', namespace = '', uid = '' } = turn.pod.metadata ?? {}
  const pod = `${name}_${namespace}(${uid})`
  turn.events.push(events.crashBackOff(container.spec.name, pod, turn.at.minor))
  const message = `back-off ${durationText(seconds)} restarting failed container=${container.spec.name} pod=${pod}`
  return { ...container, state: { kind: 'CrashLoop', untilMs: end.finishedMs + seconds * 1000, message }, backOffSeconds: nextSeconds }
}

/** As Go prints whole seconds: `40s`, `1m20s`, `5m0s`. */
function durationText(seconds: number): string {
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}
