import type { Container, Probe } from 'kubernetes-types/core/v1'

/** When a container that starts at `startedMs` passes its probes, epoch ms; Infinity: never. */
export interface ProbeTimes {
  /** The startup probe has succeeded; at once without one. */
  readonly upMs: number
  /** The readiness probe has succeeded often enough; with `upMs` without one. */
  readonly readyMs: number
}

/**
 * A probe is sent after its initial delay and then once a period; it succeeds from `answersMs` on. No readiness probe begins before the startup
 * probe has succeeded. Source: Kubernetes, Configure Liveness, Readiness and Startup Probes (defaults: delay 0 s, period 10 s, one success).
 */
export function probeTimes(
  container: Pick<Container, 'startupProbe' | 'readinessProbe'>,
  startedMs: number,
  answersMs: number,
): ProbeTimes {
  const { startupProbe, readinessProbe } = container
  const upMs = startupProbe === undefined ? startedMs : successMs(startupProbe, startedMs, answersMs)
  // without a readiness probe a container counts as ready as soon as it is up, whatever its program does
  if (readinessProbe === undefined) return { upMs, readyMs: upMs }
  return { upMs, readyMs: Math.max(upMs, successMs(readinessProbe, startedMs, Math.max(answersMs, upMs))) }
}

function successMs(probe: Probe, startedMs: number, answersMs: number): number {
  if (!Number.isFinite(answersMs)) return Number.POSITIVE_INFINITY
  const periodMs = Math.max(1, probe.periodSeconds ?? 10) * 1000
  const firstMs = startedMs + (probe.initialDelaySeconds ?? 0) * 1000
  const missed = Math.max(0, Math.ceil((answersMs - firstMs) / periodMs))
  const more = Math.max(1, probe.successThreshold ?? 1) - 1
  return firstMs + (missed + more) * periodMs
}
