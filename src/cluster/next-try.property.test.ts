import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ApiError } from './api-error.ts'
import { nextTry, type Tries, triesAfter } from './next-try.ts'

const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE' as const)
const answer = fc
  .record({ status: fc.integer({ min: 300, max: 599 }), pauseMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }) })
  .map(({ status, pauseMs }) => new ApiError({ status, message: 'm', ...(pauseMs === undefined ? {} : { retryAfterMs: pauseMs }) }))
const broken = fc
  .constantFrom('ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE', 'ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT')
  .map((code) => Object.assign(new Error(code), { code }))
const failure = fc.oneof(answer, broken)
const remainingMs = fc.integer({ min: 0, max: 60_000 })
const first: Tries = { sent: 1, renewed: false, resent: false }

it('a write is sent again only after an answer that says it has not happened: 401 or 429', () => {
  fc.assert(
    fc.property(method, failure, remainingMs, (verb, error, remaining) => {
      const next = nextTry({ method: verb, path: '/' }, error, first, remaining)
      if (verb === 'GET' || next.kind === 'Throw') return
      expect(error instanceof ApiError ? error.status : error.message).toSatisfy((status) => status === 401 || status === 429)
    }),
  )
})

it('a pause always ends before the time of the request does', () => {
  fc.assert(
    fc.property(method, failure, remainingMs, (verb, error, remaining) => {
      const next = nextTry({ method: verb, path: '/' }, error, first, remaining)
      if (next.kind === 'Wait') expect(next.ms).toBeLessThan(remaining)
    }),
  )
})

it('whatever the server does, a call ends after five requests at most', () => {
  fc.assert(
    fc.property(method, fc.array(failure, { minLength: 6, maxLength: 6 }), (verb, failures) => {
      let tries = first
      for (const error of failures) {
        const next = nextTry({ method: verb, path: '/' }, error, tries, Number.POSITIVE_INFINITY)
        if (next.kind === 'Throw') break
        tries = triesAfter(tries, next)
      }
      expect(tries.sent).toBeLessThanOrEqual(5)
    }),
  )
})
