import { setTimeout as sleep } from 'node:timers/promises'
import { PlainApiError } from '../plain-api.ts'

/** Whether the object of a write was still there. */
export type Written = 'Written' | 'Gone' | 'Stopped'

/** Repeats a write until the API server takes it, as a kubelet does; 404 means that the object is gone. */
export async function persistentWrite(write: () => Promise<unknown>, signal: AbortSignal): Promise<Written> {
  for (let pauseMs = 50; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 1000)) {
    try {
      await write()
      return 'Written'
    } catch (error) {
      const status = error instanceof PlainApiError ? error.status : 0
      if (status === 404) return 'Gone'
      // other 4xx than a conflict or throttling are a mistake of the simulator, not of the moment
      if (status >= 400 && status < 500 && status !== 409 && status !== 429) throw error
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
  }
  return 'Stopped'
}
