import { type JobFacts, templateAnnotation } from '../kubernetes/job-facts.ts'
import type { ContainerFacts } from '../kubernetes/pod-facts.ts'
import type { NodeAtWork } from './node-work.ts'
import type { PlanFacts } from './plan-facts.ts'

/**
 * Whether a node owes its cordon to this Job of a system-upgrade-controller, which leaves no journal. That controller's promise is kept
 * then: it makes a node schedulable again that its Job has cordoned.
 */
export function hasInheritedCordon(at: NodeAtWork, job: JobFacts | undefined, facts: PlanFacts): boolean {
  if (job === undefined || !at.node.unschedulable || at.journalUnreadable || at.journal.length > 0) return false
  return job.cordons && job.annotations[templateAnnotation] === undefined && mayHaveCordoned(job, facts)
}

/** A Job without any pod yet has not touched its node. Where pods may not be seen, an active Job counts as one that has. */
function mayHaveCordoned(job: JobFacts, { podsByJob }: PlanFacts): boolean {
  if (job.succeeded > 0 || job.failed > 0) return true
  if (job.active === 0) return false
  return podsByJob === undefined || (podsByJob.get(job.name) ?? []).some(({ containers }) => containers.some(hasActed))
}

/** The container that cordons has begun, or one that comes after it. */
function hasActed({ name, init, state }: ContainerFacts): boolean {
  return state !== 'Waiting' && (!init || name === 'cordon' || name === 'drain')
}
