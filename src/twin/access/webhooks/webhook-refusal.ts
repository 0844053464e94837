import { StatusError } from '../../api/status-error.ts'
import type { AdmissionAnswer } from './admission-review.ts'

/** From then on a message says that it is about a call. */
const wordedSince = 22

/** What a client is told of a webhook that says no. Source: Kubernetes, admission/plugin/webhook/errors ToStatusErr. */
export function deniedBy(webhook: string, { status = {} }: AdmissionAnswer): StatusError {
  const { message, reason = '', code = 0, details } = status
  const why = message || reason
  const text = `admission webhook ${JSON.stringify(webhook)} denied the request`
  return new StatusError(Math.max(code, 400), reason, why ? `${text}: ${why}` : `${text} without explanation`, details)
}

/** What a client is told of a webhook that cannot be asked, or does not answer as it should. */
export function callFailed(webhook: string, why: string): StatusError {
  return internalError(`failed calling webhook ${JSON.stringify(webhook)}: ${why}`)
}

/** How the reason begins when the request itself has failed. */
export function requestFailed(url: string, why: string, minor: number): string {
  return `${minor < wordedSince ? '' : 'failed to call webhook: '}Post ${JSON.stringify(url)}: ${why}`
}

/** The words for an HTTP status that is no success. Source: client-go rest, transformResponse. */
export function answeredWith(status: number, minor: number): string {
  return `${minor < wordedSince ? '' : 'failed to call webhook: '}${wordsOfStatus(status)}`
}

function wordsOfStatus(status: number): string {
  switch (status) {
    case 404:
      return 'the server could not find the requested resource'
    case 401:
      return 'the server has asked for the client to provide credentials'
    case 403:
      return 'unknown'
    case 429:
      return 'the server has received too many requests and has asked us to try again later'
    case 503:
      return 'the server is currently unable to handle the request'
    default:
      if (status >= 500) return 'an error on the server ("unknown") has prevented the request from succeeding'
      return `the server responded with the status code ${status} but did not return more information`
  }
}

export function internalError(message: string): StatusError {
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}

/** A webhook that does something beside answering cannot be asked only to see what would happen. */
export function noDryRun(webhook: string): StatusError {
  return new StatusError(400, 'BadRequest', `admission webhook ${JSON.stringify(webhook)} does not support dry run`)
}
