import type { SomeObject } from './answer.ts'
import type { Steps } from './steps.ts'

/**
 * Waits for the deadline of a Job. The controller manager of 1.20 looks once when it is over; when that is a moment too early, it looks again only when
 * the Job changes.
 */
export async function ended(c: Steps, path: string, deadlineSeconds: number): Promise<void> {
  await c.settled(`${path} has ended`, async () => {
    const { status } = (await c.quietly('GET', path)).body as SomeObject
    if (status.conditions !== undefined) return true
    const isLate = Date.now() > Date.parse(status.startTime) + (deadlineSeconds + 1) * 1_000
    const body = { metadata: { annotations: { late: String(Date.now()) } } }
    if (isLate) await c.quietly('PATCH', path, { body, contentType: 'application/merge-patch+json' })
    return false
  })
}
