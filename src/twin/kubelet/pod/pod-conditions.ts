import type { Pod, PodCondition } from 'kubernetes-types/core/v1'
import { apiTime } from '../../api-time.ts'
import { type ContainerRun, isReady, letsNextStart } from './container-run.ts'
import type { PodRun } from './pod-run.ts'

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'

interface Verdict {
  readonly type: string
  readonly on: boolean
  readonly reason?: string | undefined
  readonly message?: string | undefined
}

export interface ConditionsInput {
  readonly pod: Pod
  readonly run: PodRun
  readonly phase: PodPhase
  readonly minor: number
  readonly nowMs: number
  /** Those that were written last, where the object does not have them yet. */
  readonly before?: readonly PodCondition[] | undefined
}

/**
 * The conditions that a kubelet owns, in its order. One that has not changed keeps the time of its last transition.
 * Source: Kubernetes, Pod Lifecycle, "Pod conditions"; PodReadyToStartContainers from v1.29 (KEP-3085).
 */
export function podConditions(input: ConditionsInput): PodCondition[] {
  const { pod, run, minor, nowMs, before = [] } = input
  const ready = containersReady(input)
  const verdicts: Verdict[] = [
    ...disrupted(input),
    ...(minor >= 29 ? [{ type: 'PodReadyToStartContainers', on: hasBegun(run) && !isFinished(input.phase) }] : []),
    initialized(input),
    podReady(ready, pod),
    { ...ready, type: 'ContainersReady' },
    { type: 'PodScheduled', on: true },
  ]
  const known = [...before, ...(pod.status?.conditions ?? [])]
  return verdicts.map((verdict) => condition(verdict, known, nowMs))
}

/** Told when the pod has failed, not before. Source: KEP-3329, beta and on by default from v1.26. */
function disrupted({ run: { failed }, phase, minor }: ConditionsInput): readonly Verdict[] {
  if (minor < 26 || phase !== 'Failed' || failed?.disruption === undefined) return []
  return [{ type: 'DisruptionTarget', on: true, reason: failed.disruption, message: failed.message }]
}

function condition({ type, on, reason, message }: Verdict, known: readonly PodCondition[], nowMs: number): PodCondition {
  const status = on ? 'True' : 'False'
  const before = known.find((candidate) => candidate.type === type)
  const since = before?.status === status ? before.lastTransitionTime : undefined
  return {
    type,
    status,
    lastProbeTime: null as unknown as string,
    lastTransitionTime: since ?? apiTime(nowMs),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  }
}

/** Whether its first container has got further than being fetched and made: then the sandbox is there and has an address. */
export function hasBegun(run: PodRun): boolean {
  return run.containers.some(({ state, last }) => last !== undefined || !['Blocked', 'Pulling', 'Creating'].includes(state.kind))
}

function isFinished(phase: PodPhase): boolean {
  return phase === 'Succeeded' || phase === 'Failed'
}

function initialized({ run, phase, nowMs }: ConditionsInput): Verdict {
  const type = 'Initialized'
  if (phase === 'Succeeded') return { type, on: true, reason: 'PodCompleted' }
  const open = run.containers.filter((container) => container.role !== 'Main' && !letsNextStart(container, nowMs))
  // a pod whose main containers have started stays initialized
  if (
    open.length === 0 ||
    run.containers.some(({ role, state, last }) => role === 'Main' && (state.kind === 'Running' || last !== undefined))
  )
    return { type, on: true }
  return { type, on: false, reason: 'ContainersNotInitialized', message: `containers with incomplete status: ${namesOf(open)}` }
}

function containersReady({ run, phase, minor, nowMs }: ConditionsInput): Verdict {
  const type = 'ContainersReady'
  if (phase === 'Succeeded') return { type, on: false, reason: 'PodCompleted' }
  if (phase === 'Failed' && minor >= 26) return { type, on: false, reason: 'PodFailed' }
  const unready = run.containers.filter((container) => container.role !== 'Init' && !isReady(container, nowMs))
  if (unready.length === 0) return { type, on: true }
  return { type, on: false, reason: 'ContainersNotReady', message: `containers with unready status: ${namesOf(unready)}` }
}

/** Ready asks for the pod's readiness gates as well. Source: Kubernetes, Pod Lifecycle, "Pod readiness". */
function podReady(containers: Verdict, pod: Pod): Verdict {
  if (!containers.on) return { ...containers, type: 'Ready' }
  const messages = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => gateMessage(conditionType, pod) ?? [])
  if (messages.length === 0) return { type: 'Ready', on: true }
  return { type: 'Ready', on: false, reason: 'ReadinessGatesNotReady', message: messages.join(', ') }
}

function gateMessage(type: string, pod: Pod): string | undefined {
  const found = pod.status?.conditions?.find((candidate) => candidate.type === type)
  if (found === undefined) return `corresponding condition of pod readiness gate "${type}" does not exist.`
  return found.status === 'True' ? undefined : `the status of pod readiness gate "${type}" is not "True", but ${found.status}`
}

function namesOf(containers: readonly ContainerRun[]): string {
  return `[${containers.map(({ spec }) => spec.name).join(' ')}]`
}
