import { FalkirkError } from '../core/falkirk-error.ts'
import { type ApiStatus, parseStatus, type StatusCause } from './api-status.ts'

/** What an `ApiError` is made of; `status` is the HTTP status code. */
export interface ApiErrorFields {
  readonly status: number
  readonly message: string
  /** `Status.reason`; empty when the answer carried no Status. */
  readonly reason?: string
  readonly causes?: readonly StatusCause[]
  readonly details?: ApiStatus['details']
  /** Milliseconds the server asks to wait: the `Retry-After` header, else `details.retryAfterSeconds`. */
  readonly retryAfterMs?: number
}

/**
 * An answer of the API server that is not 2xx.
 * Code FK_FORBIDDEN for 403, FK_API_REFUSED for the rest; `retry` is `backoff` where the same request may pass later (408, 409 Conflict, 429, 5xx).
 */
export class ApiError extends FalkirkError {
  readonly status: number
  readonly reason: string
  readonly causes: readonly StatusCause[]
  readonly details: ApiStatus['details']
  readonly retryAfterMs?: number

  constructor(fields: ApiErrorFields) {
    super(fields.status === 403 ? 'FK_FORBIDDEN' : 'FK_API_REFUSED', fields.message, { retry: retryOf(fields) })
    this.name = 'ApiError'
    this.status = fields.status
    this.reason = fields.reason ?? ''
    this.causes = fields.causes ?? []
    this.details = fields.details ?? { group: '', kind: '', name: '' }
    if (fields.retryAfterMs !== undefined) this.retryAfterMs = fields.retryAfterMs
  }
}

/**
 * Makes the error of a `Status` object, e.g. of an ERROR event in a watch.
 * Anything that is no Status becomes an error with status 500 and an empty reason.
 */
export function apiErrorFromStatus(object: unknown): ApiError {
  const status = parseStatus(object)
  if (status === undefined) return new ApiError({ status: 500, message: 'the API server sent an error that is no Status object' })
  return new ApiError({
    status: status.code === 0 ? 500 : status.code,
    message: status.message === '' ? `the API server answered ${status.code} ${status.reason}`.trimEnd() : status.message,
    reason: status.reason,
    causes: status.causes,
    details: status.details,
    ...(status.retryAfterSeconds === undefined ? {} : { retryAfterMs: status.retryAfterSeconds * 1000 }),
  })
}

function retryOf({ status, reason }: ApiErrorFields): 'backoff' | 'never' {
  const passing = status === 408 || status === 429 || status >= 500 || (status === 409 && reason !== 'AlreadyExists')
  return passing ? 'backoff' : 'never'
}

const answered = (error: unknown, status: number): error is ApiError => error instanceof ApiError && error.status === status

/** 404: the object, or the whole kind, is not there. */
export function isNotFound(error: unknown): error is ApiError {
  return answered(error, 404)
}

/** 409 that is no AlreadyExists: the object has changed since it was read. */
export function isConflict(error: unknown): error is ApiError {
  return answered(error, 409) && error.reason !== 'AlreadyExists'
}

/** 409 AlreadyExists: somebody was faster with the same name. */
export function isAlreadyExists(error: unknown): error is ApiError {
  return answered(error, 409) && error.reason === 'AlreadyExists'
}

/** 410, reason Expired or Gone: a resourceVersion or a `continue` token that the server no longer knows. */
export function isGone(error: unknown): error is ApiError {
  return answered(error, 410) || (error instanceof ApiError && error.reason === 'Expired')
}

/** 403, by RBAC or by an admission plugin. */
export function isForbidden(error: unknown): error is ApiError {
  return answered(error, 403)
}

/** 429: throttled, or (for an eviction) a disruption budget that has nothing left. */
export function isTooManyRequests(error: unknown): error is ApiError {
  return answered(error, 429)
}

/** 422: the object breaks a rule of its schema; `causes` name the fields. */
export function isInvalid(error: unknown): error is ApiError {
  return answered(error, 422)
}
