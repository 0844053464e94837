import { namespace, plan, versions } from './scenario.ts'

const munged = versions.after.replace('+', '-')

/** The Job that the floor makes for a node: what a Plan's Job looks like to the scheduler, and nothing more. */
export function upgradeJob(node: string): object {
  const labels = {
    'upgrade.cattle.io/controller': 'floor',
    'upgrade.cattle.io/plan': plan,
    'upgrade.cattle.io/node': node,
    'upgrade.cattle.io/version': munged,
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `apply-${plan}-on-${node}`, namespace, labels },
    spec: {
      backoffLimit: 2,
      completions: 1,
      parallelism: 1,
      ttlSecondsAfterFinished: 900,
      activeDeadlineSeconds: 600,
      template: { metadata: { labels }, spec: podSpec(node) },
    },
  }
}

function podSpec(node: string): object {
  const onNode = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] }
  const ofPlan = { key: 'upgrade.cattle.io/plan', operator: 'In', values: [plan] }
  return {
    restartPolicy: 'Never',
    hostNetwork: true,
    hostPID: true,
    hostIPC: true,
    serviceAccountName: 'system-upgrade',
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [onNode] }] } },
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchExpressions: [ofPlan] }, topologyKey: 'kubernetes.io/hostname' },
        ],
      },
    },
    tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }],
    containers: [
      {
        name: 'upgrade',
        image: `rancher/k3s-upgrade:${munged}`,
        env: [{ name: 'SYSTEM_UPGRADE_PLAN_LATEST_VERSION', value: munged }],
        securityContext: { privileged: true, capabilities: { add: ['CAP_SYS_BOOT'] } },
        volumeMounts: [{ name: 'host-root', mountPath: '/host' }],
      },
    ],
    volumes: [{ name: 'host-root', hostPath: { path: '/', type: 'Directory' } }],
  }
}
