import { versionNumber } from '../http/query-options.ts'
import { StatusError } from '../status-error.ts'

/** The version that an answer must not be older than; 0 when none is asked for. Throws 500 for what is no number and 504 for one that is still to come. */
export function reachedVersion(text: string, current: number): number {
  const asked = versionNumber(text)
  if (asked <= current) return asked
  throw new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}
