/** What a caller may do after a fault: try again after a pause, or not at all. */
export type Retry = 'backoff' | 'never'

/**
 * Every code a user can meet. `docs/errors.md` has one section for each; a test holds both lists equal.
 */
export const errorCodes = [
  'FK_API_REFUSED',
  'FK_API_UNREACHABLE',
  'FK_BAD_SETTING',
  'FK_CRD_OUTDATED',
  'FK_EXEC_PLUGIN',
  'FK_FORBIDDEN',
  'FK_HOST',
  'FK_INVENTORY',
  'FK_KUBECONFIG',
  'FK_LEASE_LOST',
  'FK_MANIFEST',
  'FK_NO_RUN',
  'FK_RECIPE',
  'FK_RELEASES',
  'FK_SCENARIO',
  'FK_SERVER_TOO_OLD',
  'FK_SNAPSHOT',
  'FK_UPGRADE_REFUSED',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/**
 * A fault that a user may see: a stable code, one sentence with the fix, and the cause behind it.
 * Refusals that belong to the domain (a blocked node, an invalid Plan) are data, not errors.
 */
export class FalkirkError extends Error {
  readonly code: ErrorCode
  readonly retry: Retry

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retry?: Retry } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'FalkirkError'
    this.code = code
    this.retry = options.retry ?? 'never'
  }
}
