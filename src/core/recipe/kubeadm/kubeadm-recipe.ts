import type { HostFacts } from '../../host/host-facts.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import { type HostOrder, hostOrderId } from '../host-order.ts'
import type { HostRecipe, Recipe } from '../recipe-step.ts'
import { library } from '../scripts/library.ts'
import { stepRuntime } from '../scripts/step-runtime.ts'
import { changeSteps, takeBack } from './change-recipe.ts'
import { fetchRefusal, refusal } from './judge-kubeadm.ts'
import { type KubeadmNode, kubeadmNode } from './kubeadm-node.ts'
import { nodeParameters } from './node-parameters.ts'
import * as changeScripts from './scripts/change-steps.ts'
import { etcdLibrary } from './scripts/etcd-library.ts'
import { fetchProgramScript, putProgramScript, replaceProgramScript } from './scripts/file-steps.ts'
import * as handOverScripts from './scripts/hand-over-steps.ts'
import { kubeadmLibrary } from './scripts/kubeadm-library.ts'
import { packageLibrary } from './scripts/package-library.ts'
import * as stageScripts from './scripts/stage-steps.ts'
import { takeBackScript } from './scripts/undo-step.ts'
import { aheadSteps, stageSteps } from './stage-recipe.ts'

/** Everything that a kubeadm host may be told to run. */
const scripts = [
  library,
  stepRuntime,
  kubeadmLibrary,
  packageLibrary,
  etcdLibrary,
  ...Object.values(stageScripts),
  ...Object.values(changeScripts),
  ...Object.values(handOverScripts),
  putProgramScript,
  fetchProgramScript,
  replaceProgramScript,
  takeBackScript,
]

/** The steps that bring a host of a kubeadm cluster to the next version, or why they do not fit it. */
export function kubeadmRecipe(order: HostOrder, facts: HostFacts): HostRecipe {
  return recipeOf(order, facts, refusal, (node) => {
    const id = hostOrderId(order, scripts)
    // what was kept before the first attempt is found by whatever Falkirk goes on
    const parameters = nodeParameters(node, hostOrderId(order, []))
    if (order.step === 'Stage') return { id, steps: stageSteps(node, parameters) }
    return { id, steps: changeSteps(node, parameters), undo: takeBack(parameters) }
  })
}

/**
 * The steps that fetch what a hop to come needs, however many others come before it, or why they do not fit a host. `archives`: the image in each archive of
 * one that the order names.
 */
export function kubeadmAhead(order: HostOrder, facts: HostFacts, archives: ReadonlyMap<string, string> = new Map()): HostRecipe {
  return recipeOf(order, facts, fetchRefusal, (node) => {
    const id = hostOrderId(order, scripts)
    return { id, steps: aheadSteps(node, nodeParameters(node, id), archives) }
  })
}

function recipeOf(
  order: HostOrder,
  facts: HostFacts,
  refuse: (node: KubeadmNode) => string | undefined,
  make: (node: KubeadmNode) => Recipe,
): HostRecipe {
  const target = parseVersion(order.version)
  if (target === undefined) return { kind: 'Refused', message: `${order.version} is no version of Kubernetes: name one like v1.34.2` }
  const node = kubeadmNode(order, facts, target)
  const message = refuse(node)
  if (message !== undefined) return { kind: 'Refused', message: `${order.node}: ${message}; nothing was touched` }
  return { kind: 'Recipe', recipe: make(node) }
}
