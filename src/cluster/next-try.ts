import { ApiError } from './api-error.ts'
import type { ApiRequest } from './transport.ts'
import { isBrokenConnection } from './unreachable.ts'

/** What has been tried for one call so far. */
export interface Tries {
  /** Requests sent, this one included. */
  readonly sent: number
  readonly renewed: boolean
  readonly resent: boolean
}

/** What to do about a request that failed. */
export type NextTry =
  | { readonly kind: 'Throw' }
  /** Load the credentials afresh, then send again. */
  | { readonly kind: 'Renew' }
  /** Send again on another connection. */
  | { readonly kind: 'Resend' }
  | { readonly kind: 'Wait'; readonly ms: number }

const maxSent = 3

/**
 * Decides whether a failed request is sent again within `remainingMs`.
 * 401 and 429 mean that nothing has happened, so any request may be repeated; after a 5xx or a broken connection only a GET,
 * because what became of a write is unknown. A pause that does not fit into the remaining time is left to the caller.
 */
export function nextTry(request: ApiRequest, error: unknown, tries: Tries, remainingMs: number): NextTry {
  if (!(error instanceof ApiError)) {
    return request.method === 'GET' && !tries.resent && isBrokenConnection(error) ? { kind: 'Resend' } : { kind: 'Throw' }
  }
  if (error.status === 401) return tries.renewed ? { kind: 'Throw' } : { kind: 'Renew' }
  const busy = error.status === 429 || (error.status >= 500 && request.method === 'GET')
  const ms = error.retryAfterMs
  if (!busy || ms === undefined || request.whenBusy === 'Fail' || tries.sent >= maxSent || ms >= remainingMs) return { kind: 'Throw' }
  return { kind: 'Wait', ms }
}

/** The count after one more request has been decided. */
export function triesAfter(tries: Tries, next: NextTry): Tries {
  return {
    sent: tries.sent + 1,
    renewed: tries.renewed || next.kind === 'Renew',
    resent: tries.resent || next.kind === 'Resend',
  }
}
