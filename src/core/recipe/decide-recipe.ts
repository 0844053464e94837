import { allSteps, partsOf, type Recipe, type RecipePart, type RecipeStep, type RunStep, type StepLook } from './recipe-step.ts'

/** What happens next on a host. */
export type RecipeAction =
  | { readonly kind: 'Start'; readonly step: RecipeStep }
  /** It is at work, by whomever it was started. */
  | { readonly kind: 'Wait'; readonly step: RecipeStep }
  | { readonly kind: 'Complete' }
  /** `undone`: what was there before is back and runs. */
  | { readonly kind: 'Failed'; readonly step: RecipeStep; readonly undone: boolean }

const unseen: StepLook = { active: false, done: false, output: '' }

/**
 * Decides from what is on the host, and from nothing else: whoever comes after a kill goes on from here. What the host shows counts before
 * what an outcome says; a failure counts for the attempt that it belongs to and for older ones.
 */
export function decideRecipe(recipe: Recipe, looks: ReadonlyMap<string, StepLook>, attempt: number): RecipeAction {
  const lookAt = (step: RecipeStep) => looks.get(step.name) ?? unseen
  const atWork = allSteps(recipe).find((step) => lookAt(step).active)
  if (atWork !== undefined) return { kind: 'Wait', step: atWork }
  const [present, ...later] = partsLeft(recipe, lookAt)
  const steps = present?.steps ?? []
  const failures = steps.filter((step) => hasFailed(lookAt(step), attempt))
  // what ended well and is gone by now was taken back because of the other
  const failed = failures.find((step) => lookAt(step).outcome?.exitCode !== 0) ?? failures[0]
  if (failed !== undefined) return afterFailure(failed, present?.undo, lookAt, attempt)
  const next = [...steps, ...later.flatMap((part) => part.steps)].find((step) => !lookAt(step).done)
  return next === undefined ? { kind: 'Complete' } : { kind: 'Start', step: next }
}

/** The part that was begun last, and those after it: none is begun before all steps of the one before it are done. */
function partsLeft(recipe: Recipe, lookAt: (step: RecipeStep) => StepLook): readonly RecipePart[] {
  const parts = partsOf(recipe)
  const hasBegun = (step: RecipeStep) => lookAt(step).begun === true || lookAt(step).outcome !== undefined
  return parts.slice(
    Math.max(
      parts.findLastIndex(({ steps }) => steps.some(hasBegun)),
      0,
    ),
  )
}

/** An end without the result is a failure too: somebody else has changed the host meanwhile, or the step is wrong. */
function hasFailed({ done, outcome }: StepLook, attempt: number): boolean {
  return !done && outcome !== undefined && outcome.attempt >= attempt
}

function afterFailure(step: RecipeStep, undo: RunStep | undefined, lookAt: (step: RecipeStep) => StepLook, attempt: number): RecipeAction {
  if (undo === undefined) return { kind: 'Failed', step, undone: false }
  const { done, outcome } = lookAt(undo)
  if (done) return { kind: 'Failed', step, undone: true }
  const tried = outcome !== undefined && outcome.attempt >= attempt
  return tried ? { kind: 'Failed', step, undone: false } : { kind: 'Start', step: undo }
}
