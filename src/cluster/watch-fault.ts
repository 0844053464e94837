import { ApiError, isGone } from './api-error.ts'

/** Why a collection cannot be watched although the API server answers; somebody has to change something. */
export interface ReflectorProblem {
  readonly reason: 'Unauthorized' | 'Forbidden' | 'NotFound'
  readonly verb: 'list' | 'watch'
  /** One sentence with the evidence and the fix. */
  readonly message: string
}

/**
 * What an error of a list or a watch means for what comes next.
 * `Resume`: watch on from where it stood; `List`: the history is lost; `ListInPages`: the server cannot stream its first state;
 * `Refused`: a problem that does not pass by itself.
 */
export type WatchFault =
  | { readonly kind: 'Resume' }
  | { readonly kind: 'List' }
  | { readonly kind: 'ListInPages' }
  | { readonly kind: 'Refused'; readonly problem: ReflectorProblem; readonly historyLost: boolean }

/** What was asked of the server when it failed; `Stream` is a watch that begins with the first state. */
export type WatchPhase = 'List' | 'Stream' | 'Watch'

/** Judges an error of the request for `path` in this phase. */
export function judgeFault(error: unknown, phase: WatchPhase, path: string): WatchFault {
  if (error instanceof ApiError) {
    const problem = problemOf(error, phase === 'List' ? 'list' : 'watch', path)
    // 404 does not empty the cache: a server that starts up does not know custom resources for a while.
    if (problem !== undefined) return { kind: 'Refused', problem, historyLost: phase !== 'Watch' || problem.reason === 'NotFound' }
    const badRequest = error.status === 400 || error.status === 422
    if (phase === 'Stream' && badRequest) return { kind: 'ListInPages' }
    if (isGone(error) || badRequest || isAheadOfServer(error)) return { kind: 'List' }
  }
  return phase === 'Watch' ? { kind: 'Resume' } : { kind: 'List' }
}

/** The server's history went back (restored from a backup), or this server of several lags behind. */
function isAheadOfServer(error: ApiError): boolean {
  return error.causes.some((cause) => cause.reason === 'ResourceVersionTooLarge')
}

function problemOf(error: ApiError, verb: 'list' | 'watch', path: string): ReflectorProblem | undefined {
  const resource = path.slice(path.lastIndexOf('/') + 1)
  switch (error.status) {
    case 401:
      return {
        reason: 'Unauthorized',
        verb,
        message: `cannot ${verb} ${resource}: the API server does not accept the credentials, renew them: ${error.message}`,
      }
    case 403:
      return { reason: 'Forbidden', verb, message: `cannot ${verb} ${resource}, which takes the verbs list and watch: ${error.message}` }
    case 404:
      return {
        reason: 'NotFound',
        verb,
        message: `cannot ${verb} ${resource}: the API server does not serve ${path}; install the CustomResourceDefinition of ${resource}, or wait until the server has loaded it`,
      }
    default:
      return undefined
  }
}
