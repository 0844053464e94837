/**
 * Runs `attempt` `count` times: once, then twice at once, then four times … and no further batch after one in which something failed, so that
 * what is refused is not asked for hundreds of times. Resolves with the first error, `undefined` when there was none.
 * Source: Kubernetes, slowStartBatch.
 */
export async function slowStart(count: number, attempt: (number: number) => Promise<unknown>): Promise<unknown> {
  let done = 0
  for (let size = Math.min(1, count); size > 0; size = Math.min(2 * size, count - done)) {
    const first = done
    const results = await Promise.allSettled(Array.from({ length: size }, (_, at) => attempt(first + at)))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) return failed.reason
    done += size
  }
  return undefined
}
