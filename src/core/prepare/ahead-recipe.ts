import type { HostFacts } from '../host/host-facts.ts'
import type { HostOrder } from '../recipe/host-order.ts'
import { k3sAhead } from '../recipe/k3s/k3s-recipe.ts'
import { kubeadmAhead } from '../recipe/kubeadm/kubeadm-recipe.ts'
import type { HostRecipe } from '../recipe/recipe-step.ts'

/** The steps that bring to a host what a hop to come needs, or why they do not fit it. `archives`: images in archives that the order names, by their names. */
export function aheadRecipe(order: HostOrder, facts: HostFacts, archives?: ReadonlyMap<string, string>): HostRecipe {
  return order.distribution === 'kubeadm' ? kubeadmAhead(order, facts, archives) : k3sAhead(order, facts)
}
