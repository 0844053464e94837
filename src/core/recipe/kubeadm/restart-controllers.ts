import type { HostFacts } from '../../host/host-facts.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import { type HostOrder, hostOrderId } from '../host-order.ts'
import type { HostRecipe } from '../recipe-step.ts'
import { library } from '../scripts/library.ts'
import { stepRuntime } from '../scripts/step-runtime.ts'
import { imageTag, kubeadmNode } from './kubeadm-node.ts'
import { nodeParameters } from './node-parameters.ts'
import { kubeadmLibrary } from './scripts/kubeadm-library.ts'
import { restartControllersScript } from './scripts/restart-controllers-step.ts'

const scripts = [library, stepRuntime, kubeadmLibrary, restartControllersScript]

/** Starts kube-controller-manager of a kubeadm host anew, where it is a static pod. Nothing else there is touched, and there is nothing to take back. */
export function restartControllers(order: HostOrder, facts: HostFacts): HostRecipe {
  const target = parseVersion(order.version)
  if (order.distribution !== 'kubeadm' || target === undefined || imageTag(facts, 'kube-controller-manager') === '') {
    return { kind: 'Refused', message: `${order.node}: kube-controller-manager is no static pod of kubeadm there: start it anew by hand` }
  }
  const node = kubeadmNode(order, facts, target)
  return {
    kind: 'Recipe',
    recipe: {
      id: hostOrderId(order, scripts),
      steps: [
        {
          kind: 'Run',
          name: 'restart-controllers',
          does: 'starts kube-controller-manager anew',
          disturbs: false,
          limitSeconds: 600,
          commands: ['crictl stop --timeout 20 CONTAINER'],
          script: `${kubeadmLibrary}${restartControllersScript}`,
          parameters: nodeParameters(node, hostOrderId(order, [])),
        },
      ],
    },
  }
}
