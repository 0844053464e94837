import { hostSteps } from '../hosts/node-hosts.ts'
import { jobSteps } from '../jobs/node-jobs.ts'
import type { NodeAtWork } from './node-turn.ts'
import type { StepMeans } from './step-work.ts'

/** What brings this node to its version: what it was started with, whatever the spec says by now. */
export function stepsOf({ entry }: Pick<NodeAtWork, 'entry'>): StepMeans {
  return entry.via === 'SSH' ? hostSteps : jobSteps
}
