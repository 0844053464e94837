import type { ValidatingWebhookConfiguration } from 'kubernetes-types/admissionregistration/v1'
import type { HorizontalPodAutoscalerSpec } from 'kubernetes-types/autoscaling/v2'
import type { LeaseSpec } from 'kubernetes-types/coordination/v1'
import type {
  ConfigMap,
  LimitRangeSpec,
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  PersistentVolumeSpec,
  ResourceQuotaSpec,
  Secret,
  ServiceSpec,
} from 'kubernetes-types/core/v1'
import type { IngressSpec } from 'kubernetes-types/networking/v1'
import type { PodDisruptionBudgetSpec } from 'kubernetes-types/policy/v1'
import type { ClusterRole, RoleBinding } from 'kubernetes-types/rbac/v1'
import type { PriorityClass } from 'kubernetes-types/scheduling/v1'
import type { StorageClass } from 'kubernetes-types/storage/v1'
import type { ResourceStrategy, StrategyContext } from '../../api/resource-strategy.ts'
import type { StatusCause } from '../../api/status-error.ts'
import { definitionStrategy } from '../custom/definition-strategy.ts'
import { autoscalerDefaults } from './autoscaler-defaults.ts'
import { hasLaterFields, withoutLaterFields } from './fields-by-minor.ts'
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
import { objectRule, specRule } from './spec-rule.ts'
import { bindingProblems, roleProblems } from './validation/access-problems.ts'
import { budgetProblems } from './validation/budget-problems.ts'
import { configMapProblems, secretProblems } from './validation/config-problems.ts'
import { ingressProblems } from './validation/ingress-problems.ts'
import { limitRangeProblems } from './validation/limit-range-problems.ts'
import { quotaProblems } from './validation/quota-problems.ts'
import { serviceProblems } from './validation/service-problems.ts'
import { autoscalerProblems, leaseProblems, priorityClassProblems } from './validation/small-kind-problems.ts'
import {
  claimChangeProblems,
  claimProblems,
  storageClassChangeProblems,
  volumeObjectProblems,
} from './validation/volume-object-problems.ts'
import { webhookProblems } from './validation/webhook-problems.ts'
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
    validate: specRule<PodDisruptionBudgetSpec>((next) => budgetProblems(next)),
    prepare: startsWith({ currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 }),
  },
  services: {
    defaults: (draft, { minor }) => serviceDefaults(draft, minor),
    prepare: startsWith({ loadBalancer: {} }),
    validate: specRule<ServiceSpec>((next, old) => serviceProblems(next, old)),
  },
  configmaps: { validate: objectRule<ConfigMap>((next, old) => configMapProblems(next, old)) },
  endpoints: { defaults: endpointsDefaults },
  'endpointslices.discovery.k8s.io': { countsGeneration: true, defaults: endpointSliceDefaults },
  'ingresses.networking.k8s.io': {
    countsGeneration: true,
    prepare: startsWith({ loadBalancer: {} }),
    validate: specRule<IngressSpec>((next) => ingressProblems(next)),
  },
  'ingressclasses.networking.k8s.io': { countsGeneration: true },
  'networkpolicies.networking.k8s.io': { countsGeneration: true, defaults: networkPolicyDefaults },
  'horizontalpodautoscalers.autoscaling': {
    defaults: autoscalerDefaults,
    prepare: startsWith({ currentReplicas: 0, desiredReplicas: 0 }),
    validate: specRule<HorizontalPodAutoscalerSpec>((next) => autoscalerProblems(next)),
  },
  namespaces: {
    defaults: (draft, { minor }) => namespaceDefaults(draft, minor),
    prepare: (next, old) => (old === undefined ? { ...next, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } } : next),
  },
  secrets: { defaults: secretDefaults, validate: objectRule<Secret>((next, old) => secretProblems(next, old)) },
  persistentvolumes: {
    defaults: volumeObjectDefaults,
    prepare: startsWith({ phase: 'Pending' }),
    validate: specRule<PersistentVolumeSpec>((next, old, { minor }) => volumeObjectProblems(next, old, minor)),
  },
  persistentvolumeclaims: { defaults: claimDefaults, prepare: startsWith({ phase: 'Pending' }), validate: objectRule(claimRule) },
  'storageclasses.storage.k8s.io': {
    defaults: storageClassDefaults,
    validate: objectRule<StorageClass>((next, old) => (old === undefined ? [] : storageClassChangeProblems(next, old))),
  },
  'csidrivers.storage.k8s.io': { defaults: (draft, { minor }) => csiDriverDefaults(draft, minor) },
  'volumeattachments.storage.k8s.io': { prepare: startsWith({ attached: false }) },
  'priorityclasses.scheduling.k8s.io': {
    countsGeneration: true,
    validate: objectRule<PriorityClass>((next, old) => priorityClassProblems(next, old)),
    defaults: (draft, { minor }) => (minor >= 19 ? fill(draft, { preemptionPolicy: 'PreemptLowerPriority' }) : draft),
  },
  limitranges: { defaults: limitRangeDefaults, validate: specRule<LimitRangeSpec>((next) => limitRangeProblems(next)) },
  resourcequotas: {
    defaults: quotaDefaults,
    prepare: startsWith({}),
    validate: specRule<ResourceQuotaSpec>((next, old, { minor }) => quotaProblems(next, old, minor)),
  },
  'roles.rbac.authorization.k8s.io': { validate: objectRule<ClusterRole>((next) => roleProblems(next, 'Namespace')) },
  'clusterroles.rbac.authorization.k8s.io': { validate: objectRule<ClusterRole>((next) => roleProblems(next, 'Cluster')) },
  'rolebindings.rbac.authorization.k8s.io': {
    defaults: roleBindingDefaults,
    validate: objectRule<RoleBinding>((next, old) => bindingProblems(next, old, 'Namespace')),
  },
  'clusterrolebindings.rbac.authorization.k8s.io': {
    defaults: roleBindingDefaults,
    validate: objectRule<RoleBinding>((next, old) => bindingProblems(next, old, 'Cluster')),
  },
  'customresourcedefinitions.apiextensions.k8s.io': definitionStrategy,
  'leases.coordination.k8s.io': {
    defaults: (draft) => fill(draft, { spec: {} }),
    validate: specRule<LeaseSpec>((next) => leaseProblems(next)),
  },
  'validatingwebhookconfigurations.admissionregistration.k8s.io': {
    countsGeneration: true,
    defaults: validatingWebhookDefaults,
    validate: objectRule<ValidatingWebhookConfiguration>(({ webhooks }) => webhookProblems(webhooks ?? [])),
  },
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': {
    countsGeneration: true,
    defaults: mutatingWebhookDefaults,
    validate: objectRule<ValidatingWebhookConfiguration>(({ webhooks }) => webhookProblems(webhooks ?? [])),
  },
}

