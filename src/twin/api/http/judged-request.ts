import type { UserInfo } from '../user-info.ts'
import type { RequestAttributes } from './access.ts'
import { refusalAnswer } from './refusal-answer.ts'
import type { ServerParts } from './server-parts.ts'
import type { TwinResponse } from './twin-request.ts'

/** A request that goes on although something is wrong with it. */
export interface Judged {
  readonly kind: 'Goes'
  readonly loseAnswer: boolean
  readonly lagMs: number
}

const unharmed: Judged = { kind: 'Goes', loseAnswer: false, lagMs: 0 }

/** Source: Kubernetes, apiserver filters, tooManyRequests. */
function overloaded(retryAfterSeconds: number | undefined): TwinResponse {
  const later = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...later }
  return { kind: 'Bytes', status: 429, headers, body: 'Too many requests, please try again later.\n' }
}

/** What the faults make of a request; waits where one delays it. */
export async function judgedBy(
  { faults, clock }: Pick<ServerParts, 'faults' | 'clock'>,
  attributes: RequestAttributes,
  user: UserInfo,
  signal: AbortSignal | undefined,
): Promise<Judged | { readonly kind: 'Answered'; readonly response: TwinResponse }> {
  const fault = faults.judge(attributes, user)
  if (fault === undefined) return unharmed
  switch (fault.kind) {
    case 'Refuse':
      return { kind: 'Answered', response: refusalAnswer(fault.error, fault.retryAfterSeconds) }
    case 'Overload':
      return { kind: 'Answered', response: overloaded(fault.retryAfterSeconds) }
    case 'Break':
      return { kind: 'Answered', response: { kind: 'Broken' } }
    case 'Delay':
      await clock.sleep(fault.ms, signal)
      return unharmed
    case 'LoseAnswer':
      return { ...unharmed, loseAnswer: true }
    case 'StaleWatch':
      return { ...unharmed, lagMs: fault.ms }
  }
}
