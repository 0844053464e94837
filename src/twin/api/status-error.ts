/** One field or value that a request is refused for. Source: Kubernetes API reference, StatusCause. */
export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

/** What an API server answers instead of an object. Source: Kubernetes API reference, Status. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: Readonly<Record<string, unknown>>
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code: number
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** A request that is refused: thrown where it is noticed, turned into the answer at the edge of the API server. */
export class StatusError extends Error {
  readonly status: Status

  // biome-ignore lint/complexity/useMaxParams: the fifth is for the one refusal that has something to say there
  constructor(code: number, reason: string, message: string, details?: StatusDetails, metadata: Readonly<Record<string, unknown>> = {}) {
    const { stackTraceLimit } = Error
    // an answer, not a defect: nobody asks where it was thrown, and every pod that is looked for in vain would pay for it
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = stackTraceLimit
    this.name = 'StatusError'
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata,
      status: 'Failure',
      message,
      ...(reason === '' ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    }
  }

  get code(): number {
    return this.status.code
  }

  /** The same refusal with something in its `metadata` (a continue token). */
  withMetadata(metadata: Readonly<Record<string, unknown>>): StatusError {
    const { code, reason = '', details } = this.status
    return new StatusError(code, reason, this.message, details, metadata)
  }

  /** The same refusal in other words. */
  with({ message = this.message, details = this.status.details }: { message?: string; details?: StatusDetails | undefined }): StatusError {
    return new StatusError(this.status.code, this.status.reason ?? '', message, details)
  }
}

/** Which object a refusal speaks of; `kind` is the plural resource, as the real server has it there. */
export interface RefusedObject {
  readonly group: string
  readonly plural: string
  readonly name: string
}

function detailsOf({ group, plural, name }: RefusedObject): StatusDetails {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), ...(plural === '' ? {} : { kind: plural }) }
}

/** `pods` or `deployments.apps`: how messages and the store name a resource. */
export function groupResource(group: string, plural: string): string {
  return group === '' ? plural : `${plural}.${group}`
}

export function notFound(of: RefusedObject): StatusError {
  return new StatusError(404, 'NotFound', `${groupResource(of.group, of.plural)} "${of.name}" not found`, detailsOf(of))
}

export function alreadyExists(of: RefusedObject): StatusError {
  return new StatusError(409, 'AlreadyExists', `${groupResource(of.group, of.plural)} "${of.name}" already exists`, detailsOf(of))
}

/** An update or delete that does not fit to what is stored. */
export function conflict(of: RefusedObject, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${groupResource(of.group, of.plural)} "${of.name}": ${why}`
  return new StatusError(409, 'Conflict', message, detailsOf(of))
}

/** What an update with an old resourceVersion is told. */
export const staleVersion = 'the object has been modified; please apply your changes to the latest version and try again'

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message)
}

/** An object whose content is refused; here `details.kind` is the kind, not the plural. */
export function invalid(of: { group: string; kind: string; name: string }, causes: readonly StatusCause[]): StatusError {
  // What several checks have found is said once.
  const list = [...new Set(causes.map(({ field, message }) => (field === undefined ? message : `${field}: ${message}`)))]
  const text = list.length === 1 ? list[0] : `[${list.join(', ')}]`
  const kind = of.group === '' ? of.kind : `${of.kind}.${of.group}`
  const details = detailsOf({ name: of.name, group: of.group, plural: of.kind })
  return new StatusError(422, 'Invalid', `${kind} "${of.name}" is invalid: ${text}`, { ...details, causes })
}
