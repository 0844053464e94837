import type { Clock } from '../../cluster/clock.ts'
import type { ContainerCourse, CourseEnd } from './pod/container-course.ts'

interface Act {
  readonly stop: AbortController
  end?: CourseEnd
}

interface ActRequest {
  readonly clock: Clock
  /** Before it begins. */
  readonly afterMs: number
  readonly act: NonNullable<ContainerCourse['act']>
}

/** The work of their own that containers of a pod do (a drain, a wait): begun when they start, broken off when they are stopped. */
export class PodActs {
  readonly #acts = new Map<string, Act>()

  begin(container: string, { clock, afterMs, act }: ActRequest, done: (end: CourseEnd) => void): void {
    const entry: Act = { stop: new AbortController() }
    this.#acts.set(container, entry)
    const { signal } = entry.stop
    const work = async () => {
      if (afterMs > 0) await clock.sleep(afterMs, signal)
      if (signal.aborted) return
      const end = await act(signal).catch((error: unknown): CourseEnd => ({ exitCode: 1, log: `${String(error)}\n` }))
      if (signal.aborted) return
      entry.end = end
      done(end)
    }
    void work()
  }

  /** What the work has given; one that is under way is broken off. */
  end(container: string): CourseEnd | undefined {
    const entry = this.#acts.get(container)
    this.#acts.delete(container)
    if (entry?.end === undefined) entry?.stop.abort()
    return entry?.end
  }

  abortAll(): void {
    for (const { stop } of this.#acts.values()) stop.abort()
    this.#acts.clear()
  }
}
