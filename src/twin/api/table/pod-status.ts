import type { ContainerStatus, Pod } from 'kubernetes-types/core/v1'
import { isPodFinished, isPodReady } from '../../../core/kubernetes/pod-state.ts'

/** What `kubectl get pods` says of a pod. Source: Kubernetes, pkg/printers printPod, v1.20 and later. */
export interface PodSummary {
  /** `Running`, `Init:0/1`, `CrashLoopBackOff`, `Completed`, `Terminating` … */
  readonly status: string
  readonly ready: number
  readonly total: number
  readonly restarts: number
  /** When a container that counts in `restarts` was last seen to end. */
  readonly lastRestart?: string
}

interface Progress {
  readonly reason: string
  readonly initializing: boolean
  readonly ready: number
  readonly counted: readonly ContainerStatus[]
}

/** `minor`: before 1.28 init containers that stay (sidecars) did not count; before 1.26 there were no scheduling gates. */
export function podSummary(pod: Pod, minor: number): PodSummary {
  const sidecars = new Set(minor >= 28 ? (pod.spec?.initContainers ?? []).filter(isSidecar).map(({ name }) => name) : [])
  const init = initProgress(pod, startReason(pod, minor), sidecars)
  const progress = init.initializing ? init : mainProgress(pod, init)
  const [lastRestart] = progress.counted
    .flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? [])
    .sort()
    .reverse()
  return {
    status: deletionReason(pod, minor) ?? progress.reason,
    ready: progress.ready,
    total: (pod.spec?.containers ?? []).length + sidecars.size,
    restarts: progress.counted.reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0),
    ...(lastRestart === undefined ? {} : { lastRestart }),
  }
}

function isSidecar(container: object): boolean {
  return (container as { restartPolicy?: string }).restartPolicy === 'Always'
}

function startReason({ status }: Pod, minor: number): string {
  const gated = minor >= 26 && status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated')
  return gated ? 'SchedulingGated' : status?.reason || (status?.phase ?? '')
}

function initProgress({ spec, status }: Pod, reason: string, sidecars: ReadonlySet<string>): Progress {
  const statuses = status?.initContainerStatuses ?? []
  let ready = 0
  for (const [i, container] of statuses.entries()) {
    const sidecar = sidecars.has(container.name)
    if (container.state?.terminated?.exitCode === 0) continue
    if (sidecar && container.started === true) {
      if (container.ready) ready += 1
      continue
    }
    const text = initReason(container, `${i}/${spec?.initContainers?.length ?? 0}`)
    return { reason: `Init:${text}`, initializing: true, ready, counted: statuses.slice(0, i + 1) }
  }
  return { reason, initializing: false, ready, counted: statuses.filter(({ name }) => sidecars.has(name)) }
}

function initReason({ state }: ContainerStatus, position: string): string {
  if (state?.terminated) return state.terminated.reason || exitText(state.terminated)
  const waiting = state?.waiting?.reason
  return waiting && waiting !== 'PodInitializing' ? waiting : position
}

function exitText({ signal, exitCode }: { readonly signal?: number; readonly exitCode: number }): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`
}

function mainProgress({ status }: Pod, init: Progress): Progress {
  const statuses = status?.containerStatuses ?? []
  let { reason, ready } = init
  let running = false
  for (const container of [...statuses].reverse()) {
    const { waiting, terminated, running: runs } = container.state ?? {}
    if (waiting?.reason) reason = waiting.reason
    else if (terminated) reason = terminated.reason || exitText(terminated)
    else if (container.ready && runs) {
      running = true
      ready += 1
    }
  }
  if (reason === 'Completed' && running) reason = isPodReady(status) ? 'Running' : 'NotReady'
  return { reason, initializing: false, ready, counted: [...init.counted, ...statuses] }
}

function deletionReason({ metadata, status }: Pod, minor: number): string | undefined {
  if (!metadata?.deletionTimestamp) return undefined
  if (status?.reason === 'NodeLost') return 'Unknown'
  const ended = isPodFinished(status)
  return minor >= 29 && ended ? undefined : 'Terminating'
}
