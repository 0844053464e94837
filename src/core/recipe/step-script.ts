import { allSteps, type Recipe, type RecipeStep } from './recipe-step.ts'
import { binaryFactsScript } from './scripts/binary-facts.ts'
import { library } from './scripts/library.ts'
import { stepFunctions, stepRuntime } from './scripts/step-runtime.ts'
import { sharedTexts } from './shared-texts.ts'
import { shellAssignments, shellQuote } from './shell-quote.ts'

/** Where a host keeps what was done to it: `steps.log` for people, and below `steps` the outcomes. */
export const stateFolder = '/var/lib/falkirk'

/** Everything of one step as one script: its values, then fixed text. It is called with one word (`scripts/step-runtime.ts`). */
export function stepScript(recipe: Recipe, step: RecipeStep, attempt: number): string {
  return [stepValues(recipe, step, attempt), library, step.script, stepRuntime].join('')
}

/**
 * What asks in one call how all steps of a recipe stand; `parseStepLooks` reads the answer. From the last to the first: what ends between two looks has then
 * been looked at before what it works on. It is larger than one argument of a program may be.
 */
export function stepLooksScript(recipe: Recipe, attempt: number): string {
  const steps = [...allSteps(recipe)].reverse()
  const { assignments, names } = sharedTexts(steps.map(({ script }) => script))
  const each = steps.map(
    (step, index) => `(\n${stepValues(recipe, step, attempt)}eval "${names[index]}"\necho "step=$step"\ntell_state\n) || return 0\n`,
  )
  const units = steps.map((step) => shellQuote(unitOf(recipe, step))).join(' ')
  return [library, stepFunctions, assignments, `tell_each() {\n${each.join('')}}\n`, `tell_all ${units}\n`].join('')
}

/** For `host.run`: becomes the script that comes by standard input. */
export const inputScript = 'script=$(cat) && eval "$script"'

function stepValues(recipe: Recipe, step: RecipeStep, attempt: number): string {
  return shellAssignments({
    ...step.parameters,
    state: stateFolder,
    folder: `${stateFolder}/steps/${recipe.id}/${step.name}`,
    step_unit: unitOf(recipe, step),
    run_id: recipe.id,
    step: step.name,
    attempt: String(attempt),
    limit_seconds: String(step.limitSeconds),
    goes_away: step.kind === 'Run' && step.awaySeconds !== undefined ? 'yes' : 'no',
  })
}

function unitOf({ id }: Recipe, { name }: RecipeStep): string {
  return `falkirk-${id}-${name}.service`
}

/** What reads the host's facts (`host-facts.ts`). */
export function factsScript(program: 'k3s' | 'rke2'): string {
  return [shellAssignments({ program }), library, binaryFactsScript].join('')
}
