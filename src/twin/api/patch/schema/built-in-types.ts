import { appliedBy, appliedSet, atomic, held, keyedBy, object, portsBy, type TypeRule, valueSet, zeroes } from './type-rule.ts'

/** Of a type of the Kubernetes API: the fields of which there is something to say. */
export type TypeRules = Readonly<Record<string, TypeRule>>

/** The types below the kinds, by the names that they have in the API's Go packages. */
export function builtInTypes(minor: number): Readonly<Record<string, TypeRules>> {
  return { ...metaTypes, ...podTypes(minor), ...workloadTypes(minor), ...clusterTypes(minor) }
}

/** What was merged field by field until 1.20 and is taken as one since 1.21: references and selectors. */
export function atomicFrom21(minor: number): TypeRule {
  return minor >= 21 ? atomic : {}
}

const conditions = keyedBy('type')

const metaTypes = {
  ObjectMeta: { finalizers: valueSet, ownerReferences: keyedBy('uid') },
  ConditionStatus: { conditions },
}

function podTypes(minor: number): Readonly<Record<string, TypeRules>> {
  const reference = atomicFrom21(minor)
  const container = {
    env: keyedBy('name', 'EnvVar'),
    volumeMounts: keyedBy('mountPath'),
    volumeDevices: keyedBy('devicePath'),
    resources: held(),
  }
  return {
    PodTemplateSpec: { metadata: held('ObjectMeta'), spec: held('PodSpec') },
    PodSpec: {
      containers: held(keyedBy('name', 'Container')),
      initContainers: keyedBy('name', 'Container'),
      ephemeralContainers: keyedBy('name', 'EphemeralContainer'),
      volumes: keyedBy('name'),
      imagePullSecrets: keyedBy('name'),
      hostAliases: keyedBy('ip'),
      topologySpreadConstraints: {
        ...keyedBy('topologyKey', 'TopologySpreadConstraint'),
        list: { applyKeys: ['topologyKey', 'whenUnsatisfiable'], patchKey: { field: 'topologyKey' } },
      },
      resourceClaims: keyedBy('name'),
      schedulingGates: keyedBy('name'),
      nodeSelector: reference,
      affinity: object('Affinity'),
    },
    Container: { ...container, ports: portsBy('containerPort', minor >= 20) },
    // Their ports have a list type since 1.23 only; ports of an ephemeral container are refused anyway.
    EphemeralContainer: container,
    EnvVar: { valueFrom: object('EnvVarSource') },
    EnvVarSource: { fieldRef: reference, resourceFieldRef: reference, configMapKeyRef: reference, secretKeyRef: reference },
    TopologySpreadConstraint: { labelSelector: atomic },
    Affinity: { nodeAffinity: object('NodeAffinity') },
    NodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: reference },
    PodStatus: { conditions, podIPs: keyedBy('ip'), hostIPs: { list: { patchKey: { field: 'ip' } } } },
  }
}

function workloadTypes(minor: number): Readonly<Record<string, TypeRules>> {
  return {
    DeploymentSpec: { selector: atomic, template: held('PodTemplateSpec'), strategy: held() },
    ReplicaSetSpec: { selector: atomic, template: held('PodTemplateSpec') },
    DaemonSetSpec: { selector: atomic, template: held('PodTemplateSpec'), updateStrategy: held() },
    StatefulSetSpec: { selector: atomic, template: held('PodTemplateSpec'), updateStrategy: held(), ...zeroes('serviceName', '') },
    StatefulSetStatus: { conditions, ...zeroes('replicas', 0) },
    ReplicaSetStatus: { conditions, ...zeroes('replicas', 0) },
    DaemonSetStatus: { conditions, ...zeroes('currentNumberScheduled numberMisscheduled desiredNumberScheduled numberReady', 0) },
    ReplicationControllerSpec: { selector: atomicFrom21(minor), template: object('PodTemplateSpec') },
    JobSpec: { selector: atomic, template: held('PodTemplateSpec') },
    JobStatus: { conditions: minor >= 21 ? { list: { patchKey: { field: 'type' } } } : conditions },
    CronJobSpec: { jobTemplate: held('JobTemplateSpec') },
    JobTemplateSpec: { metadata: held('ObjectMeta'), spec: held('JobSpec') },
    PodDisruptionBudgetSpec: { selector: atomic },
    PodDisruptionBudgetStatus: { conditions, ...zeroes('disruptionsAllowed currentHealthy desiredHealthy expectedPods', 0) },
    HorizontalPodAutoscalerSpec: { scaleTargetRef: held(atomicFrom21(minor)) },
    HorizontalPodAutoscalerStatus: { conditions: minor >= 23 ? appliedBy('type') : {}, ...zeroes('currentReplicas desiredReplicas', 0) },
  }
}

function clusterTypes(minor: number): Readonly<Record<string, TypeRules>> {
  const reference = atomicFrom21(minor)
  const webhook = { clientConfig: held(), namespaceSelector: atomic, objectSelector: atomic, matchConditions: keyedBy('name') }
  return {
    NodeSpec: { podCIDRs: valueSet },
    NodeStatus: { conditions, addresses: keyedBy('type'), daemonEndpoints: held('NodeDaemonEndpoints'), nodeInfo: held('NodeSystemInfo') },
    NodeDaemonEndpoints: { kubeletEndpoint: held('DaemonEndpoint') },
    DaemonEndpoint: zeroes('Port', 0),
    NodeSystemInfo: zeroes(
      'machineID systemUUID bootID kernelVersion osImage containerRuntimeVersion kubeletVersion kubeProxyVersion operatingSystem architecture',
      '',
    ),
    ServiceSpec: { ports: portsBy('port', minor >= 21), selector: reference },
    ServiceStatus: { conditions, loadBalancer: held() },
    IngressStatus: { loadBalancer: held() },
    NetworkPolicySpec: { podSelector: held(atomic) },
    PersistentVolumeClaimSpec: { selector: atomic, resources: held(), dataSource: reference },
    PersistentVolumeSpec: { nodeAffinity: object('VolumeNodeAffinity') },
    VolumeNodeAffinity: { required: reference },
    CSINodeSpec: { drivers: held(keyedBy('name')) },
    CSIDriverSpec: { volumeLifecycleModes: appliedSet },
    VolumeAttachmentSpec: { source: held() },
    VolumeAttachmentStatus: zeroes('attached', false),
    CertificateSigningRequestStatus: { conditions: appliedBy('type') },
    CustomResourceDefinitionSpec: { names: held() },
    AcceptedNames: zeroes('plural kind', ''),
    CustomResourceDefinitionStatus: { acceptedNames: held('AcceptedNames'), conditions: minor >= 27 ? appliedBy('type') : {} },
    ResourceQuotaSpec: { scopeSelector: reference },
    FlowSchemaSpec: { priorityLevelConfiguration: held() },
    FlowSchemaStatus: { conditions: appliedBy('type') },
    Webhook: webhook,
  }
}
