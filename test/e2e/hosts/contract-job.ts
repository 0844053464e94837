import { createHash } from 'node:crypto'

interface JobOf {
  readonly plan: string
  readonly uid: string
  readonly node: string
  readonly hash: string
  /** As in `status.latestVersion`. */
  readonly version: string
  readonly image: string
  /** Arguments of the `prepare` container, which has the same image. */
  readonly prepare?: readonly string[] | undefined
}

/**
 * What others build on in the Job of a Plan that cordons, worked out here from the contract and not by the code under test; the settings are those
 * of deploy/base. Source: system-upgrade-controller v0.20.
 */
export function expectedJob(job: JobOf) {
  const { plan, uid, node, hash, version } = job
  const labels = {
    'upgrade.cattle.io/controller': 'system-upgrade-controller',
    'upgrade.cattle.io/exclusive': 'false',
    'upgrade.cattle.io/node': node,
    'upgrade.cattle.io/plan': plan,
    'upgrade.cattle.io/version': version,
    [`plan.upgrade.cattle.io/${plan}`]: hash,
  }
  return {
    metadata: {
      name: jobName(plan, node, hash),
      namespace: 'system-upgrade',
      labels: { ...labels, 'objectset.rio.cattle.io/hash': objectSetHash(plan) },
      annotations: {
        'upgrade.cattle.io/ttl-seconds-after-finished': '900',
        'objectset.rio.cattle.io/id': 'system-upgrade-controller',
        'objectset.rio.cattle.io/owner-gvk': 'upgrade.cattle.io/v1, Kind=Plan',
        'objectset.rio.cattle.io/owner-name': plan,
        'objectset.rio.cattle.io/owner-namespace': 'system-upgrade',
      },
      ownerReferences: [{ apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', name: plan, uid, controller: true, blockOwnerDeletion: false }],
    },
    spec: {
      completions: 1,
      parallelism: 1,
      backoffLimit: 99,
      activeDeadlineSeconds: 900,
      ttlSecondsAfterFinished: 900,
      template: { metadata: { labels }, spec: pod(job) },
    },
    status: { succeeded: 1 },
  }
}

function pod({ plan, node, hash, version, image, prepare }: JobOf): object {
  const hostname = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] }
  const samePlan = { matchExpressions: [{ key: 'upgrade.cattle.io/plan', operator: 'In', values: [plan] }] }
  const shared = {
    imagePullPolicy: 'Always',
    env: [
      { name: 'SYSTEM_UPGRADE_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'SYSTEM_UPGRADE_POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'SYSTEM_UPGRADE_POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } },
      { name: 'SYSTEM_UPGRADE_PLAN_NAME', value: plan },
      { name: 'SYSTEM_UPGRADE_PLAN_LATEST_HASH', value: hash },
      { name: 'SYSTEM_UPGRADE_PLAN_LATEST_VERSION', value: version },
    ],
    volumeMounts: [
      { name: 'host-root', mountPath: '/host' },
      { name: 'pod-info', mountPath: '/run/system-upgrade/pod', readOnly: true },
    ],
  }
  const cordon = { ...shared, name: 'cordon', image: 'rancher/kubectl:v1.30.3', args: ['cordon', node] }
  return {
    hostIPC: true,
    hostPID: true,
    hostNetwork: true,
    dnsPolicy: 'ClusterFirstWithHostNet',
    restartPolicy: 'Never',
    serviceAccountName: 'system-upgrade',
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [hostname] }] } },
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: samePlan, topologyKey: 'kubernetes.io/hostname' }],
      },
    },
    tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }],
    initContainers: [...(prepare === undefined ? [] : [{ ...shared, name: 'prepare', image, args: prepare }]), cordon],
    containers: [{ ...shared, name: 'upgrade', image, securityContext: { privileged: true, capabilities: { add: ['CAP_SYS_BOOT'] } } }],
    volumes: [
      { name: 'host-root', hostPath: { path: '/', type: 'Directory' } },
      { name: 'pod-info', downwardAPI: { defaultMode: 0o644, items: [{ path: 'labels' }, { path: 'annotations' }] } },
    ],
  }
}

/** The full text and, as the hash makes it too long, the first 57 characters and 5 of its own hash; 56 and 6 where the cut would end badly. */
function jobName(plan: string, node: string, hash: string): string {
  const text = `apply-${plan}-on-${node.split('.')[0]}-with-${hash}`
  const kept = /[a-z0-9]/.test(text[56] ?? '') ? 57 : 56
  return `${text.slice(0, kept)}-${createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 62 - kept)}`
}

function objectSetHash(plan: string): string {
  return createHash('sha1').update(`system-upgrade-controllerupgrade.cattle.io/v1, Kind=Plan${plan}system-upgrade`).digest('hex')
}
