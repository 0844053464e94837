import type { JobFacts } from '../kubernetes/job-facts.ts'
import { parseVersion, sameRelease } from '../version/kubernetes-version.ts'
import { failing, type NodeAtWork, type NodeTurn, type RunContext, working } from './node-turn.ts'
import { upgradeWorkOf } from './upgrade-image.ts'
import { jobAttemptLabel, upgradeJob, upgradeJobName } from './upgrade-job.ts'
import type { UpgradeJobInput } from './upgrade-job-input.ts'

/** Makes the Job of a step; of a distribution without an upgrade image there is none to make. */
export function createJob(at: NodeAtWork, context: RunContext, step: UpgradeJobInput['step']): NodeTurn {
  const { node, entry } = at
  const { facts } = context
  const work = upgradeWorkOf(context)
  if (work.kind === 'None' && work.isPassing) return working([], { message: `${node.name} waits: ${work.message}` })
  if (work.kind === 'None') return failing({ reason: 'NoImage', message: work.message })
  const { name, uid } = facts.upgrade.metadata
  const { version, attempt } = entry
  const job = upgradeJob({ runName: name, runUid: uid, namespace: facts.namespace, node, step, version, attempt, work })
  return working(
    [{ kind: 'CreateJob', node: node.name, job }],
    step === 'Change' ? {} : { message: `${node.name}: its image is being pulled` },
  )
}

/** The Job of the present attempt: its name tells run, version, step and attempt. */
export function jobOfStep({ jobs, entry, node }: NodeAtWork, step: UpgradeJobInput['step']): JobFacts | undefined {
  const name = upgradeJobName({ runUid: entry.run, node, step, version: entry.version, attempt: entry.attempt })
  return jobs.find((job) => job.name === name && !job.deleting)
}

/** Attempts are counted on through a stop, so that the Job of a new try has a new name. */
export function nextAttempt({ jobs, entry }: NodeAtWork): number {
  return Math.max(entry.attempt, ...jobs.map(({ labels }) => Number(labels[jobAttemptLabel] ?? 1))) + 1
}

/** Whether the kubelet reports the version that the node is being brought to. */
export function isReached({ node, entry }: Pick<NodeAtWork, 'node' | 'entry'>): boolean {
  const [reported, wanted] = [parseVersion(node.kubeletVersion), parseVersion(entry.version)]
  return reported !== undefined && wanted !== undefined && sameRelease(reported, wanted)
}
