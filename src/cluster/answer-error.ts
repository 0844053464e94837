import { STATUS_CODES } from 'node:http'
import { ApiError } from './api-error.ts'
import { parseStatus } from './api-status.ts'
import type { ClusterAccess } from './cluster-access.ts'
import { forbiddenMessage } from './forbidden-message.ts'
import type { ApiRequest } from './transport.ts'

/** An answer that is not 2xx, as it came. */
export interface RefusedAnswer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly location: string | undefined
  readonly body: string
}

const longestExcerpt = 200

/** Makes the `ApiError` of an answer; `nowMs` is for a `Retry-After` that is a date. */
export function answerError(access: ClusterAccess, request: ApiRequest, answer: RefusedAnswer, nowMs: number): ApiError {
  const status = parseStatus(parseJson(answer.body))
  const fromStatus = status?.retryAfterSeconds === undefined ? undefined : status.retryAfterSeconds * 1000
  const retryAfterMs = parseRetryAfter(answer.retryAfter, nowMs) ?? fromStatus
  return new ApiError({
    status: answer.status,
    message: answerMessage(access, request, answer, status?.message ?? ''),
    ...(status === undefined ? {} : { reason: status.reason, causes: status.causes, details: status.details }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

function answerMessage(access: ClusterAccess, request: ApiRequest, answer: RefusedAnswer, said: string): string {
  const { status, location, body } = answer
  if (status === 401) return `the API server does not accept the credentials of ${access.source}: renew them, or choose another context`
  if (status === 403) return forbiddenMessage(said) ?? orElse(said, refusal(request, answer, body))
  if (status >= 300 && status < 400) {
    return `${request.method} ${request.path} is redirected to ${location ?? 'nowhere'} (${status}): set the server address of ${access.source} to where the API really is`
  }
  return orElse(said, refusal(request, answer, body))
}

const orElse = (text: string, otherwise: string) => (text === '' ? otherwise : text)

function refusal({ method, path }: ApiRequest, { status }: RefusedAnswer, body: string): string {
  // Whatever stands between here and the API server may answer in HTML or with control characters.
  const excerpt = body
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, longestExcerpt)
  return `${method} ${path} was answered ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd() + (excerpt === '' ? '' : `: ${excerpt}`)
}

/**
 * Milliseconds of a `Retry-After` header, seconds or a date; undefined when it is absent or says nothing.
 * Source: RFC 9110 section 10.2.3.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) || !/[a-z]/i.test(header) ? undefined : Math.max(0, date - nowMs)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
