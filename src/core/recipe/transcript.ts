import type { HostFacts } from '../host/host-facts.ts'
import type { HostOrder } from './host-order.ts'
import { hostRecipe } from './host-recipe.ts'
import type { RecipeStep } from './recipe-step.ts'

/** An order, and the host as it will be found then. */
export interface PlannedOrder {
  readonly order: HostOrder
  readonly facts: HostFacts
}

/**
 * What would be run on each host, in order, as an operator would type it: a headline for each host and step, a line for what a step does, and
 * its commands. A word in capitals stands for what is found out on the host.
 */
export function transcript(planned: readonly PlannedOrder[]): string {
  const shown = new Set<string>()
  return planned.map((each) => orderText(each, shown)).join('\n')
}

/** What is brought beforehand is there when the node is drained, and not shown again: `shown` is filled. */
function orderText({ order, facts }: PlannedOrder, shown: Set<string>): string {
  const recipe = hostRecipe(order, facts)
  const { node, version, step } = order
  const head = `### ${node}: ${version}, ${step === 'Stage' ? 'beforehand; nothing is disturbed' : 'drained'}\n`
  if (recipe.kind === 'Refused') return `${head}# refused: ${recipe.message}\n`
  const { steps } = recipe.recipe
  const left = steps.filter(({ name }) => !shown.has(`${node} ${version} ${name}`))
  if (step === 'Stage') for (const { name } of steps) shown.add(`${node} ${version} ${name}`)
  return `${head}${left.map(stepText).join('')}${step === 'Change' ? `# ${node} takes pods again\n` : ''}`
}

function stepText({ name, does, commands = [] }: RecipeStep): string {
  return `# ${name}: ${does}\n${commands.map((command) => `${command}\n`).join('')}`
}
