import type { JobFacts } from '../../core/kubernetes/job-facts.ts'
import type { FailureFacts } from '../../core/plan/plan-facts.ts'

/** Why Jobs have failed, by UID. Jobs that are gone are forgotten: the log lines of every failure there ever was would fill the memory. */
export class KnownFailures {
  readonly #failures = new Map<string, FailureFacts>()
  readonly #jobs: { values(): Iterable<Pick<JobFacts, 'uid'>> }

  constructor(jobs: { values(): Iterable<Pick<JobFacts, 'uid'>> }) {
    this.#jobs = jobs
  }

  get all(): ReadonlyMap<string, FailureFacts> {
    return this.#failures
  }

  /** Keeps what was read of one more Job. */
  add(jobUid: string, failure: FailureFacts): void {
    const present = new Set([...this.#jobs.values()].map(({ uid }) => uid))
    for (const uid of this.#failures.keys()) if (!present.has(uid)) this.#failures.delete(uid)
    this.#failures.set(jobUid, failure)
  }
}
