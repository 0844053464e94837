import type { StatusError } from '../status-error.ts'
import type { UserInfo } from '../user-info.ts'
import type { RequestAttributes } from './access.ts'

/** What goes wrong with one request. */
export type RequestFault =
  /** Answered before it has done anything: 429, 500, 503. */
  | { readonly kind: 'Refuse'; readonly error: StatusError; readonly retryAfterSeconds?: number }
  /** Sent away because too much is going on: 429, in the one line of text of priority and fairness. */
  | { readonly kind: 'Overload'; readonly retryAfterSeconds?: number }
  /** Looked at so much later. */
  | { readonly kind: 'Delay'; readonly ms: number }
  /** The connection breaks before it has done anything. */
  | { readonly kind: 'Break' }
  /** It is carried out, and the connection breaks before the answer. */
  | { readonly kind: 'LoseAnswer' }
  /** A watch that tells everything so much later. */
  | { readonly kind: 'StaleWatch'; readonly ms: number }

/** Decides which requests meet a fault; asked once for each, after authentication. */
export interface RequestFaults {
  judge(attributes: RequestAttributes, user: UserInfo): RequestFault | undefined
}

export const noFaults: RequestFaults = { judge: () => undefined }
