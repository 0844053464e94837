import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'

/** What a system-upgrade-controller makes a Job from. */
export interface SucJobInput {
  readonly plan: string
  readonly planUid: string
  readonly node: string
  /** As in `status.latestVersion`: `+` written as `-`. */
  readonly version: string
  readonly parallelism: 0 | 1
}

const controllerName = 'system-upgrade-controller'
const serviceAccountName = 'system-upgrade'
const namespace = 'system-upgrade'
const ownerKind = 'upgrade.cattle.io/v1, Kind=Plan'

/** `status.latestHash` of a Plan without secrets. Source: system-upgrade-controller v0.20. */
export function sucHash(version: string): string {
  return createHash('sha224').update(`${version}${serviceAccountName}`).digest('hex')
}

/** Source: system-upgrade-controller v0.20; always longer than 63 characters before it is shortened. */
export function sucJobName(plan: string, node: string, hash: string): string {
  const full = `apply-${plan}-on-${node}-with-${hash}`
  const keep = /[a-z0-9]/.test(full.charAt(56)) ? 57 : 56
  return `${full.slice(0, keep)}-${createHash('sha256')
    .update(full)
    .digest('hex')
    .slice(0, 62 - keep)}`
}

/** The label of the set of objects of one Plan. */
export function objectSetHash(plan: string): string {
  return createHash('sha1').update(`${controllerName}${ownerKind}${plan}${namespace}`).digest('hex')
}

/**
 * A Job as a system-upgrade-controller v0.20 leaves it: for a Plan with `cordon`, one image, no secrets, and default settings but for `backoffLimit`.
 * Written down here once more, so that what Falkirk makes is not compared with itself.
 */
export function sucJob(input: SucJobInput): { metadata: object; spec: { template: object } } {
  const job = withoutApplied(input)
  const applied = gzipSync(JSON.stringify(cutTexts(job)))
    .toString('base64')
    .replaceAll('=', '')
  const annotations = { ...job.metadata.annotations, 'objectset.rio.cattle.io/applied': applied }
  return { ...job, metadata: { ...job.metadata, annotations } }
}

function withoutApplied({ plan, planUid, node, version, parallelism }: SucJobInput) {
  const hash = sucHash(version)
  const labels = {
    'upgrade.cattle.io/controller': controllerName,
    'upgrade.cattle.io/exclusive': 'false',
    'upgrade.cattle.io/node': node,
    'upgrade.cattle.io/plan': plan,
    'upgrade.cattle.io/version': version,
    [`plan.upgrade.cattle.io/${plan}`]: hash,
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: sucJobName(plan, node, hash),
      namespace,
      creationTimestamp: null,
      labels: { ...labels, 'objectset.rio.cattle.io/hash': objectSetHash(plan) },
      annotations: {
        'upgrade.cattle.io/ttl-seconds-after-finished': '900',
        'objectset.rio.cattle.io/id': controllerName,
        'objectset.rio.cattle.io/owner-gvk': ownerKind,
        'objectset.rio.cattle.io/owner-name': plan,
        'objectset.rio.cattle.io/owner-namespace': namespace,
      },
      ownerReferences: [
        { apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', name: plan, uid: planUid, controller: true, blockOwnerDeletion: false },
      ],
    },
    spec: {
      activeDeadlineSeconds: 600,
      backoffLimit: 0,
      completions: 1,
      parallelism,
      podReplacementPolicy: 'TerminatingOrFailed',
      ttlSecondsAfterFinished: 900,
      template: { metadata: { creationTimestamp: null, labels }, spec: podSpec(plan, node, version) },
    },
    status: {},
  }
}

function podSpec(plan: string, node: string, version: string): object {
  const container = {
    env: environment(plan, version),
    imagePullPolicy: 'IfNotPresent',
    resources: {},
    volumeMounts: [
      { mountPath: '/host', name: 'host-root' },
      { mountPath: '/run/system-upgrade/pod', name: 'pod-info', readOnly: true },
    ],
  }
  return {
    hostIPC: true,
    hostPID: true,
    hostNetwork: true,
    dnsPolicy: 'ClusterFirstWithHostNet',
    restartPolicy: 'Never',
    serviceAccountName,
    affinity: affinity(plan, node),
    tolerations: [{ effect: 'NoSchedule', key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }],
    initContainers: [{ ...container, name: 'cordon', image: 'rancher/kubectl:v1.30.3', args: ['cordon', node] }],
    containers: [
      {
        ...container,
        name: 'upgrade',
        image: `rancher/k3s-upgrade:${version}`,
        securityContext: { capabilities: { add: ['CAP_SYS_BOOT'] }, privileged: true },
      },
    ],
    volumes: [{ name: 'host-root', hostPath: { path: '/', type: 'Directory' } }, podInfo],
  }
}

const podInfo = {
  name: 'pod-info',
  downwardAPI: {
    defaultMode: 420,
    // here the version is written out, in the environment it is not
    items: ['labels', 'annotations'].map((path) => ({ path, fieldRef: { apiVersion: 'v1', fieldPath: `metadata.${path}` } })),
  },
}

function environment(plan: string, version: string): object[] {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } })
  return [
    field('SYSTEM_UPGRADE_NODE_NAME', 'spec.nodeName'),
    field('SYSTEM_UPGRADE_POD_NAME', 'metadata.name'),
    field('SYSTEM_UPGRADE_POD_UID', 'metadata.uid'),
    { name: 'SYSTEM_UPGRADE_PLAN_NAME', value: plan },
    { name: 'SYSTEM_UPGRADE_PLAN_LATEST_HASH', value: sucHash(version) },
    { name: 'SYSTEM_UPGRADE_PLAN_LATEST_VERSION', value: version },
  ]
}

function affinity(plan: string, node: string): object {
  const onNode = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] }
  const ofPlan = { key: 'upgrade.cattle.io/plan', operator: 'In', values: [plan] }
  return {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [onNode] }] } },
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchExpressions: [ofPlan] }, topologyKey: 'kubernetes.io/hostname' },
      ],
    },
  }
}

/** Keys by which an element of a list is known stay whole. */
const identifying = new Set(['name', 'mountPath', 'type', 'topologyKey', 'kind', 'apiVersion'])

/** Texts in maps are cut to 64 characters, those that are elements of lists are not. */
function cutTexts(value: unknown, inList = false): unknown {
  if (Array.isArray(value)) return value.map((element) => cutTexts(element, true))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (typeof member !== 'string') return [key, cutTexts(member)]
      return [key, inList && identifying.has(key) ? member : member.slice(0, 64)]
    }),
  )
}

/** Without `null` and what is empty, and with sorted keys: what Go's semantic comparison takes for the same is the same. */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .map(([key, member]): [string, unknown] => [key, canonical(member)])
    .filter(([, member]) => member !== null && member !== '' && !(typeof member === 'object' && Object.keys(member).length === 0))
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
