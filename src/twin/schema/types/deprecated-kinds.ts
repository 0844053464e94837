/** Kinds that a version of a group is about to lose. Minors of Kubernetes 1. */
interface DeprecatedKinds {
  readonly in: string
  /** Parted by blanks. */
  readonly kinds: string
  /** Since when the API server warns of them, if it is one that warns. */
  readonly since: number
  /** The first that no longer serves them. */
  readonly gone?: number
  /** Where the kind of the same name, or `useKind`, is. */
  readonly use?: string
  readonly useKind?: string
}

/** Source: Kubernetes, k8s.io/api prerelease-lifecycle markers; Deprecated API Migration Guide. */
const deprecatedKinds: readonly DeprecatedKinds[] = [
  { in: 'v1', kinds: 'ComponentStatus', since: 19 },
  { in: 'v1', kinds: 'Endpoints', since: 33, use: 'discovery.k8s.io/v1', useKind: 'EndpointSlice' },
  {
    in: 'admissionregistration.k8s.io/v1beta1',
    kinds: 'MutatingWebhookConfiguration ValidatingWebhookConfiguration',
    since: 16,
    gone: 22,
    use: 'admissionregistration.k8s.io/v1',
  },
  { in: 'apiextensions.k8s.io/v1beta1', kinds: 'CustomResourceDefinition', since: 16, gone: 22, use: 'apiextensions.k8s.io/v1' },
  { in: 'apiregistration.k8s.io/v1beta1', kinds: 'APIService', since: 19, gone: 22, use: 'apiregistration.k8s.io/v1' },
  { in: 'authentication.k8s.io/v1beta1', kinds: 'TokenReview', since: 19, gone: 22, use: 'authentication.k8s.io/v1' },
  {
    in: 'authorization.k8s.io/v1beta1',
    kinds: 'LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview',
    since: 19,
    gone: 22,
    use: 'authorization.k8s.io/v1',
  },
  { in: 'certificates.k8s.io/v1beta1', kinds: 'CertificateSigningRequest', since: 19, gone: 22, use: 'certificates.k8s.io/v1' },
  { in: 'coordination.k8s.io/v1beta1', kinds: 'Lease', since: 19, gone: 22, use: 'coordination.k8s.io/v1' },
  { in: 'extensions/v1beta1', kinds: 'Ingress', since: 14, gone: 22, use: 'networking.k8s.io/v1' },
  { in: 'networking.k8s.io/v1beta1', kinds: 'Ingress', since: 19, gone: 22, use: 'networking.k8s.io/v1' },
  // So the real server says it.
  { in: 'networking.k8s.io/v1beta1', kinds: 'IngressClass', since: 19, gone: 22, use: 'networking.k8s.io/v1', useKind: 'IngressClassList' },
  {
    in: 'rbac.authorization.k8s.io/v1beta1',
    kinds: 'ClusterRole ClusterRoleBinding Role RoleBinding',
    since: 17,
    gone: 22,
    use: 'rbac.authorization.k8s.io/v1',
  },
  { in: 'scheduling.k8s.io/v1beta1', kinds: 'PriorityClass', since: 14, gone: 22, use: 'scheduling.k8s.io/v1' },
  { in: 'storage.k8s.io/v1beta1', kinds: 'CSIDriver StorageClass VolumeAttachment', since: 19, gone: 22, use: 'storage.k8s.io/v1' },
  { in: 'storage.k8s.io/v1beta1', kinds: 'CSINode', since: 17, gone: 22, use: 'storage.k8s.io/v1' },
  { in: 'storage.k8s.io/v1beta1', kinds: 'CSIStorageCapacity', since: 24, gone: 27, use: 'storage.k8s.io/v1' },
  { in: 'storage.k8s.io/v1beta1', kinds: 'VolumeAttributesClass', since: 34, gone: 37, use: 'storage.k8s.io/v1' },
  { in: 'autoscaling/v2beta1', kinds: 'HorizontalPodAutoscaler', since: 22, gone: 25, use: 'autoscaling/v2' },
  { in: 'autoscaling/v2beta2', kinds: 'HorizontalPodAutoscaler', since: 23, gone: 26, use: 'autoscaling/v2' },
  { in: 'batch/v1beta1', kinds: 'CronJob', since: 21, gone: 25, use: 'batch/v1' },
  { in: 'discovery.k8s.io/v1beta1', kinds: 'EndpointSlice', since: 21, gone: 25, use: 'discovery.k8s.io/v1' },
  { in: 'events.k8s.io/v1beta1', kinds: 'Event', since: 22, gone: 25 },
  { in: 'node.k8s.io/v1beta1', kinds: 'RuntimeClass', since: 22, gone: 25 },
  { in: 'policy/v1beta1', kinds: 'PodDisruptionBudget', since: 21, gone: 25, use: 'policy/v1' },
  { in: 'policy/v1beta1', kinds: 'PodSecurityPolicy', since: 21, gone: 25 },
  {
    in: 'flowcontrol.apiserver.k8s.io/v1beta1',
    kinds: 'FlowSchema PriorityLevelConfiguration',
    since: 23,
    gone: 26,
    use: 'flowcontrol.apiserver.k8s.io/v1beta3',
  },
  {
    in: 'flowcontrol.apiserver.k8s.io/v1beta2',
    kinds: 'FlowSchema PriorityLevelConfiguration',
    since: 26,
    gone: 29,
    use: 'flowcontrol.apiserver.k8s.io/v1beta3',
  },
  {
    in: 'flowcontrol.apiserver.k8s.io/v1beta3',
    kinds: 'FlowSchema PriorityLevelConfiguration',
    since: 29,
    gone: 32,
    use: 'flowcontrol.apiserver.k8s.io/v1',
  },
  {
    in: 'admissionregistration.k8s.io/v1beta1',
    kinds: 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding',
    since: 31,
    gone: 34,
  },
  {
    in: 'admissionregistration.k8s.io/v1beta1',
    kinds: 'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding',
    since: 37,
    gone: 40,
    use: 'admissionregistration.k8s.io/v1',
  },
  { in: 'networking.k8s.io/v1beta1', kinds: 'IPAddress ServiceCIDR', since: 34, gone: 37 },
  {
    in: 'resource.k8s.io/v1beta1',
    kinds: 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice',
    since: 35,
    gone: 38,
  },
  {
    in: 'resource.k8s.io/v1beta2',
    kinds: 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice',
    since: 36,
    gone: 39,
  },
]

const byKind = new Map(deprecatedKinds.flatMap((row) => row.kinds.split(' ').map((kind) => [`${row.in} ${kind}`, row])))
/** From then on the API server warns. Source: KEP-1693. */
const warnsSince = 19

/** What an API server of a minor warns of when somebody uses a kind; `undefined` when it does not. `apiVersion` is `policy/v1beta1`. */
export function deprecationWarning(apiVersion: string, kind: string, minor: number): string | undefined {
  const row = byKind.get(`${apiVersion} ${kind}`)
  if (row === undefined || minor < warnsSince || minor < row.since) return undefined
  const gone = row.gone === undefined ? '' : `, unavailable in v1.${row.gone}+`
  const instead = row.use === undefined ? '' : `; use ${row.use} ${row.useKind ?? kind}`
  return `${apiVersion} ${kind} is deprecated in v1.${row.since}+${gone}${instead}`
}
