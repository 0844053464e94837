import { buildJob } from './build-job.ts'
import type { JobInput } from './job-input.ts'
import { currentEntry } from './journal-entry.ts'
import type { NodeAtWork, PlanContext } from './node-work.ts'

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
