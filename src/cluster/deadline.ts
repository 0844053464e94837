import type { Clock } from './clock.ts'
import { TimedOut } from './unreachable.ts'

/** Joins the caller's signal and a time limit into one signal, without leaving listeners on a signal that lives long. */
export interface Deadline {
  readonly signal: AbortSignal
  remainingMs(): number
  /** From now on only the caller's signal counts. */
  stopClock(): void
  /** Lets go of clock and signal. */
  end(): void
}

/** Starts a time limit of `timeoutMs`; the signal's reason is then a `TimedOut`, or that of the caller's signal. */
export function startDeadline(clock: Clock, timeoutMs: number, outer?: AbortSignal): Deadline {
  const controller = new AbortController()
  const endMs = clock.now() + timeoutMs
  const onAbort = () => controller.abort(outer?.reason)
  if (outer?.aborted) onAbort()
  outer?.addEventListener('abort', onAbort, { once: true })
  const stopClock = clock.after(timeoutMs, () => controller.abort(new TimedOut(timeoutMs)))
  return {
    signal: controller.signal,
    remainingMs: () => endMs - clock.now(),
    stopClock,
    end() {
      stopClock()
      outer?.removeEventListener('abort', onAbort)
    },
  }
}