function claimRule(
  next: PersistentVolumeClaim,
  old: PersistentVolumeClaim | undefined,
  { minor }: StrategyContext,
): readonly StatusCause[] {
  const spec = next.spec ?? ({} as PersistentVolumeClaimSpec)
  const change = old?.spec === undefined ? [] : claimChangeProblems(spec, old.spec, next.status?.phase)
  return [...claimProblems(spec, minor), ...change]
}

const byResource: ReadonlyMap<string, ResourceStrategy> = new Map(
  Object.entries(strategies).map(([resource, strategy]) => [
    resource,
    hasLaterFields(resource) ? withKnownFields(resource, strategy) : strategy,
  ]),
)

/** Fields that the server does not have yet are gone before anything else looks. Of a status nothing is filled in: the spec beside it is the old one. */
function withKnownFields(resource: string, strategy: ResourceStrategy): ResourceStrategy {
  return {
    ...strategy,
    defaults(draft, context) {
      if (context.subresource === 'status') return draft
      const known = withoutLaterFields(resource, draft, context.minor)
      return strategy.defaults?.(known, context) ?? known
    },
  }
}

/** What a kind asks of its writes. `resource` is named as the store names it: `pods`, `deployments.apps`; one that is not known asks nothing. */
export function strategyOf(resource: string): ResourceStrategy {
  return byResource.get(resource) ?? generic
}
