import type { LeavingPod } from './classify-pods.ts'
import { drainOutlook, type OutlookInput, type PodOutlook } from './drain-outlook.ts'

const ranks = { First: 0, Between: 1, Last: 2 } as const

/** What stands between pods and their end, and what is to be asked for those that may go now. */
export interface RuledOutlooks {
  readonly outlooks: readonly PodOutlook[]
  /** Outlooks of pods that are deleted and not evicted. */
  readonly deleted: ReadonlySet<PodOutlook>
}

/**
 * Looks at pods as their rules say: pods of a later order wait until all of an earlier one are gone; what is to end by itself is waited for, until the drain is
 * one that breaks budgets.
 */
export function ruledOutlook(leaving: readonly LeavingPod[], input: OutlookInput): RuledOutlooks {
  const rank = Math.min(...leaving.map(rankOf))
  const now = leaving.filter((one) => rankOf(one) === rank)
  const isWaited = ({ pod, rule }: LeavingPod) =>
    rule?.behaviour === 'WaitCompleted' && pod.deletionAtMs === undefined && !input.policy.disableEviction
  const isDeleted = ({ rule }: LeavingPod) => rule?.behaviour === 'Delete'
  const evicted = now.filter((one) => !isWaited(one) && !isDeleted(one)).map(({ pod }) => pod)
  const past = drainOutlook(
    now.filter(isDeleted).map(({ pod }) => pod),
    { ...input, policy: { ...input.policy, disableEviction: true } },
  )
  const outlooks = [
    ...drainOutlook(evicted, input),
    ...past,
    ...now.filter(isWaited).map((one) => waiting(one, 'is waited for until it has ended')),
    ...leaving
      .filter((one) => rankOf(one) > rank)
      .map((one) => waiting(one, rank === ranks.First ? 'waits for those that go first' : 'goes last')),
  ]
  return { outlooks, deleted: new Set(past) }
}

function rankOf({ rule }: LeavingPod): number {
  return ranks[rule?.order ?? 'Between']
}

function waiting({ pod, rule }: LeavingPod, why: string): PodOutlook {
  const told = rule === undefined ? why : `${why} (${rule.field})`
  return { pod, kind: pod.deletionAtMs === undefined ? 'Wait' : 'Ending', why: told, nextMs: Number.POSITIVE_INFINITY }
}
