import type { HostFacts } from '../host/host-facts.ts'
import { composedRecipe } from './composed-recipe.ts'
import type { HostOrder } from './host-order.ts'
import { k3sAfter, k3sRecipe } from './k3s/k3s-recipe.ts'
import { factsAfter } from './kubeadm/facts-after.ts'
import { kubeadmRecipe } from './kubeadm/kubeadm-recipe.ts'
import { restartControllers } from './kubeadm/restart-controllers.ts'
import type { HostRecipe } from './recipe-step.ts'
import { factsAfterRuntime } from './runtime/facts-after-runtime.ts'

/** The steps that an order takes on a host as it was found; those whose result is there already are passed over when they are carried out. */
export function hostRecipe(order: HostOrder, facts: HostFacts): HostRecipe {
  const { os, runtime, kubernetes, step } = order
  if (step === 'RestartControllers') return restartControllers(order, facts)
  const isKubernetesAlone = os === undefined && runtime === undefined && kubernetes === undefined
  return isKubernetesAlone ? kubernetesRecipe(order, facts) : composedRecipe(order, facts, kubernetesRecipe)
}

/** What brings a host to the version of an order. */
function kubernetesRecipe(order: HostOrder, facts: HostFacts): HostRecipe {
  return order.distribution === 'kubeadm' ? kubeadmRecipe(order, facts) : k3sRecipe(order, facts)
}

/** A host as it will be found once an order was carried out: what is shown of later hops beforehand is made from it. */
export function hostAfter(order: HostOrder, facts: HostFacts): HostFacts {
  const changed = order.step === 'Change' ? factsAfterRuntime(order, facts) : facts
  if (order.kubernetes === 'Stays') return changed
  return order.distribution === 'kubeadm' ? factsAfter(order, changed) : k3sAfter(order, changed)
}
