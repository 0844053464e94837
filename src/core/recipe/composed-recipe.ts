import type { HostFacts } from '../host/host-facts.ts'
import { type HostOrder, hostOrderId } from './host-order.ts'
import { awaitSteps, leaveSteps } from './kubeadm/around-change.ts'
import { osRecipe, osScripts } from './os/os-recipe.ts'
import type { HostRecipe, Recipe, RecipePart } from './recipe-step.ts'
import { factsAfterRuntime } from './runtime/facts-after-runtime.ts'
import { runtimeRecipe, runtimeScripts } from './runtime/runtime-recipe.ts'

type MakeRecipe = (order: HostOrder, facts: HostFacts) => HostRecipe

/**
 * Packages and reboot, then the runtime, then Kubernetes, in the one drain of the node; each is taken back by itself, and what was done before it stays. First
 * what the host needs as it is: where it does not come back from its reboot, nothing else was changed on it. Kubernetes is made for the runtime that the
 * host will have by then. Source: kubespray's order of a node (operating system, container engine, kubelet).
 */
export function composedRecipe(order: HostOrder, facts: HostFacts, kubernetes: MakeRecipe): HostRecipe {
  const { os, runtime } = order
  const after = factsAfterRuntime(order, facts)
  const made: readonly HostRecipe[] = [
    ...(os === undefined ? [] : [osRecipe({ ...order, os }, facts)]),
    ...(runtime === undefined ? [] : [runtimeRecipe({ ...order, runtime }, facts)]),
    ...(order.kubernetes === 'Stays' ? [] : [withImages(order, after, kubernetes)]),
  ]
  const recipes: Recipe[] = []
  for (const each of made) {
    if (each.kind === 'Refused') return each
    recipes.push(each.recipe)
  }
  const [host, last] = order.kubernetes === 'Stays' ? [recipes, []] : [recipes.slice(0, -1), recipes.slice(-1)]
  const around = order.step === 'Stage' || host.length === 0 ? undefined : order
  const parts: readonly RecipePart[] = [
    ...(around === undefined ? [] : [{ steps: leaveSteps(around, facts) }]),
    ...host,
    ...(around === undefined ? [] : [{ steps: awaitSteps(around, after) }]),
    ...last,
  ].filter(({ steps }) => steps.length > 0)
  return { kind: 'Recipe', recipe: { id: composedId(order, last), steps: parts.flatMap(({ steps }) => steps), parts: parts.map(partOf) } }
}

/** Not by the steps of the runtime: which they are is found on the host, and changes on the way. */
function composedId(order: HostOrder, kubernetes: readonly Recipe[]): string {
  return hostOrderId(order, [...osScripts, ...runtimeScripts, ...kubernetes.map(({ id }) => id)])
}

function partOf({ steps, undo }: RecipePart): RecipePart {
  return { steps, ...(undo === undefined ? {} : { undo }) }
}

/** Images are brought to the runtime that will run them: beside docker, containerd does not take them from a kubelet's client yet. */
function withImages(order: HostOrder, facts: HostFacts, kubernetes: MakeRecipe): HostRecipe {
  const made = kubernetes(order, facts)
  if (made.kind === 'Refused' || order.runtime?.from !== 'docker') return made
  const { recipe } = made
  if (order.step === 'Stage')
    return { kind: 'Recipe', recipe: { ...recipe, steps: recipe.steps.filter(({ name }) => name !== pullImages) } }
  const staged = kubernetes({ ...order, step: 'Stage' }, facts)
  const pulls = staged.kind === 'Refused' ? [] : staged.recipe.steps.filter(({ name }) => name === pullImages)
  return { kind: 'Recipe', recipe: { ...recipe, steps: [...pulls, ...recipe.steps] } }
}

const pullImages = 'pull-images'
