import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { formatGoDuration } from '../plan/go-duration.ts'
import { classifyPods, podName, withMore } from './classify-pods.ts'
import type { DrainInput, SkippedPod } from './drain-input.ts'
import type { PodOutlook } from './drain-outlook.ts'
import { ruledOutlook } from './rule-outlook.ts'

/** A pod that is not there yet where the drain wants it: gone. `why` is a clause behind its name. */
export interface WaitingPod {
  readonly pod: PodFacts
  readonly why: string
}

export type DrainDecision =
  | { readonly kind: 'Cordon' }
  /** The node cannot be drained as it is; nothing is evicted. */
  | { readonly kind: 'Refused'; readonly message: string }
  | {
      readonly kind: 'Work'
      /** To be evicted now, in this order, without waiting for one another. */
      readonly evict: readonly PodFacts[]
      /** To be deleted now: by a rule, or with `disableEviction` past their budgets. */
      readonly remove: readonly PodFacts[]
      /** Those that are held up longest come first. */
      readonly waiting: readonly WaitingPod[]
      readonly skipped: readonly SkippedPod[]
      /** Pods that still have to go, and how many they were. */
      readonly left: number
      readonly total: number
      /** Epoch milliseconds: decide again then, even if nothing changes. */
      readonly wakeAtMs: number
    }
  | { readonly kind: 'Drained'; readonly skipped: readonly SkippedPod[] }
  | { readonly kind: 'TimedOut'; readonly message: string; readonly blockers: readonly WaitingPod[] }

/** Looked at this often when nothing else is known to happen. */
const longestSleepMs = 60_000

/**
 * Decides the next step of draining one node: cordon, evict what may go now, wait for pods to be gone (their UID, not their name), until
 * only pods are left that stay. Never deletes past a disruption budget unless the policy says `disableEviction` or `mayDeletePastBudgets`.
 * Source: kubectl drain; unlike it, requests that failed are repeated, and budgets are respected before the server has to refuse.
 */
export function decideDrain(input: DrainInput): DrainDecision {
  const { node, policy, progress, now } = input
  const { leaving, skipped, refused } = classifyPods(input)
  const { outlooks, deleted } = ruledOutlook(leaving, { ...input, answers: progress.answers, startedAtMs: progress.startedAtMs })
  const refusal = [...refused, ...deadlocks(outlooks)]
  if (refusal.length > 0) return { kind: 'Refused', message: `${node.name} cannot be drained: ${refusal.join('; ')}` }
  if (!node.unschedulable) return { kind: 'Cordon' }
  if (leaving.length === 0) return { kind: 'Drained', skipped }
  const endsAtMs = policy.timeoutMs === undefined ? Number.POSITIVE_INFINITY : progress.startedAtMs + policy.timeoutMs
  if (now >= endsAtMs) return timedOut(input, outlooks)
  const asked = outlooks.filter((o) => o.kind === 'Ask')
  const isDeletion = (o: PodOutlook) => policy.disableEviction || deleted.has(o)
  // one that is asked for again is still held up by what the last answer said
  const waiting = heldUpFirst(outlooks.filter((o) => o.kind !== 'Ask' || progress.answers.has(o.pod.uid)))
  const present = new Set(input.pods.map((pod) => pod.uid))
  const gone = [...progress.answers.keys()].filter((uid) => !present.has(uid)).length
  return {
    kind: 'Work',
    evict: asked.filter((o) => !isDeletion(o)).map((o) => o.pod),
    remove: asked.filter(isDeletion).map((o) => o.pod),
    waiting,
    skipped,
    left: leaving.length,
    total: leaving.length + gone,
    wakeAtMs: Math.max(now + 1, Math.min(endsAtMs, now + longestSleepMs, ...outlooks.map((o) => o.nextMs))),
  }
}

function deadlocks(outlooks: readonly PodOutlook[]): readonly string[] {
  const locked = outlooks.filter((o) => o.deadlock !== undefined)
  const [first] = locked
  return first === undefined ? [] : [withMore(`${podName(first.pod)} ${first.deadlock}`, locked.length - 1)]
}

function timedOut({ node, policy }: DrainInput, outlooks: readonly PodOutlook[]): DrainDecision {
  const blockers = heldUpFirst(outlooks)
  const named = blockers.slice(0, 3).map(({ pod, why }) => `${podName(pod)} ${why}`)
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
      return first === undefined ? many : `${many}; ${podName(first.pod)} ${first.why}`
    }
  }
}
