import type { JobFacts } from '../../kubernetes/job-facts.ts'
import { failureMessage, podlessJob, stuckMessage } from '../../plan/failure-message.ts'
import { isReached } from '../node/node-goal.ts'
import { failing, type NodeAtWork, type NodeFailure, type NodeTurn, type RunContext, working } from '../node/node-turn.ts'
import { awayTimeoutMs, changeTimeoutMs, type StepMeans, type StepName, type StepWork } from '../node/step-work.ts'
import { isStaged } from './recipe-stage.ts'
import { jobWorkOf } from './upgrade-image.ts'
import { jobAttemptLabel, upgradeJob, upgradeJobName } from './upgrade-job.ts'

/** An image that is not there after this time is not going to come. */
const stageTimeoutMs = 600_000

/** Steps as Jobs. A Job that was made is found again by its name, and never made twice. */
export const jobSteps: StepMeans = {
  look: (at, context, step) => (step === 'Stage' ? lookAtStage(at, context) : lookAtChange(at, context)),
  begin: createJob,
  late,
  stageLimitMs: stageTimeoutMs,
  changeLimits: () => ({ readyMs: changeTimeoutMs, awayMs: awayTimeoutMs }),
  stageRetries: () => 0,
  failureReason: () => 'JobFailed',
  mayBeChanging: isChanging,
  continued: () => ({}),
  isChanged: isReached,
  leave: ({ node, jobs }) =>
    jobs
      .filter((job) => job.end === undefined && !job.deleting)
      .map((job) => ({ kind: 'DeleteJob', node: node.name, name: job.name, uid: job.uid })),
}

/** Makes the Job of a step; of a distribution without an upgrade image there is none to make. */
function createJob(at: NodeAtWork, context: RunContext, step: StepName): NodeTurn {
  const { node, entry } = at
  const { facts } = context
  const work = jobWorkOf(context)
  if (work.kind === 'None' && work.isPassing) return working([], { message: `${node.name} waits: ${work.message}` })
  if (work.kind === 'None') return failing({ reason: 'NoImage', message: work.message })
  const { name, uid } = facts.upgrade.metadata
  const { version, attempt } = entry
  const job = upgradeJob({ runName: name, runUid: uid, namespace: facts.namespace, node, step, version, attempt, work })
  return working([{ kind: 'CreateJob', node: node.name, job }], step === 'Change' ? {} : { message: pulling(node) })
}

/** The Job of the present attempt: its name tells run, version, step and attempt. */
function jobOfStep({ jobs, entry, node }: NodeAtWork, step: StepName): JobFacts | undefined {
  const name = upgradeJobName({ runUid: entry.run, node, step, version: entry.version, attempt: entry.attempt })
  return jobs.find((job) => job.name === name && !job.deleting)
}

function isChanging(at: NodeAtWork): boolean {
  const job = jobOfStep(at, 'Change')
  return job !== undefined && job.end === undefined
}

/** Attempts are counted on through a stop, so that the Job of a new try has a new name. */
export function nextAttempt({ jobs, entry }: NodeAtWork): number {
  return Math.max(entry.attempt, ...jobs.map(({ labels }) => Number(labels[jobAttemptLabel] ?? 1))) + 1
}

function pulling({ name }: NodeAtWork['node']): string {
  return `${name}: its image is being pulled`
}

function lookAtStage(at: NodeAtWork, context: RunContext): StepWork {
  const job = jobOfStep(at, 'Stage')
  if (job === undefined) return { kind: 'NotBegun' }
  if (isStaged(job, context.facts.podsByJob.get(job.name) ?? [], context)) return { kind: 'Complete' }
  // another try finds the same binary
  if (context.settings.recipe !== undefined && job.end !== undefined) return failed(at, { job, end: job.end }, context, 'Stop')
  return atWork(at, job, context, pulling(at.node))
}

function lookAtChange(at: NodeAtWork, context: RunContext): StepWork {
  const job = jobOfStep(at, 'Change')
  if (job?.end?.kind === 'Complete' || (job === undefined && isReached(at))) return { kind: 'Complete' }
  if (job === undefined) return { kind: 'NotBegun' }
  if (job.end !== undefined) return failed(at, { job, end: job.end }, context, 'Again')
  return atWork(at, job, context, `${at.node.name}: job ${job.name} is at work`)
}

function atWork({ node }: NodeAtWork, job: JobFacts, { facts, nowMs }: RunContext, message: string): StepWork {
  const pods = facts.podsByJob.get(job.name) ?? []
  const podless = podlessJob(job, node.name, pods)
  if (podless !== undefined && nowMs < podless.sinceMs) return { kind: 'AtWork', message, notBeforeMs: podless.sinceMs }
  const stuck = podless?.message ?? stuckMessage(job, node.name, pods, '')
  return { kind: 'AtWork', message: stuck ?? message, ...(stuck && { stuck }), ...(podless && { tellsFix: true }) }
}

function failed(
  { node }: NodeAtWork,
  { job, end }: { readonly job: JobFacts; readonly end: NonNullable<JobFacts['end']> },
  { facts }: RunContext,
  next: 'Again' | 'Stop',
): StepWork {
  const log = facts.failures.get(job.uid)?.log
  if (log === undefined) return { kind: 'Unread', read: { kind: 'ReadFailure', node: node.name, jobName: job.name, jobUid: job.uid } }
  const message = failureMessage({ job, node: node.name, pods: facts.podsByJob.get(job.name) ?? [], log, previous: '' })
  return { kind: 'Failed', message, endedAtMs: end.atMs, next }
}

/** The Job is left as it is when it takes too long. */
function late(at: NodeAtWork, step: StepName, { stuck, tellsFix }: { readonly stuck?: string; readonly tellsFix?: true }): NodeFailure {
  const { node } = at
  if (step === 'Change') {
    const name = jobOfStep(at, 'Change')?.name ?? ''
    const message = `${node.name}: job ${name} has not ended in ${changeTimeoutMs / 60_000} minutes: ${stuck ?? 'look at its pod'}`
    return { reason: 'JobFailed', message }
  }
  const fix = tellsFix ? '' : '; make the image available'
  return {
    reason: 'StageFailed',
    message: `${node.name} has not got the upgrade image within 10 minutes (${stuck ?? 'its pod does not start'}); the node was not disturbed${fix}`,
  }
}
