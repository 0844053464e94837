import type { ServiceDisruption } from './disruption-record.ts'
import type { Cause } from './pod-cause.ts'
import type { Expectation } from './scenario-schema.ts'

/** How a scenario has ended. */
export interface Outcome {
  readonly verdict: 'Finishes' | 'Stuck'
  /** Milliseconds from the begin to the end, or to when it was given up. */
  readonly tookMs: number
  readonly causes: readonly Cause[]
  readonly disruptions: readonly ServiceDisruption[]
  /** Milliseconds for which the API could not be used. */
  readonly apiAwayMs: number
}

/** What of an outcome is not as expected, a sentence each; empty when all is. */
export function judgeOutcome(outcome: Outcome, expected: Expectation): readonly string[] {
  const { verdict, tookMs, causes, disruptions, apiAwayMs } = outcome
  const problems: string[] = []
  const found = causes.map(causeText).join('; ') || 'nothing is in its way'
  if (verdict !== expected.verdict) problems.push(`it ${verdictText(verdict, tookMs)}, expected was ${expected.verdict}: ${found}`)
  for (const cause of expected.causes ?? []) {
    if (!causes.some((one) => fits(one, cause))) problems.push(`no cause is ${JSON.stringify(cause)}; found: ${found}`)
  }
  for (const { service, ...limits } of expected.outages ?? []) {
    const { awayMs } = disruptions.find((one) => one.service === service) ?? {}
    if (awayMs === undefined) problems.push(`the Service ${service} had no ready endpoint when it began`)
    else problems.push(...outside(`the Service ${service} was without endpoints for`, awayMs, limits))
  }
  if (expected.apiAway !== undefined) problems.push(...outside('the API was away for', apiAwayMs, expected.apiAway))
  if (expected.within !== undefined && tookMs > expected.within)
    problems.push(`it took ${tookMs / 1000}s, at most ${expected.within / 1000}s was expected`)
  return problems
}

/** One line for a person. */
function causeText({ reason, object, message }: Cause): string {
  return `${reason} ${object}: ${message}`
}

function verdictText(verdict: Outcome['verdict'], tookMs: number): string {
  return verdict === 'Finishes' ? `finishes after ${tookMs / 1000}s` : `is stuck after ${tookMs / 1000}s`
}

function fits(cause: Cause, expected: NonNullable<Expectation['causes']>[number]): boolean {
  if (cause.reason !== expected.reason) return false
  if (expected.object !== undefined && !matchesName(cause.object, expected.object)) return false
  return expected.message === undefined || cause.message.includes(expected.message)
}

/** `default/web-*` fits what begins so. */
function matchesName(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function outside(what: string, ms: number, { atLeast, atMost }: { atLeast?: number | undefined; atMost?: number | undefined }): string[] {
  if (atLeast !== undefined && ms < atLeast) return [`${what} ${ms / 1000}s, expected were at least ${atLeast / 1000}s`]
  if (atMost !== undefined && ms > atMost) return [`${what} ${ms / 1000}s, expected were at most ${atMost / 1000}s`]
  return []
}
