import type { PlanStory, StoryPlan } from './plan-story.ts'

export interface PlanEnd {
  readonly name: string
  readonly story: StoryPlan
  /** Of the condition Complete: `True/Complete`, `False/JobFailed`; empty when the Plan was taken away. */
  readonly complete: string
  readonly message: string
}

/** What is wrong with the end of a Plan: it has neither come to its end nor said why, or it had no reason not to. */
export function unexpectedEnd(end: PlanEnd, story: PlanStory): readonly string[] {
  const { name, complete, message } = end
  if (end.story.deletedAfterSeconds !== undefined) return complete === '' ? [] : [`${name} was taken away and is ${complete}`]
  if (complete === 'True/Complete') return []
  if (complete === '' || message === '') return [`${name} stands still and does not say why: "${complete}" "${message}"`]
  return mustComplete(end.story, story) ? [`${name} had every reason to complete and is ${complete}: ${message}`] : []
}

/** Nothing in its own way, and nothing in the others' that they share nodes with. */
function mustComplete(plan: StoryPlan, { plans, workloads }: PlanStory): boolean {
  const isHarmless = ({ image, target, edit, drain, deletedAfterSeconds }: StoryPlan) =>
    image === 'Upgrades' && target === 'Patch' && edit === undefined && deletedAfterSeconds === undefined && drain === 'None'
  const isFree = workloads.every(({ minAvailable, kind }) => minAvailable < 0 && kind !== 'BarePod')
  const drains = isFree ? [plan.drain === 'None' || plan.drain === 'ControllerForced'] : [plan.drain === 'None']
  return drains.every(Boolean) && isHarmless({ ...plan, drain: 'None' }) && plans.every((other) => other === plan || isHarmless(other))
}
