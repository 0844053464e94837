import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { failureMessage } from '../plan/failure-message.ts'
import { failing, type NodeAtWork, type NodeTurn, type RunContext, working } from './node-turn.ts'

/** Whether what the node will be changed by has been brought to it. A recipe's Job has looked at its binary when it has ended well. */
export function isStaged(job: JobFacts, pods: readonly PodFacts[], { settings }: RunContext): boolean {
  if (settings.recipe !== undefined) return job.end?.kind === 'Complete'
  // an image without the command has been pulled all the same
  return job.end !== undefined || pods.some((pod) => pod.containers.some(({ state }) => state !== 'Waiting'))
}

/** The failure of a recipe's Job that has found its binary to be the wrong one: before anything on the node was disturbed. */
export function stageFailure({ node }: NodeAtWork, job: JobFacts, { settings, facts }: RunContext): NodeTurn | undefined {
  if (settings.recipe === undefined || job.end === undefined || job.end.kind === 'Complete') return undefined
  const log = facts.failures.get(job.uid)?.log
  if (log === undefined) return working([{ kind: 'ReadFailure', node: node.name, jobName: job.name, jobUid: job.uid }])
  const message = failureMessage({ job, node: node.name, pods: facts.podsByJob.get(job.name) ?? [], log, previous: '' })
  return failing({ reason: 'StageFailed', message })
}
