import type { Clock } from '../../cluster/clock.ts'
import type { ApiOutage } from './api-outage.ts'

/** What stands still while the API server is away: a loop of a controller, the scheduler. */
export interface Pausable {
  /** Begins with everything that is there. */
  start(): void
  stop(): void
  /** The component is another process by now: what it only remembered is forgotten. */
  restarted?(): void
}

/** A leader that cannot renew its lease for so long gives up and ends. Source: Kubernetes, --leader-elect-renew-deadline. */
const renewDeadlineMs = 10_000
/** Until a lease that nobody renews may be taken. Source: Kubernetes, --leader-elect-lease-duration. */
const leaseMs = 15_000
/** From one try to take it to the next. Source: Kubernetes, --leader-elect-retry-period. */
const retryMs = 2_000
/** Until watches that broke off are opened again. */
const reconnectMs = 1_000

/**
 * Lets controllers and scheduler stand still while the API server is away. After an outage that was longer than a leader can live without its lease
 * they come back as new processes, as soon as the lease of the old ones has run out. The returned function ends that.
 */
export function pauseInOutage(outage: ApiOutage, clock: Clock, all: readonly Pausable[]): () => void {
  let awaySinceMs = 0
  let cancel = () => {}
  const back = () => {
    const lastedMs = clock.now() - awaySinceMs
    const isOther = lastedMs >= renewDeadlineMs
    cancel = clock.after(isOther ? Math.max(retryMs, leaseMs - lastedMs) : reconnectMs, () => {
      for (const one of all) {
        if (isOther) one.restarted?.()
        one.start()
      }
    })
  }
  const unsubscribe = outage.subscribe((state) => {
    cancel()
    if (state === 'Back') return back()
    awaySinceMs = clock.now()
    for (const one of all) one.stop()
  })
  return () => {
    unsubscribe()
    cancel()
  }
}
