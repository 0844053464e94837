import type { HostFacts } from '../../host/host-facts.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import { type HostOrder, hostOrderId } from '../host-order.ts'
import type { HostRecipe, Recipe } from '../recipe-step.ts'
import { library } from '../scripts/library.ts'
import { stepRuntime } from '../scripts/step-runtime.ts'
import { changeSteps, takeBack } from './change-recipe.ts'
import { bringRefusal, refusal } from './judge-k3s.ts'
import { type K3sNode, k3sNode } from './k3s-node.ts'
import { nodeParameters } from './node-parameters.ts'
import * as bringScripts from './scripts/bring-steps.ts'
import * as changeScripts from './scripts/change-steps.ts'
import { k3sLibrary } from './scripts/k3s-library.ts'
import { stageSteps } from './stage-recipe.ts'

/** Everything that a host of k3s or RKE2 may be told to run. */
const scripts = [library, stepRuntime, k3sLibrary, ...Object.values(bringScripts), ...Object.values(changeScripts)]

/** The steps that bring a host of k3s or RKE2 to the next version by its files, or why they do not fit it. */
export function k3sRecipe(order: HostOrder, facts: HostFacts): HostRecipe {
  return fittingRecipe(order, facts, { refusalOf: refusal, recipeOf })
}

/** The steps that bring the files of a hop to come, however many others come before it, or why they do not fit a host. */
export function k3sAhead(order: HostOrder, facts: HostFacts): HostRecipe {
  return fittingRecipe(order, facts, { refusalOf: bringRefusal, recipeOf: aheadOf })
}

interface Making {
  readonly refusalOf: typeof refusal
  readonly recipeOf: (node: K3sNode) => Recipe
}

function fittingRecipe(order: HostOrder, facts: HostFacts, { refusalOf, recipeOf: make }: Making): HostRecipe {
  const target = parseVersion(order.version)
  const { distribution } = order
  if (target?.vendor?.name !== distribution || distribution === 'kubeadm') {
    const like = distribution === 'rke2' ? 'v1.34.2+rke2r1' : 'v1.34.2+k3s1'
    return { kind: 'Refused', message: `${order.version} is no version of ${distribution}: name one like ${like}` }
  }
  const node = k3sNode({ ...order, distribution }, facts, target)
  const message = refusalOf(node)
  if (message !== undefined) return { kind: 'Refused', message: `${order.node}: ${message}; nothing was touched` }
  return { kind: 'Recipe', recipe: make(node) }
}

function aheadOf(node: K3sNode): Recipe {
  const id = hostOrderId(node.order, scripts)
  return { id, steps: stageSteps(node, { ...nodeParameters(node, id), ahead: 'yes' }) }
}

function recipeOf(node: K3sNode): Recipe {
  const { order } = node
  const id = hostOrderId(order, scripts)
  // what was kept before the first attempt is found by whatever Falkirk goes on
  const parameters = nodeParameters(node, hostOrderId({ ...order, step: 'Change' }, []))
  if (order.step === 'Stage') return { id, steps: stageSteps(node, parameters) }
  return { id, steps: changeSteps(node, parameters), undo: takeBack(node, parameters) }
}

/** A host as it will be found once an order was carried out. */
export function k3sAfter({ step, distribution, version }: HostOrder, facts: HostFacts): HostFacts {
  if (step === 'Stage') return facts
  return { ...facts, programs: facts.programs.map((each) => (each.name === distribution ? { ...each, version } : each)) }
}
