import { groupResource, type RefusedObject, StatusError } from '../status-error.ts'
import type { TwinResponse } from './twin-request.ts'

/** A refusal as an answer, with `Retry-After` where it says when to come again. */
export function refusalAnswer(error: StatusError, retryAfterSeconds = error.status.details?.retryAfterSeconds): TwinResponse {
  const headers = retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }
  return { kind: 'Object', status: error.code, ...headers, object: error.status, as: 'Json' }
}

/** What the real server refuses without a `Status`, in one line of text. Thrown where it is noticed. */
export class InternalTextError extends Error {
  /** The whole answer; `uri` is the path with its query. */
  answer(uri: string): TwinResponse {
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }
    return { kind: 'Bytes', status: 500, headers, body: `Internal Server Error: ${JSON.stringify(uri)}: ${this.message}\n` }
  }
}

/** A path under which nothing is served. */
export const pathNotFound: TwinResponse = {
  kind: 'Bytes',
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: '404 page not found\n',
}

/** A resource that a group does not have. */
export function unknownResource(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})
}

const verbs: ReadonlySet<string> = new Set(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'])

/** A verb that a custom resource does not have; a method that stands for none is called nothing. */
export function methodNotSupported({ group, plural }: RefusedObject, verb: string): StatusError {
  const message = `${verbs.has(verb) ? verb : ''} is not supported on resources of kind "${groupResource(group, plural)}"`
  return new StatusError(405, 'MethodNotAllowed', message, { group, kind: plural })
}

/** A verb that a resource does not have. */
export function methodNotAllowed(): StatusError {
  return new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}
