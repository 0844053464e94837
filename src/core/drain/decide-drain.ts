import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { formatGoDuration } from '../plan/go-duration.ts'
import type { BudgetFacts } from './disruption-budget.ts'
import { classifyPod, type DaemonSetLookup, type PodVerdict } from './drain-filter.ts'
import { drainOutlook, type PodOutlook } from './drain-outlook.ts'
import type { DrainPolicy } from './drain-policy.ts'
import type { EvictionAnswer } from './eviction-answer.ts'

/** What a drain has met so far. Losing the answers costs some requests, nothing else. */
export interface DrainProgress {
  /** Epoch milliseconds. */
  readonly startedAtMs: number
  /** By pod UID. */
  readonly answers: ReadonlyMap<string, EvictionAnswer>
  /**
   * Pods that have come since the node's pods were read for the first time: epoch milliseconds by pod UID, by the clock of `startedAtMs`.
   * Their own creation times are those of the API server, whose clock may be another.
   */
  readonly arrivals?: ReadonlyMap<string, number>
}

export interface DrainInput {
  readonly node: NodeFacts
  /** All pods of the node. */
  readonly pods: readonly PodFacts[]
  /** Absent: budgets may not be read, the server alone judges. */
  readonly budgets?: readonly BudgetFacts[] | undefined
  readonly daemonSetExists: DaemonSetLookup
  readonly policy: DrainPolicy
  readonly progress: DrainProgress
  /** Epoch milliseconds. */
  readonly now: number
}

/** A pod that is not there yet where the drain wants it: gone. `why` is a clause behind its name. */
export interface WaitingPod {
  readonly pod: PodFacts
  readonly why: string
}

export interface SkippedPod {
  readonly pod: PodFacts
  readonly reason: Extract<PodVerdict, { verdict: 'Skip' }>['reason'] | 'CreatedLater'
}

export type DrainDecision =
  | { readonly kind: 'Cordon' }
  /** The node cannot be drained as it is; nothing is evicted. */
  | { readonly kind: 'Refused'; readonly message: string }
  | {
      readonly kind: 'Work'
      /** To be evicted now, in this order, without waiting for one another. */
      readonly evict: readonly PodFacts[]
      /** To be deleted now, past their budgets: only with `disableEviction`. */
      readonly remove: readonly PodFacts[]
      /** Those that are held up longest come first. */
      readonly waiting: readonly WaitingPod[]
      /** Pods that still have to go, and how many they were. */
      readonly left: number
      readonly total: number
      /** Epoch milliseconds: decide again then, even if nothing changes. */
      readonly wakeAtMs: number
    }
  | { readonly kind: 'Drained'; readonly skipped: readonly SkippedPod[] }
  | { readonly kind: 'TimedOut'; readonly message: string; readonly blockers: readonly WaitingPod[] }

/**
 * A pod that comes this long after the node was cordoned tolerates the cordon: evicting it would bring back the next one for ever. As kubectl drain
 * lists the pods once, it is left.
 */
const lateArrivalMs = 30_000
/** Looked at this often when nothing else is known to happen. */
const longestSleepMs = 60_000

/**
 * Decides the next step of draining one node: cordon, evict what may go now, wait for pods to be gone (their UID, not their name), until
 * only pods are left that stay. Never deletes past a disruption budget unless the policy says `disableEviction`.
 * Source: kubectl drain; unlike it, requests that failed are repeated, and budgets are respected before the server has to refuse.
 */
export function decideDrain(input: DrainInput): DrainDecision {
  const { node, policy, progress, now } = input
  const { leaving, skipped, refused } = classifyPods(input)
  const outlooks = drainOutlook(leaving, { ...input, answers: progress.answers, startedAtMs: progress.startedAtMs })
  const refusal = [...refused, ...deadlocks(outlooks)]
  if (refusal.length > 0) return { kind: 'Refused', message: `${node.name} cannot be drained: ${refusal.join('; ')}` }
  if (!node.unschedulable) return { kind: 'Cordon' }
  if (leaving.length === 0) return { kind: 'Drained', skipped }
  const endsAtMs = policy.timeoutMs === undefined ? Number.POSITIVE_INFINITY : progress.startedAtMs + policy.timeoutMs
  if (now >= endsAtMs) return timedOut(input, outlooks)
  const asked = outlooks.filter((o) => o.kind === 'Ask').map((o) => o.pod)
  // one that is asked for again is still held up by what the last answer said
  const waiting = heldUpFirst(outlooks.filter((o) => o.kind !== 'Ask' || progress.answers.has(o.pod.uid)))
  const present = new Set(input.pods.map((pod) => pod.uid))
  const gone = [...progress.answers.keys()].filter((uid) => !present.has(uid)).length
  return {
    kind: 'Work',
    evict: policy.disableEviction ? [] : asked,
    remove: policy.disableEviction ? asked : [],
    waiting,
    left: leaving.length,
    total: leaving.length + gone,
    wakeAtMs: Math.max(now + 1, Math.min(endsAtMs, now + longestSleepMs, ...outlooks.map((o) => o.nextMs))),
  }
}

