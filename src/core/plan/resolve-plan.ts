import { mungeVersion } from '../version/kubernetes-version.ts'
import { channelRequest, pollDue } from './channel.ts'
import { conditionOf, withCondition, withConfirmation } from './plan-conditions.ts'
import type { ChannelPoll, PlanEvent } from './plan-decision.ts'
import type { PlanFacts } from './plan-facts.ts'
import { planHash } from './plan-hash.ts'
import { planOptions } from './plan-options.ts'
import type { PlanCondition } from './plan-status.ts'
import { validatePlan } from './validate-plan.ts'
import { backwardsChannelAnswer } from './version-guard.ts'

/** The first half of a Plan's decision: is it valid, which version does it mean, what is its hash. */
export interface Resolution {
  readonly conditions: readonly PlanCondition[]
  readonly latestVersion: string
  readonly latestHash: string
  /** Valid and resolved: nodes may be started. */
  readonly usable: boolean
  readonly events: readonly PlanEvent[]
  readonly poll?: ChannelPoll
}

interface Versioned {
  readonly conditions: readonly PlanCondition[]
  readonly latestVersion: string
  readonly resolved: boolean
  readonly events: readonly PlanEvent[]
  readonly poll?: ChannelPoll
}

const missingBoth = 'cannot resolve plan: missing channel and version'

/** Validates, resolves and hashes a Plan, in this order. Source: system-upgrade-controller v0.20, with its channel polled by a timer. */
export function resolvePlan(facts: PlanFacts, clusterId: string, nowMs: number): Resolution {
  const { plan } = facts
  const previous = plan.status?.conditions ?? []
  let conditions = withUnknown(previous, nowMs)
  const versioned = resolveVersion(facts, conditions, clusterId, nowMs)
  const missingSecrets = hashedSecrets(facts).filter((name) => !facts.secretHashes.has(name))
  const optionsProblem = planOptions(plan.metadata.annotations ?? {}).problem
  const problem = validatePlan({
    plan,
    missingSecrets,
    latestVersion: versioned.latestVersion,
    ...(optionsProblem === undefined ? {} : { optionsProblem }),
  })
  const validated = validate(conditions, problem, nowMs)
  conditions = mergeResolved(validated.conditions, versioned.conditions)
  const hashable = versioned.latestVersion !== '' && missingSecrets.length === 0
  return {
    conditions,
    latestVersion: versioned.latestVersion,
    latestHash: hashable
      ? planHash({ plan, latestVersion: versioned.latestVersion, secretHashes: facts.secretHashes })
      : (plan.status?.latestHash ?? ''),
    usable: problem === undefined && versioned.resolved && hashable,
    events: [...validated.events, ...versioned.events],
    ...(versioned.poll === undefined ? {} : { poll: versioned.poll }),
  }
}

/** Names of the Secrets whose content takes part in the hash. */
function hashedSecrets(facts: Pick<PlanFacts, 'plan'>): readonly string[] {
  return (facts.plan.spec.secrets ?? []).filter((s) => s.ignoreUpdates !== true).map((s) => s.name)
}

/** Complete, Validated, LatestResolved exist in this order from the first moment on. */
function withUnknown(conditions: readonly PlanCondition[], nowMs: number): readonly PlanCondition[] {
  let next = conditions
  for (const type of ['Complete', 'Validated', 'LatestResolved']) {
    if (conditionOf(next, type) === undefined) next = withCondition(next, type, { status: 'Unknown' }, nowMs)
  }
  return next
}

function mergeResolved(conditions: readonly PlanCondition[], from: readonly PlanCondition[]): readonly PlanCondition[] {
  const resolved = conditionOf(from, 'LatestResolved')
  return conditions.map((c) => (c.type === 'LatestResolved' && resolved !== undefined ? resolved : c))
}

function validate(
  conditions: readonly PlanCondition[],
  problem: string | undefined,
  nowMs: number,
): { conditions: readonly PlanCondition[]; events: readonly PlanEvent[] } {
  const before = conditionOf(conditions, 'Validated')
  if (problem === undefined) {
    return {
      conditions: withCondition(conditions, 'Validated', { status: 'True', reason: 'PlanIsValid', message: '' }, nowMs),
      events: before?.status === 'True' ? [] : [{ type: 'Normal', reason: 'Validated', message: 'Plan is valid' }],
    }
  }
  const known = before?.status === 'False' && before.message === problem
  return {
    conditions: withCondition(conditions, 'Validated', { status: 'False', reason: 'Error', message: problem }, nowMs),
    events: known ? [] : [{ type: 'Warning', reason: 'ValidateFailed', message: `Failed to validate plan: ${problem}` }],
  }
}

