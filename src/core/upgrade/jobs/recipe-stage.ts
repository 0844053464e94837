import type { JobFacts } from '../../kubernetes/job-facts.ts'
import type { PodFacts } from '../../kubernetes/pod-facts.ts'
import type { RunContext } from '../node/node-turn.ts'

/** Whether what the node will be changed by has been brought to it. A recipe's Job has looked at its binary when it has ended well. */
export function isStaged(job: JobFacts, pods: readonly PodFacts[], { settings }: RunContext): boolean {
  if (settings.recipe !== undefined) return job.end?.kind === 'Complete'
  // an image without the command has been pulled all the same
  return job.end !== undefined || pods.some((pod) => pod.containers.some(({ state }) => state !== 'Waiting'))
}
