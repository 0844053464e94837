import type { JobFacts } from '../kubernetes/job-facts.ts'
import { nodeOf } from './job-node.ts'
import { deleteJob, type PlanContext } from './node-work.ts'
import type { PlanAction } from './plan-decision.ts'

/** The server's own TTL controller comes first where it has one. */
const sweepDelayMs = 30_000

/** Jobs that nobody will look at again, and when the next one will be of that kind. */
export interface Sweep {
  readonly actions: readonly PlanAction[]
  readonly wakeAtMs?: number
}

/**
 * Finds Jobs to delete: those of nodes that are gone, those at work on a node that is not in turn, and ended ones whose time is up and that the
 * server has not removed itself (before v1.21 it does not).
 */
export function sweepJobs({ facts, nowMs }: PlanContext, inProgress: ReadonlySet<string>): Sweep {
  const nodes = new Set(facts.nodes.map((n) => n.name))
  const actions: PlanAction[] = []
  let wakeAtMs = Number.POSITIVE_INFINITY
  for (const job of facts.jobs) {
    if (job.deleting) continue
    const node = nodeOf(job)
    const atMs = nodes.has(node) ? goneMs(job, inProgress.has(node)) : 0
    if (atMs <= nowMs) actions.push(deleteJob(job))
    else wakeAtMs = Math.min(wakeAtMs, atMs)
  }
  return { actions, ...(wakeAtMs === Number.POSITIVE_INFINITY ? {} : { wakeAtMs }) }
}

/** Epoch milliseconds from which on nobody needs the Job; Infinity while somebody does. */
function goneMs(job: JobFacts, inProgress: boolean): number {
  if (job.end === undefined) return inProgress ? Number.POSITIVE_INFINITY : 0
  // what it has done is not yet noted on its node
  if (inProgress && job.end.kind === 'Complete') return Number.POSITIVE_INFINITY
  return job.end.atMs + ttlSeconds(job) * 1000 + sweepDelayMs
}

function ttlSeconds(job: JobFacts): number {
  return job.ttlSecondsAfterFinished ?? (Number(job.annotations['upgrade.cattle.io/ttl-seconds-after-finished'] ?? '0') || 0)
}
