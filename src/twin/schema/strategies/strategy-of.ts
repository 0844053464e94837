import type { ResourceStrategy } from '../../api/resource-strategy.ts'
import { autoscalerDefaults } from './autoscaler-defaults.ts'
import { fill } from './json-fields.ts'
import { startsWith } from './new-status.ts'
import { nodeStrategy } from './node-strategy.ts'
import { podStrategy } from './pod-strategy.ts'
import { serviceDefaults } from './service-defaults.ts'
import {
  endpointSliceDefaults,
  endpointsDefaults,
  limitRangeDefaults,
  namespaceDefaults,
  networkPolicyDefaults,
  quotaDefaults,
  roleBindingDefaults,
  secretDefaults,
} from './small-kind-defaults.ts'
import { claimDefaults, csiDriverDefaults, storageClassDefaults, volumeObjectDefaults } from './volume-object-defaults.ts'
import { mutatingWebhookDefaults, validatingWebhookDefaults } from './webhook-defaults.ts'
import {
  cronJobStrategy,
  daemonSetStrategy,
  deploymentStrategy,
  jobStrategy,
  replicaSetStrategy,
  replicationControllerStrategy,
  statefulSetStrategy,
} from './workload-strategies.ts'

const generic: ResourceStrategy = {}

const strategies: Readonly<Record<string, ResourceStrategy>> = {
  pods: podStrategy,
  nodes: nodeStrategy,
  'deployments.apps': deploymentStrategy,
  'replicasets.apps': replicaSetStrategy,
  'statefulsets.apps': statefulSetStrategy,
  'daemonsets.apps': daemonSetStrategy,
  replicationcontrollers: replicationControllerStrategy,
  'jobs.batch': jobStrategy,
  'cronjobs.batch': cronJobStrategy,
  'poddisruptionbudgets.policy': {
    countsGeneration: true,
    prepare: startsWith({ currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 }),
  },
  services: { defaults: (draft, { minor }) => serviceDefaults(draft, minor), prepare: startsWith({ loadBalancer: {} }) },
  endpoints: { defaults: endpointsDefaults },
  'endpointslices.discovery.k8s.io': { countsGeneration: true, defaults: endpointSliceDefaults },
  'ingresses.networking.k8s.io': { countsGeneration: true, prepare: startsWith({ loadBalancer: {} }) },
  'ingressclasses.networking.k8s.io': { countsGeneration: true },
  'networkpolicies.networking.k8s.io': { countsGeneration: true, defaults: networkPolicyDefaults },
  'horizontalpodautoscalers.autoscaling': { defaults: autoscalerDefaults, prepare: startsWith({ currentReplicas: 0, desiredReplicas: 0 }) },
  namespaces: {
    defaults: (draft, { minor }) => namespaceDefaults(draft, minor),
    prepare: (next, old) => (old === undefined ? { ...next, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } } : next),
  },
  secrets: { defaults: secretDefaults },
  persistentvolumes: { defaults: volumeObjectDefaults, prepare: startsWith({ phase: 'Pending' }) },
  persistentvolumeclaims: { defaults: claimDefaults, prepare: startsWith({ phase: 'Pending' }) },
  'storageclasses.storage.k8s.io': { defaults: storageClassDefaults },
  'csidrivers.storage.k8s.io': { defaults: (draft, { minor }) => csiDriverDefaults(draft, minor) },
  'volumeattachments.storage.k8s.io': { prepare: startsWith({ attached: false }) },
  'priorityclasses.scheduling.k8s.io': {
    countsGeneration: true,
    defaults: (draft, { minor }) => (minor >= 19 ? fill(draft, { preemptionPolicy: 'PreemptLowerPriority' }) : draft),
  },
  limitranges: { defaults: limitRangeDefaults },
  resourcequotas: { defaults: quotaDefaults, prepare: startsWith({}) },
  'rolebindings.rbac.authorization.k8s.io': { defaults: roleBindingDefaults },
  'clusterrolebindings.rbac.authorization.k8s.io': { defaults: roleBindingDefaults },
  'leases.coordination.k8s.io': { defaults: (draft) => fill(draft, { spec: {} }) },
  'validatingwebhookconfigurations.admissionregistration.k8s.io': { countsGeneration: true, defaults: validatingWebhookDefaults },
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': { countsGeneration: true, defaults: mutatingWebhookDefaults },
}

/** What a kind asks of its writes. `resource` is named as the store names it: `pods`, `deployments.apps`; one that is not known asks nothing. */
export function strategyOf(resource: string): ResourceStrategy {
  return Object.hasOwn(strategies, resource) ? (strategies[resource] ?? generic) : generic
}
