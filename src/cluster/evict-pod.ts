import type { EvictionOutcome } from '../core/drain/eviction-answer.ts'
import { FalkirkError } from '../core/falkirk-error.ts'
import type { ApiClient } from './api-client.ts'
import { ApiError } from './api-error.ts'
import { itemPath } from './object-path.ts'
import { pods } from './resource.ts'

export interface EvictOptions {
  /** Overrides the pod's own grace period; 0 kills at once. */
  readonly gracePeriodSeconds?: number
  /** Judged by the server and not carried out. */
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
}

/** The pod that is meant: with its uid, a namesake created meanwhile is left alone. */
export interface EvictablePod {
  readonly namespace: string
  readonly name: string
  readonly uid?: string
}

/** The pause after a 429 that names none: what kubectl waits. */
const defaultRetryMs = 5_000

/**
 * Asks the API server once to evict a pod; every answer is an outcome, only an aborted signal is thrown.
 * Source: Kubernetes "API-initiated Eviction"; registry/core/pod/storage/eviction.go.
 */
export async function evictPod(client: ApiClient, pod: EvictablePod, options: EvictOptions = {}): Promise<EvictionOutcome> {
  try {
    await client.transport.json({
      method: 'POST',
      path: itemPath(pods, pod, 'eviction'),
      body: evictionBody(client.capabilities.evictionVersion, pod, options),
      whenBusy: 'Fail',
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    return { kind: 'Accepted' }
  } catch (error) {
    if (error instanceof ApiError) return outcomeOfAnswer(error)
    if (error instanceof FalkirkError) return { kind: 'Unavailable', message: error.message }
    throw error
  }
}

function evictionBody(version: string, { namespace, name, uid }: EvictablePod, { gracePeriodSeconds, dryRun = false }: EvictOptions) {
  const deleteOptions = {
    gracePeriodSeconds,
    preconditions: uid === undefined ? undefined : { uid },
    dryRun: dryRun ? ['All'] : undefined,
  }
  return { apiVersion: `policy/${version}`, kind: 'Eviction', metadata: { namespace, name }, deleteOptions }
}

function outcomeOfAnswer(error: ApiError): EvictionOutcome {
  const { status, message } = error
  switch (status) {
    case 404:
      // A 404 without a Status comes from a proxy or a wrong path and says nothing about the pod.
      return error.reason === 'NotFound' ? { kind: 'Gone' } : { kind: 'Unavailable', message }
    case 409:
      return isOtherPod(error) ? { kind: 'Gone' } : { kind: 'Unavailable', message }
    case 429:
      return outcomeOfTooManyRequests(error)
    case 403:
      return hasCause(error, 'NamespaceTerminating') ? { kind: 'NamespaceTerminating' } : { kind: 'Denied', message }
    case 500:
      return /more than one PodDisruptionBudget/i.test(message) ? { kind: 'SeveralBudgets', message } : { kind: 'Unavailable', message }
    default:
      return status >= 500 || status === 408 || status === 401 ? { kind: 'Unavailable', message } : { kind: 'Denied', message }
  }
}

function outcomeOfTooManyRequests({ causes, message, retryAfterMs }: ApiError): EvictionOutcome {
  const budget = causes.find((cause) => cause.reason === 'DisruptionBudget')
  // The server has not yet seen the budget's last change: the same cause, but no verdict.
  const undecided = budget !== undefined && /still being processed/i.test(budget.message)
  if (budget === undefined || undecided) return { kind: 'Throttled', retryAfterMs: retryAfterMs ?? defaultRetryMs }
  return {
    kind: 'BudgetRefused',
    message: budget.message === '' ? message : budget.message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

const hasCause = (error: ApiError, reason: string) => error.causes.some((cause) => cause.reason === reason)

const isOtherPod = (error: ApiError) => error.reason === 'Conflict' && /uid in (the )?precondition/i.test(error.message)
