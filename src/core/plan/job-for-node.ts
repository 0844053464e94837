import type { JobFacts } from '../kubernetes/job-facts.ts'
import { buildJob } from './build-job.ts'
import type { JobInput } from './job-input.ts'
import { currentEntry } from './journal-entry.ts'
import { type NodeAtWork, type PlanContext, stageLabel } from './node-work.ts'
import { sameTemplate } from './template-digest.ts'

/** The Job that upgrades a node, as it would be made now; with `stage`, the one that `prepareJob` takes its part from. */
export function jobFor(at: NodeAtWork, context: PlanContext, stage?: JobInput['stage']): ReturnType<typeof buildJob> {
  const { facts, options } = context
  return buildJob({
    plan: facts.plan,
    latestVersion: context.latestVersion,
    latestHash: context.latestHash,
    node: at.node,
    settings: facts.settings,
    controllerName: facts.controllerName,
    applying: true,
    drainBy: facts.plan.spec.drain === undefined ? 'Job' : options.drainBy,
    ...(stage === undefined ? {} : { stage }),
    attempt: currentEntry(at, context)?.attempt ?? 1,
    sharesFirstLabel: context.sharesFirstLabel(at.node.name),
  })
}

/** Whether another Job would be made now than this one. */
export function isTemplateChanged(at: NodeAtWork, job: JobFacts, context: PlanContext): boolean {
  if (job.labels[stageLabel] !== undefined) return false
  const desired = jobFor(at, context)
  return desired.kind === 'Job' && sameTemplate(job, desired.job) === 'Different'
}