interface ClassifiedPods {
  readonly leaving: readonly PodFacts[]
  readonly skipped: readonly SkippedPod[]
  /** One clause for each reason. */
  readonly refused: readonly string[]
}

function classifyPods({ pods, policy, daemonSetExists, progress, now }: DrainInput): ClassifiedPods {
  const leaving: PodFacts[] = []
  const skipped: SkippedPod[] = []
  const refused = new Map<string, { clause: string; more: number }>()
  for (const pod of [...pods].sort(byName)) {
    const verdict = classifyPod(pod, policy, daemonSetExists, now)
    if (verdict.verdict === 'Skip') skipped.push({ pod, reason: verdict.reason })
    else if (isLate(pod, progress)) skipped.push({ pod, reason: 'CreatedLater' })
    else if (verdict.verdict === 'Evict') leaving.push(pod)
    else {
      const known = refused.get(verdict.reason)
      if (known) known.more++
      else refused.set(verdict.reason, { clause: `${nameOf(pod)} ${verdict.message}`, more: 0 })
    }
  }
  return { leaving, skipped, refused: [...refused.values()].map(({ clause, more }) => withMore(clause, more)) }
}

function isLate({ uid }: PodFacts, { startedAtMs, arrivals }: DrainProgress): boolean {
  const cameMs = arrivals?.get(uid)
  return cameMs !== undefined && cameMs > startedAtMs + lateArrivalMs
}

function deadlocks(outlooks: readonly PodOutlook[]): readonly string[] {
  const locked = outlooks.filter((o) => o.deadlock !== undefined)
  const [first] = locked
  return first === undefined ? [] : [withMore(`${nameOf(first.pod)} ${first.deadlock}`, locked.length - 1)]
}

function timedOut({ node, policy }: DrainInput, outlooks: readonly PodOutlook[]): DrainDecision {
  const blockers = heldUpFirst(outlooks)
  const named = blockers.slice(0, 3).map(({ pod, why }) => `${nameOf(pod)} ${why}`)
  const more = blockers.length > 3 ? [`${blockers.length - 3} more`] : []
  const limit = formatGoDuration((policy.timeoutMs ?? 0) * 1e6)
  const message = `${node.name} was not drained within ${limit}: ${[...named, ...more].join(', ')}; let them go, or raise spec.drain.timeout`
  return { kind: 'TimedOut', message, blockers }
}

const heldUp: readonly PodOutlook['kind'][] = ['Wait', 'Ask', 'Overdue', 'Ending']

/** Pods that wait to be let go before those that are ending already. */
function heldUpFirst(outlooks: readonly PodOutlook[]): readonly WaitingPod[] {
  return [...outlooks].sort((a, b) => heldUp.indexOf(a.kind) - heldUp.indexOf(b.kind)).map(({ pod, why }) => ({ pod, why }))
}

/** One sentence on where a drain stands, the same for the same state: no times, so that a status is not written for nothing. */
export function drainMessage(node: Pick<NodeFacts, 'name'>, decision: DrainDecision): string {
  switch (decision.kind) {
    case 'Cordon':
      return `${node.name}: about to be cordoned`
    case 'Refused':
    case 'TimedOut':
      return decision.message
    case 'Drained': {
      const stay = decision.skipped.length
      return stay === 0 ? `${node.name}: drained` : `${node.name}: drained, ${stay} ${stay === 1 ? 'pod stays' : 'pods stay'}`
    }
    case 'Work': {
      const [first] = decision.waiting
      const many = `${node.name}: ${decision.left} of ${decision.total} ${decision.total === 1 ? 'pod' : 'pods'} left`
      return first === undefined ? many : `${many}; ${nameOf(first.pod)} ${first.why}`
    }
  }
}

function withMore(clause: string, more: number): string {
  return more === 0 ? clause : `${clause} (and ${more} more like it)`
}

function nameOf(pod: PodFacts): string {
  return `${pod.namespace}/${pod.name}`
}

function byName(a: PodFacts, b: PodFacts): number {
  const [left, right] = [nameOf(a), nameOf(b)]
  if (left === right) return 0
  return left < right ? -1 : 1
}
