import { atomicFrom21, type TypeRules } from './built-in-types.ts'
import { atomic, held, keyedBy, type TypeRule, zeroes } from './type-rule.ts'

const plain = held()

function kind(spec: TypeRule | string = plain, status: TypeRule | string = plain): TypeRules {
  return { spec: held(spec), status: held(status) }
}

/** The kinds of the API, `Kind` or `Kind.group`, with the types of their fields; `metadata` is the same for all. */
export function builtInKinds(minor: number): Readonly<Record<string, TypeRules>> {
  return { ...coreKinds(minor), ...workloadKinds, ...clusterKinds(minor) }
}

function coreKinds(minor: number): Readonly<Record<string, TypeRules>> {
  return {
    Pod: kind('PodSpec', 'PodStatus'),
    Node: kind('NodeSpec', 'NodeStatus'),
    Service: kind('ServiceSpec', 'ServiceStatus'),
    Namespace: kind(plain, 'ConditionStatus'),
    PersistentVolume: kind('PersistentVolumeSpec'),
    PersistentVolumeClaim: kind('PersistentVolumeClaimSpec', 'ConditionStatus'),
    ReplicationController: kind('ReplicationControllerSpec', 'ReplicaSetStatus'),
    ResourceQuota: kind('ResourceQuotaSpec'),
    LimitRange: { spec: plain },
    ServiceAccount: { secrets: keyedBy('name') },
    PodTemplate: { template: held('PodTemplateSpec') },
    ComponentStatus: { conditions: keyedBy('type') },
    Event: { involvedObject: held(atomicFrom21(minor)), source: plain, ...zeroes('reportingComponent reportingInstance', '') },
    'Event.events.k8s.io': { regarding: held(atomicFrom21(minor)), deprecatedSource: plain },
  }
}

const workloadKinds: Readonly<Record<string, TypeRules>> = {
  'Deployment.apps': kind('DeploymentSpec', 'ConditionStatus'),
  'ReplicaSet.apps': kind('ReplicaSetSpec', 'ReplicaSetStatus'),
  'DaemonSet.apps': kind('DaemonSetSpec', 'DaemonSetStatus'),
  'StatefulSet.apps': kind('StatefulSetSpec', 'StatefulSetStatus'),
  'ControllerRevision.apps': { data: held(atomic) },
  'Job.batch': kind('JobSpec', 'JobStatus'),
  'CronJob.batch': kind('CronJobSpec'),
  'HorizontalPodAutoscaler.autoscaling': kind('HorizontalPodAutoscalerSpec', 'HorizontalPodAutoscalerStatus'),
  'PodDisruptionBudget.policy': kind('PodDisruptionBudgetSpec', 'PodDisruptionBudgetStatus'),
}

function clusterKinds(minor: number): Readonly<Record<string, TypeRules>> {
  return {
    'Ingress.networking.k8s.io': kind(plain, 'IngressStatus'),
    'Ingress.extensions': kind(plain, 'IngressStatus'),
    'NetworkPolicy.networking.k8s.io': { spec: held('NetworkPolicySpec') },
    'IngressClass.networking.k8s.io': { spec: plain },
    'Lease.coordination.k8s.io': { spec: plain },
    'CSINode.storage.k8s.io': { spec: held('CSINodeSpec') },
    'CSIDriver.storage.k8s.io': { spec: held('CSIDriverSpec') },
    'VolumeAttachment.storage.k8s.io': kind('VolumeAttachmentSpec', 'VolumeAttachmentStatus'),
    'RoleBinding.rbac.authorization.k8s.io': { roleRef: held(atomicFrom21(minor)) },
    'ClusterRoleBinding.rbac.authorization.k8s.io': { roleRef: held(atomicFrom21(minor)) },
    'CertificateSigningRequest.certificates.k8s.io': kind(plain, 'CertificateSigningRequestStatus'),
    'MutatingWebhookConfiguration.admissionregistration.k8s.io': { webhooks: keyedBy('name', 'Webhook') },
    'ValidatingWebhookConfiguration.admissionregistration.k8s.io': { webhooks: keyedBy('name', 'Webhook') },
    'CustomResourceDefinition.apiextensions.k8s.io': kind('CustomResourceDefinitionSpec', 'CustomResourceDefinitionStatus'),
    'APIService.apiregistration.k8s.io': kind(plain, 'ConditionStatus'),
    'FlowSchema.flowcontrol.apiserver.k8s.io': kind('FlowSchemaSpec', 'FlowSchemaStatus'),
    'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io': kind(plain, 'FlowSchemaStatus'),
  }
}
