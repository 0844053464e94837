import { describe, expect, it } from 'vitest'
import {
  ApiError,
  apiErrorFromStatus,
  isAlreadyExists,
  isConflict,
  isForbidden,
  isGone,
  isInvalid,
  isNotFound,
  isTooManyRequests,
} from './api-error.ts'

const predicates = { isAlreadyExists, isConflict, isForbidden, isGone, isInvalid, isNotFound, isTooManyRequests }

describe('ApiError', () => {
  it.each([
    { status: 404, reason: 'NotFound', is: 'isNotFound', retry: 'never', code: 'FK_API_REFUSED' },
    { status: 409, reason: 'Conflict', is: 'isConflict', retry: 'backoff', code: 'FK_API_REFUSED' },
    { status: 409, reason: 'AlreadyExists', is: 'isAlreadyExists', retry: 'never', code: 'FK_API_REFUSED' },
    { status: 410, reason: 'Expired', is: 'isGone', retry: 'never', code: 'FK_API_REFUSED' },
    { status: 410, reason: 'Gone', is: 'isGone', retry: 'never', code: 'FK_API_REFUSED' },
    { status: 403, reason: 'Forbidden', is: 'isForbidden', retry: 'never', code: 'FK_FORBIDDEN' },
    { status: 429, reason: 'TooManyRequests', is: 'isTooManyRequests', retry: 'backoff', code: 'FK_API_REFUSED' },
    { status: 422, reason: 'Invalid', is: 'isInvalid', retry: 'never', code: 'FK_API_REFUSED' },
    { status: 500, reason: 'InternalError', is: 'none', retry: 'backoff', code: 'FK_API_REFUSED' },
    { status: 408, reason: 'Timeout', is: 'none', retry: 'backoff', code: 'FK_API_REFUSED' },
  ])('$status $reason is told apart by $is alone, and retried: $retry', ({ status, reason, is, retry, code }) => {
    const error = new ApiError({ status, reason, message: 'm' })
    expect(
      Object.entries(predicates)
        .filter(([, test]) => test(error))
        .map(([name]) => name),
    ).toEqual(is === 'none' ? [] : [is])
    expect(error).toMatchObject({ retry, code, name: 'ApiError' })
  })

  it('no predicate takes an error of another kind for an answer', () => {
    const other = Object.assign(new Error('x'), { status: 404, reason: 'NotFound' })
    expect(Object.values(predicates).some((test) => test(other))).toBe(false)
  })
})

describe('apiErrorFromStatus', () => {
  it('keeps reason, causes, details and the pause the server asks for', () => {
    const error = apiErrorFromStatus({
      kind: 'Status',
      status: 'Failure',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      reason: 'TooManyRequests',
      details: { name: 'web', kind: 'pods', retryAfterSeconds: 10, causes: [{ reason: 'DisruptionBudget', message: 'needs 2' }] },
      code: 429,
    })
    expect(error).toMatchObject({
      status: 429,
      reason: 'TooManyRequests',
      retryAfterMs: 10_000,
      details: { group: '', kind: 'pods', name: 'web' },
      causes: [{ reason: 'DisruptionBudget', message: 'needs 2', field: '' }],
    })
  })

  it.each([undefined, null, 'text', 7, [], {}, { kind: 'Pod' }])('%j is no Status: an error all the same', (object) => {
    expect(apiErrorFromStatus(object)).toMatchObject({ status: 500, reason: '', causes: [] })
  })

  it.each([
    { kind: 'Status', code: 'x', message: 5, reason: {}, details: [] },
    { kind: 'Status', details: { causes: 'none', retryAfterSeconds: -1 } },
  ])('fields of a wrong type in $kind $details are left out, not believed', (object) => {
    const error = apiErrorFromStatus(object)
    expect(error).toMatchObject({ status: 500, reason: '', causes: [] })
    expect(error.retryAfterMs).toBeUndefined()
  })
})
