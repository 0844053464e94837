import type { Recipe, RecipeStep } from './recipe-step.ts'
import { binaryFactsScript } from './scripts/binary-facts.ts'
import { library } from './scripts/library.ts'
import { stepRuntime } from './scripts/step-runtime.ts'
import { shellAssignments } from './shell-quote.ts'

/** Where a host keeps what was done to it: `steps.log` for people, and below `steps` the outcomes. */
export const stateFolder = '/var/lib/falkirk'

/** Everything of one step as one script: its values, then fixed text. It is called with one word (`scripts/step-runtime.ts`). */
export function stepScript(recipe: Recipe, step: RecipeStep, attempt: number): string {
  const values = {
    ...step.parameters,
    state: stateFolder,
    folder: `${stateFolder}/steps/${recipe.id}/${step.name}`,
    step_unit: `falkirk-${recipe.id}-${step.name}.service`,
    run_id: recipe.id,
    step: step.name,
    attempt: String(attempt),
    limit_seconds: String(step.limitSeconds),
    goes_away: step.kind === 'Run' && step.awaySeconds !== undefined ? 'yes' : 'no',
  }
  return [shellAssignments(values), library, step.script, stepRuntime].join('')
}

/** What reads the host's facts (`host-facts.ts`). */
export function factsScript(program: 'k3s' | 'rke2'): string {
  return [shellAssignments({ program }), library, binaryFactsScript].join('')
}
