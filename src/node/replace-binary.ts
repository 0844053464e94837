import { parseBinaryFacts } from '../core/recipe/binary/binary-facts.ts'
import { binaryRecipe } from '../core/recipe/binary/binary-recipe.ts'
import { judgeBinaryHost } from '../core/recipe/binary/judge-binary-host.ts'
import type { RecipeOrder } from '../core/recipe/recipe-order.ts'
import { factsScript } from '../core/recipe/step-script.ts'
import { failed, type RunEnd, type RunMeans, runRecipe } from './run-recipe.ts'

/** What is to be done: the order, the new binary in this file with this digest, and which attempt it is, from 1. */
export interface RunInput {
  readonly order: RecipeOrder
  readonly binary: { readonly file: string; readonly sha256: string }
  readonly attempt: number
}

/** Replaces the binary of k3s or RKE2 on a host, or finds it replaced, or under way, by an earlier run that was killed. */
export async function replaceBinary(input: RunInput, means: RunMeans): Promise<RunEnd> {
  const { host } = means
  const answer = await host.run(factsScript(input.order.recipe), 'facts')
  const facts = answer.exitCode === 0 ? parseBinaryFacts(answer.stdout) : undefined
  if (facts === undefined)
    return failed(`${host.name} does not tell what is on it, and nothing was touched`, answer.stderr || answer.stdout)
  const verdict = judgeBinaryHost(input.order, facts, input.binary.sha256)
  if (verdict.kind === 'Refused') return failed(`${verdict.message}; nothing was touched`)
  const recipe = binaryRecipe(input.order, verdict.host, input.binary.sha256)
  return await runRecipe({ recipe, attempt: input.attempt, files: new Map([['put-binary', input.binary.file]]) }, means)
}
