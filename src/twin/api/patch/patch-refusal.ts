import { invalid, StatusError } from '../status-error.ts'

/**
 * A patch that is well-formed and does not fit to the object: 422. The real server does not say why either.
 * Source: observed of kube-apiserver v1.20.
 */
export function patchDoesNotFit(): StatusError {
  return new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
}

/** A patch that the merging itself gives up on: 500 without a reason, as the real server answers it. */
export function patchFailed(message: string): StatusError {
  return new StatusError(500, '', message)
}

/** A patched object that cannot be read any more; `value` is its JSON text, or how Go prints the patch. */
export function patchedObjectInvalid(value: string, why: string): StatusError {
  const message = `Invalid value: ${JSON.stringify(value)}: ${why}`
  return invalid({ group: '', kind: '', name: '' }, [{ reason: 'FieldValueInvalid', message, field: 'patch' }])
}

/** A Content-Type that no built-in resource takes: 415, in the words of the router of the real server. */
export function unknownPatchType(): StatusError {
  return new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
}

/** A Content-Type that a custom resource does not take: 415. It takes no strategic merge patch. */
export function unsupportedPatchType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`
  return new StatusError(415, 'UnsupportedMediaType', message)
}