function resolveVersion(facts: PlanFacts, conditions: readonly PlanCondition[], clusterId: string, nowMs: number): Versioned {
  const { spec, status } = facts.plan
  const known = status?.latestVersion ?? ''
  if (spec.version) return resolved(conditions, known, { kind: 'Version', version: mungeVersion(spec.version) }, nowMs)
  if (spec.channel) return resolveChannel(facts, conditions, { url: spec.channel, clusterId, nowMs })
  const before = conditionOf(conditions, 'LatestResolved')
  return {
    conditions: withCondition(conditions, 'LatestResolved', { status: 'False', reason: 'Error', message: missingBoth }, nowMs),
    latestVersion: known,
    resolved: false,
    events: before?.message === missingBoth ? [] : [{ type: 'Warning', reason: 'ResolveFailed', message: missingBoth }],
  }
}

interface ResolvedBy {
  readonly kind: 'Version' | 'Channel'
  readonly version: string
}

function resolved(conditions: readonly PlanCondition[], known: string, by: ResolvedBy, nowMs: number): Versioned {
  const { version } = by
  const fresh = conditionOf(conditions, 'LatestResolved')?.status !== 'True' || known !== version
  return {
    conditions: withCondition(conditions, 'LatestResolved', { status: 'True', reason: by.kind, message: '' }, nowMs),
    latestVersion: version,
    resolved: true,
    events: fresh ? [{ type: 'Normal', reason: 'Resolved', message: `Resolved latest version from Spec.${by.kind}: ${version}` }] : [],
  }
}

function resolveChannel(
  facts: PlanFacts,
  conditions: readonly PlanCondition[],
  { url, clusterId, nowMs }: { url: string; clusterId: string; nowMs: number },
): Versioned {
  const known = facts.plan.status?.latestVersion ?? ''
  const last = facts.channel?.url === url ? facts.channel : undefined
  const versioned = channelVersion(facts, conditions, last, nowMs)
  const condition = conditionOf(versioned.conditions, 'LatestResolved')
  const confirmedMs = condition?.reason === 'Channel' && condition.lastUpdateTime ? Date.parse(condition.lastUpdateTime) : undefined
  const { nextMs } = pollDue({
    resolved: versioned.resolved,
    intervalMs: facts.settings.planPollingIntervalMs,
    nowMs,
    failures: last?.failures ?? 0,
    ...(confirmedMs === undefined || (facts.channel?.url !== undefined && last === undefined) ? {} : { lastResolvedMs: confirmedMs }),
    ...(last === undefined ? {} : { lastAttemptMs: last.attemptedAtMs }),
  })
  const poll = { atMs: nextMs, ...channelRequest({ channel: url, clusterId, latestVersion: known }) }
  return { ...versioned, poll }
}

/** What the last answer of the channel means for the Plan; without one the status stands as it is. */
function channelVersion(facts: PlanFacts, conditions: readonly PlanCondition[], last: PlanFacts['channel'], nowMs: number): Versioned {
  const known = facts.plan.status?.latestVersion ?? ''
  const before = conditionOf(conditions, 'LatestResolved')
  if (last === undefined) {
    return { conditions, latestVersion: known, resolved: before?.status === 'True' && known !== '', events: [] }
  }
  if (last.outcome.kind === 'Unusable') return refused(conditions, known, last.outcome.message, nowMs)
  const version = mungeVersion(last.outcome.version)
  const allow = planOptions(facts.plan.metadata.annotations ?? {}).options.allow
  const backwards =
    known === '' || allow.has('downgrade') ? undefined : backwardsChannelAnswer(known, version, facts.plan.spec.upgrade.image)
  if (backwards !== undefined) return refused(conditions, known, backwards, nowMs)
  const next = resolved(conditions, known, { kind: 'Channel', version }, nowMs)
  const confirmed = conditionOf(next.conditions, 'LatestResolved')
  const stale = Date.parse(confirmed?.lastUpdateTime ?? '') < Math.floor(last.attemptedAtMs / 1000) * 1000
  return stale ? { ...next, conditions: withConfirmation(next.conditions, 'LatestResolved', last.attemptedAtMs) } : next
}

/** A channel that cannot be used leaves a Plan on the version it has; only a Plan without one is unresolved. */
function refused(conditions: readonly PlanCondition[], known: string, problem: string, nowMs: number): Versioned {
  const before = conditionOf(conditions, 'LatestResolved')
  const keeps = before?.status === 'True' && known !== ''
  const message = keeps ? `${problem}; stays with ${known}` : problem
  const content = keeps
    ? ({ status: 'True', reason: 'Channel', message } as const)
    : ({ status: 'False', reason: 'Error', message } as const)
  const next = withCondition(conditions, 'LatestResolved', content, nowMs)
  const kept = keeps && before.lastUpdateTime ? keepUpdateTime(next, before.lastUpdateTime) : next
  return {
    conditions: kept,
    latestVersion: known,
    resolved: keeps,
    events:
      before?.message === message
        ? []
        : [{ type: 'Warning', reason: 'ResolveFailed', message: `Failed to resolve latest version from Spec.Channel: ${problem}` }],
  }
}

/** A failed poll does not count as a confirmation. */
function keepUpdateTime(conditions: readonly PlanCondition[], lastUpdateTime: string): readonly PlanCondition[] {
  return conditions.map((c) => (c.type === 'LatestResolved' ? { ...c, lastUpdateTime } : c))
}
