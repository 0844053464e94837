import type { Affinity, PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1.js'
import { initContainers, upgradeContainer } from './job-containers.ts'
import type { JobInput } from './job-input.ts'
import { podAnnotations, podLabels } from './job-metadata.ts'
import { jobVolumes } from './job-volumes.ts'
import { hostnameLabel, hostnameOf } from './node-selection.ts'

/** The template of a Job's pods. Source: system-upgrade-controller v0.20. */
export function jobPodTemplate(input: JobInput): PodTemplateSpec {
  const annotations = podAnnotations(input.plan)
  return {
    metadata: { labels: podLabels(input), ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: podSpec(input),
  }
}

function podSpec(input: JobInput): PodSpec {
  const { serviceAccountName, priorityClassName, imagePullSecrets, tolerations } = input.plan.spec
  const volumes = jobVolumes(input.plan.spec)
  const before = initContainers(input, volumes)
  return {
    hostIPC: true,
    hostPID: true,
    hostNetwork: true,
    dnsPolicy: 'ClusterFirstWithHostNet',
    restartPolicy: 'Never',
    ...(serviceAccountName ? { serviceAccountName } : {}),
    ...(priorityClassName ? { priorityClassName } : {}),
    ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }),
    affinity: affinity(input),
    tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }, ...(tolerations ?? [])],
    ...(before.length === 0 ? {} : { initContainers: before }),
    containers: [upgradeContainer(input, volumes)],
    volumes: volumes.volumes,
  }
}

/** Binds the pod to its node, and keeps pods of one Plan (of exclusive Plans: of any other exclusive Plan) from sharing a node. */
function affinity({ node, plan }: JobInput): Affinity {
  const apart =
    plan.spec.exclusive === true
      ? { key: 'upgrade.cattle.io/exclusive', operator: 'In', values: ['true'] }
      : { key: 'upgrade.cattle.io/plan', operator: 'In', values: [plan.metadata.name] }
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: hostnameLabel, operator: 'In', values: [hostnameOf(node)] }] }],
      },
    },
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchExpressions: [apart] }, topologyKey: hostnameLabel }],
    },
  }
}
