const firstMs = 10_000
/** Before 1.27, and from then on. */
const longestMs = { notice: 6 * 60_000, newPod: 10 * 60_000 }

/** How long a Job waits after so many failures in a row: 10 s, doubled with each, up to a limit in ms; 0 after none. */
function backoffMs(failures: number, longestMs: number): number {
  return failures <= 0 ? 0 : Math.min(firstMs * 2 ** (failures - 1), longestMs)
}

/** Totals of a Job's pods, and what its status says of them. */
export interface FailureCounts {
  readonly failed: number
  readonly knownFailed: number
  readonly succeeded: number
  readonly knownSucceeded: number
}

interface Entry {
  failures: number
  sinceMs: number
  /** The number of failed pods that was seen at `sinceMs`. */
  failed: number
}

/** Remembers the failures of Jobs: a success makes good for all before it. */
export class JobBackoff {
  readonly #entries = new Map<string, Entry>()

  forget(uid: string): void {
    this.#entries.delete(uid)
  }

  /** From 1.27: in how many ms a new pod may start. */
  newPodInMs(uid: string, counts: FailureCounts, nowMs: number): number {
    const entry = this.#note(uid, counts, nowMs)
    return Math.max(0, entry.sinceMs + backoffMs(entry.failures, longestMs.newPod) - nowMs)
  }

  /** Before 1.27: in how many ms a failure that is new may be noticed; the first one at once. */
  noticeInMs(uid: string, counts: FailureCounts, nowMs: number): number {
    const entry = this.#note(uid, counts, nowMs)
    return counts.failed > counts.knownFailed ? Math.max(0, entry.sinceMs + backoffMs(entry.failures - 1, longestMs.notice) - nowMs) : 0
  }

  #note(uid: string, counts: FailureCounts, nowMs: number): Entry {
    const entry = this.#entries.get(uid) ?? { failures: 0, sinceMs: nowMs, failed: counts.knownFailed }
    this.#entries.set(uid, entry)
    if (counts.succeeded > counts.knownSucceeded) entry.failures = 0
    if (counts.failed > entry.failed) {
      entry.failures += counts.failed - entry.failed
      entry.sinceMs = nowMs
    }
    entry.failed = counts.failed
    return entry
  }
}
