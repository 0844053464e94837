import { changeField, changeItems, without } from './json-fields.ts'

/** A field and the first minor in which it is on by default; `[]` in its path stands for every item of a list. */
type LaterField = readonly [path: string, since: number]

const containerFields: readonly LaterField[] = [
  ['startupProbe', 18],
  ['livenessProbe.grpc', 24],
  ['readinessProbe.grpc', 24],
  ['startupProbe.grpc', 24],
  ['livenessProbe.terminationGracePeriodSeconds', 25],
  ['startupProbe.terminationGracePeriodSeconds', 25],
  ['restartPolicy', 29],
  ['lifecycle.preStop.sleep', 30],
  ['lifecycle.postStart.sleep', 30],
  ['resizePolicy', 33],
]

const podFields: readonly LaterField[] = [
  ['overhead', 18],
  ['topologySpreadConstraints', 18],
  ['preemptionPolicy', 19],
  ['setHostnameAsFQDN', 20],
  ['volumes[].ephemeral', 21],
  ['os', 24],
  ['topologySpreadConstraints[].nodeAffinityPolicy', 26],
  ['topologySpreadConstraints[].nodeTaintsPolicy', 26],
  ['topologySpreadConstraints[].minDomains', 27],
  ['topologySpreadConstraints[].matchLabelKeys', 27],
  ['schedulingGates', 27],
  ['hostUsers', 33],
  ['resources', 34],
  ['resourceClaims', 34],
  ...['containers[]', 'initContainers[]'].flatMap((list) => containerFields.map(([path, since]): LaterField => [`${list}.${path}`, since])),
]

const jobFields: readonly LaterField[] = [
  ['ttlSecondsAfterFinished', 21],
  ['completionMode', 22],
  ['suspend', 22],
  ['podFailurePolicy', 26],
  ['podReplacementPolicy', 29],
  ['backoffLimitPerIndex', 29],
  ['maxFailedIndexes', 29],
  ['successPolicy', 31],
  ['managedBy', 32],
]

function below(prefix: string, fields: readonly LaterField[]): readonly LaterField[] {
  return fields.map(([path, since]) => [`${prefix}.${path}`, since])
}

const template = below('spec.template.spec', podFields)

/** By resource. Source: Kubernetes, feature gates and the API reference of each version. */
const laterFields: Readonly<Record<string, readonly LaterField[]>> = {
  pods: below('spec', podFields),
  replicationcontrollers: template,
  'deployments.apps': template,
  'replicasets.apps': template,
  'daemonsets.apps': [...template, ['spec.updateStrategy.rollingUpdate.maxSurge', 22]],
  'statefulsets.apps': [
    ...template,
    ['spec.minReadySeconds', 23],
    ['spec.persistentVolumeClaimRetentionPolicy', 27],
    ['spec.ordinals', 27],
  ],
  'jobs.batch': [...template, ...below('spec', jobFields)],
  'cronjobs.batch': [
    ['spec.timeZone', 25],
    ...below('spec.jobTemplate.spec', jobFields),
    ...below('spec.jobTemplate.spec.template.spec', podFields),
  ],
  'validatingwebhookconfigurations.admissionregistration.k8s.io': [['webhooks[].matchConditions', 28]],
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': [['webhooks[].matchConditions', 28]],
  'poddisruptionbudgets.policy': [['spec.unhealthyPodEvictionPolicy', 27]],
  services: [
    ['spec.clusterIPs', 20],
    ['spec.ipFamilies', 21],
    ['spec.ipFamilyPolicy', 21],
    ['spec.internalTrafficPolicy', 22],
    ['spec.allocateLoadBalancerNodePorts', 22],
    ['spec.loadBalancerClass', 22],
    ['spec.trafficDistribution', 31],
  ],
  configmaps: [['immutable', 19]],
  secrets: [['immutable', 19]],
}

interface Step {
  readonly path: readonly string[]
  readonly since: number
}

/** Split once: every write comes by here. */
const steps: ReadonlyMap<string, readonly Step[]> = new Map(
  Object.entries(laterFields).map(([resource, fields]) => [resource, fields.map(([path, since]) => ({ path: path.split('.'), since }))]),
)

/** Whether a resource has fields that came later than the oldest version. */
export function hasLaterFields(resource: string): boolean {
  return Object.hasOwn(laterFields, resource)
}

/**
 * An object as a server of a minor understands it: fields that are on by default only later are dropped without a word, as the real server does.
 * Its argument when there are none.
 */
export function withoutLaterFields<T extends object>(resource: string, object: T, minor: number): T {
  let current = object
  for (const { path, since } of steps.get(resource) ?? []) {
    if (minor < since) current = withoutField(current, path, 0)
  }
  return current
}

function withoutField<T extends object>(object: T, path: readonly string[], at: number): T {
  const name = path[at] ?? ''
  if (at === path.length - 1) return without(object, [name])
  if (!name.endsWith('[]')) return changeField(object, name, (value) => withoutField(value, path, at + 1))
  return changeItems(object, name.slice(0, -2), (item) => withoutField(item, path, at + 1))
}
