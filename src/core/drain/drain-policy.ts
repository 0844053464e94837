import type { LabelSelector } from '../kubernetes/label-selector-schema.ts'
import type { DrainSpec } from '../plan/drain-spec.ts'
import { parseGoDuration } from '../plan/go-duration.ts'
import type { DrainRuleLookup } from './drain-rule.ts'

/** How a node is drained; what each field means is what the option of `kubectl drain` means. */
export interface DrainPolicy {
  /** Seconds; absent: each pod's own. 0 kills at once. */
  readonly gracePeriodSeconds?: number
  /** For the whole node; absent: no limit. */
  readonly timeoutMs?: number
  /** Also pods that nobody creates again, and those of a DaemonSet that is gone. */
  readonly force: boolean
  readonly ignoreDaemonSets: boolean
  /** Also pods whose emptyDir volumes are lost with them. */
  readonly deleteEmptyDirData: boolean
  /** Plain DELETE: disruption budgets are passed over. */
  readonly disableEviction: boolean
  /** A pod that should have ended longer ago than this is not waited for; 0 waits for all. */
  readonly skipWaitForDeleteTimeoutSeconds: number
  /** The rule of a pod; absent: there are none. */
  readonly ruleOf?: DrainRuleLookup
  /** A rule may delete a pod that a budget guards. */
  readonly mayDeletePastBudgets?: boolean
  /** Absent: every pod. */
  readonly podSelector?: LabelSelector
}

const nanosecondsPerMillisecond = 1e6

/**
 * The policy that a Plan's `spec.drain` stands for: DaemonSet pods stay and emptyDir data go unless it says otherwise, a timeout that is a number
 * counts nanoseconds. A timeout that is 0, negative or no duration sets no limit. Source: system-upgrade-controller v0.20.
 */
export function drainPolicy(spec: DrainSpec): DrainPolicy {
  const timeoutMs = timeoutOf(spec.timeout)
  return {
    ...(spec.gracePeriod === undefined || spec.gracePeriod < 0 ? {} : { gracePeriodSeconds: spec.gracePeriod }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    force: spec.force === true,
    ignoreDaemonSets: spec.ignoreDaemonSets !== false,
    deleteEmptyDirData: spec.deleteLocalData !== false && spec.deleteEmptydirData !== false,
    disableEviction: spec.disableEviction === true,
    skipWaitForDeleteTimeoutSeconds: Math.max(spec.skipWaitForDeleteTimeout ?? 0, 0),
    ...(spec.podSelector === undefined ? {} : { podSelector: spec.podSelector }),
  }
}

function timeoutOf(timeout: DrainSpec['timeout']): number | undefined {
  const nanoseconds = typeof timeout === 'string' ? parseGoDuration(timeout) : timeout
  return nanoseconds === undefined || nanoseconds <= 0 ? undefined : nanoseconds / nanosecondsPerMillisecond
}
