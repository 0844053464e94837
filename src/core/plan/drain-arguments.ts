import { selectorProblem, selectorRequirements, selectorText } from '../kubernetes/label-selector.ts'
import type { LabelSelector } from '../kubernetes/label-selector-schema.ts'
import type { DrainSpec } from './drain-spec.ts'
import { formatGoDuration } from './go-duration.ts'

/**
 * The arguments of `kubectl drain` for a node, in the order of system-upgrade-controller v0.20. A `timeout` that is a number counts
 * nanoseconds.
 */
export function drainArguments(nodeName: string, drain: DrainSpec): string[] {
  const movesLocalData = drain.deleteLocalData !== false && drain.deleteEmptydirData !== false
  const skipWaitSeconds = drain.skipWaitForDeleteTimeout ?? 0
  return [
    'drain',
    nodeName,
    '--pod-selector',
    drainSelector(drain.podSelector),
    ...(drain.ignoreDaemonSets === false ? [] : ['--ignore-daemonsets']),
    ...(movesLocalData ? ['--delete-emptydir-data'] : []),
    ...(drain.force === true ? ['--force'] : []),
    ...(drain.timeout === undefined ? [] : ['--timeout', timeoutText(drain.timeout)]),
    ...(drain.gracePeriod === undefined ? [] : ['--grace-period', String(drain.gracePeriod)]),
    ...(drain.disableEviction === true ? ['--disable-eviction=true'] : []),
    ...(skipWaitSeconds > 0 ? ['--skip-wait-for-delete-timeout', String(skipWaitSeconds)] : []),
  ]
}

/** Upgrade pods and the controller itself are never drained; a selector that cannot be read selects no fewer (validation names it). */
function drainSelector(podSelector: LabelSelector | undefined): string {
  const own = { kind: 'DoesNotExist', key: 'upgrade.cattle.io/controller' } as const
  const usable = podSelector !== undefined && selectorProblem(podSelector) === undefined
  return selectorText([own, ...(usable ? selectorRequirements(podSelector) : [])])
}

function timeoutText(timeout: string | number): string {
  return typeof timeout === 'number' ? formatGoDuration(timeout) : timeout
}
