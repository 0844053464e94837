import { maskOutput } from '../core/recipe/mask-output.ts'
import { allSteps, type Recipe, type RecipeStep, type StepLook } from '../core/recipe/recipe-step.ts'
import { parseStepLook, parseStepLooks } from '../core/recipe/step-look.ts'
import { inputScript, stepLooksScript, stepScript } from '../core/recipe/step-script.ts'
import type { Host, HostResult } from './host.ts'

/** By the names of steps. */
export type StepLooks = ReadonlyMap<string, StepLook>

interface StepOf {
  readonly recipe: Recipe
  readonly step: RecipeStep
  readonly attempt: number
}

/** How all steps of a recipe stand, without what they printed, or why that cannot be told. One that is at work is all that counts. */
export async function lookAtSteps(
  { recipe, attempt }: { readonly recipe: Recipe; readonly attempt: number },
  host: Host,
): Promise<StepLooks | string> {
  const names = allSteps(recipe).map(({ name }) => name)
  // a host that has all of a change already has a recipe without steps
  if (names.length === 0) return new Map()
  const ended = await host.run(inputScript, 'look_at_all', { text: stepLooksScript(recipe, attempt) })
  return parseStepLooks(ended.stdout, names) ?? untold('the steps stand', host, ended)
}

/** How a step stands, or why that cannot be told. `await_end`: when it is not at work any more, or some time later. */
export async function lookAtStep(
  { recipe, step, attempt }: StepOf,
  host: Host,
  word: 'look' | 'await_end' = 'look',
): Promise<StepLook | string> {
  return stepLook(step, host, await host.run(stepScript(recipe, step, attempt), word))
}

/** The same from what the host has answered. */
export function stepLook({ name }: RecipeStep, host: Host, ended: HostResult): StepLook | string {
  return parseStepLook(ended.stdout) ?? untold(`${name} stands`, host, ended)
}

function untold(what: string, host: Host, { stderr, stdout }: HostResult): string {
  return `${host.name} does not tell how ${what}: ${maskOutput(stderr || stdout)}`
}
