import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Touches an object once a second until something has come of it. Kubernetes v1.20 looks once whether a Job is past its deadline, and may do so a
 * moment too early: when it has begun with the Job twice, before it had heard of its own first write. It then looks again when something
 * happens to the Job or its pods, which a kubelet that pulls an image or counts restarts sees to.
 */
export async function touchedUntil<T>(touch: () => Promise<unknown>, comes: Promise<T>): Promise<T> {
  let over = false
  const end = comes.then(
    () => undefined,
    () => undefined,
  )
  void end.then(() => {
    over = true
  })
  while (!over) {
    // it may be gone, or not there yet
    await touch().catch(() => undefined)
    await Promise.race([end, sleep(1_000, undefined, { ref: false })])
  }
  return comes
}
