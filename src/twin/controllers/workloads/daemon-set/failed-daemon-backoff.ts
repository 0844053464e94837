const firstMs = 1_000
const longestMs = 15 * 60_000

/** How long the failed pods of a node are left alone before they are deleted: 1 s, then twice as long each time, at most 15 minutes. */
export class FailedDaemonBackoff {
  readonly #entries = new Map<string, { delayMs: number; sinceMs: number }>()

  /** Milliseconds that are left; 0 when there is no need to wait. */
  waitMs(key: string, nowMs: number): number {
    const entry = this.#entries.get(key)
    return entry === undefined ? 0 : Math.max(0, entry.sinceMs + entry.delayMs - nowMs)
  }

  /** A failed pod is deleted: the next one has to wait. What has been quiet for twice the longest time begins anew. */
  note(key: string, nowMs: number): void {
    const entry = this.#entries.get(key)
    const isOld = entry === undefined || nowMs - entry.sinceMs > 2 * longestMs
    this.#entries.set(key, { delayMs: isOld ? firstMs : Math.min(entry.delayMs * 2, longestMs), sinceMs: nowMs })
  }
}
