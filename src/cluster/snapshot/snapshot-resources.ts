/** A list that a snapshot holds. */
export interface SnapshotResource {
  readonly group: string
  /** The best first; the first that is served is taken. */
  readonly versions: readonly string[]
  readonly plural: string
  readonly kind: string
  /** Of ConfigMaps only these, by `namespace/name`. */
  readonly only?: readonly string[]
  /** Objects that are older are left out; milliseconds. */
  readonly youngerThanMs?: number
}

function of(
  group: string,
  versions: readonly string[],
  ...kinds: readonly (readonly [plural: string, kind: string])[]
): readonly SnapshotResource[] {
  return kinds.map(([plural, kind]) => ({ group, versions, plural, kind }))
}

/** What decides how an upgrade of a cluster goes. Secrets are not among them. */
export const snapshotResources: readonly SnapshotResource[] = [
  ...of(
    '',
    ['v1'],
    ['nodes', 'Node'],
    ['namespaces', 'Namespace'],
    ['pods', 'Pod'],
    ['services', 'Service'],
    ['serviceaccounts', 'ServiceAccount'],
    ['replicationcontrollers', 'ReplicationController'],
    ['persistentvolumes', 'PersistentVolume'],
    ['persistentvolumeclaims', 'PersistentVolumeClaim'],
    ['resourcequotas', 'ResourceQuota'],
    ['limitranges', 'LimitRange'],
  ),
  {
    group: '',
    versions: ['v1'],
    plural: 'configmaps',
    kind: 'ConfigMap',
    only: [
      'kube-system/kubeadm-config',
      'kube-system/kubelet-config',
      'kube-system/kube-proxy',
      'kube-system/coredns',
      'kube-public/cluster-info',
    ],
  },
  { group: '', versions: ['v1'], plural: 'events', kind: 'Event', youngerThanMs: 3_600_000 },
  ...of(
    'apps',
    ['v1'],
    ['deployments', 'Deployment'],
    ['replicasets', 'ReplicaSet'],
    ['statefulsets', 'StatefulSet'],
    ['daemonsets', 'DaemonSet'],
    ['controllerrevisions', 'ControllerRevision'],
  ),
  ...of('batch', ['v1'], ['jobs', 'Job']),
  ...of('batch', ['v1', 'v1beta1'], ['cronjobs', 'CronJob']),
  ...of('policy', ['v1', 'v1beta1'], ['poddisruptionbudgets', 'PodDisruptionBudget']),
  ...of('autoscaling', ['v2', 'v2beta2', 'v1'], ['horizontalpodautoscalers', 'HorizontalPodAutoscaler']),
  ...of('discovery.k8s.io', ['v1', 'v1beta1'], ['endpointslices', 'EndpointSlice']),
  ...of('networking.k8s.io', ['v1', 'v1beta1'], ['ingresses', 'Ingress'], ['ingressclasses', 'IngressClass']),
  ...of('coordination.k8s.io', ['v1', 'v1beta1'], ['leases', 'Lease']),
  ...of('scheduling.k8s.io', ['v1', 'v1beta1'], ['priorityclasses', 'PriorityClass']),
  ...of('node.k8s.io', ['v1', 'v1beta1'], ['runtimeclasses', 'RuntimeClass']),
  ...of(
    'storage.k8s.io',
    ['v1', 'v1beta1'],
    ['storageclasses', 'StorageClass'],
    ['volumeattachments', 'VolumeAttachment'],
    ['csinodes', 'CSINode'],
    ['csidrivers', 'CSIDriver'],
  ),
  ...of(
    'admissionregistration.k8s.io',
    ['v1', 'v1beta1'],
    ['validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'],
    ['mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'],
  ),
  ...of('apiregistration.k8s.io', ['v1', 'v1beta1'], ['apiservices', 'APIService']),
  ...of('apiextensions.k8s.io', ['v1', 'v1beta1'], ['customresourcedefinitions', 'CustomResourceDefinition']),
  ...of('certificates.k8s.io', ['v1', 'v1beta1'], ['certificatesigningrequests', 'CertificateSigningRequest']),
  ...of('upgrade.cattle.io', ['v1'], ['plans', 'Plan']),
]
