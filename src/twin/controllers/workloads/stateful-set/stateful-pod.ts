import type { PersistentVolumeClaim, PodTemplateSpec, Volume } from 'kubernetes-types/core/v1'
import { as, type DraftObject, type KubeObject } from '../../../kube-object.ts'
import type { OwnerKind } from '../controller-reference.ts'
import { podFromTemplate } from '../pod-from-template.ts'
import type { PodObject, StatefulSetObject } from '../workload-objects.ts'

export const statefulSets: OwnerKind = { apiVersion: 'apps/v1', kind: 'StatefulSet', resource: 'statefulsets.apps' }

const nameLabel = 'statefulset.kubernetes.io/pod-name'
const indexLabel = 'apps.kubernetes.io/pod-index'
const revisionLabel = 'controller-revision-hash'

/** The number at the end of a pod's name, when the rest is the name of its StatefulSet; `undefined` when it is no pod of it. */
export function ordinalOf(set: KubeObject, pod: KubeObject): number | undefined {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata.name)
  return match !== null && match[1] === set.metadata.name && Number(match[2]) < 2 ** 31 ? Number(match[2]) : undefined
}

/** Name of the ControllerRevision that a pod was made of. */
export function revisionOf(pod: KubeObject): string | undefined {
  return pod.metadata.labels?.[revisionLabel]
}

/** What tells one pod of a set from another. */
export interface PodIdentity {
  readonly ordinal: number
  /** Of which the pod is made: the template of a ControllerRevision, and its name. */
  readonly template: PodTemplateSpec
  readonly revision: string
}

/** The pod with an ordinal: its name, its host name and its claims stay the same whatever becomes of it. */
export function statefulPod(set: StatefulSetObject, identity: PodIdentity, minor: number): DraftObject {
  const { ordinal, template, revision } = identity
  const { metadata, spec, ...rest } = podFromTemplate(template, set, statefulSets)
  const name = `${set.metadata.name}-${ordinal}`
  const labels = {
    ...metadata?.labels,
    [nameLabel]: name,
    [revisionLabel]: revision,
    ...(minor >= 28 ? { [indexLabel]: String(ordinal) } : {}),
  }
  const { serviceName } = set.spec
  return {
    ...rest,
    metadata: { ...metadata, name, labels },
    spec: {
      ...(spec as object),
      hostname: name,
      ...(serviceName ? { subdomain: serviceName } : {}),
      ...volumesField(set, ordinal, template.spec?.volumes ?? []),
    },
  }
}

function volumesField(set: StatefulSetObject, ordinal: number, volumes: readonly Volume[]): { volumes?: readonly Volume[] } {
  const all = withClaims(set, ordinal, volumes)
  return all.length === 0 ? {} : { volumes: all }
}

/** A claim template takes the place of a volume of its name. */
function withClaims(set: StatefulSetObject, ordinal: number, volumes: readonly Volume[]): readonly Volume[] {
  const templates = set.spec.volumeClaimTemplates ?? []
  const own = templates.map(({ metadata }): Volume => {
    const name = metadata?.name ?? ''
    return { name, persistentVolumeClaim: { claimName: claimName(set, name, ordinal) } }
  })
  const names = new Set(own.map(({ name }) => name))
  return [...own, ...volumes.filter(({ name }) => !names.has(name))]
}

function claimName(set: StatefulSetObject, template: string, ordinal: number): string {
  return `${template}-${set.metadata.name}-${ordinal}`
}

/** The claims that the pod with an ordinal needs before it is created. They outlive it. */
export function claimsOf(set: StatefulSetObject, ordinal: number): readonly DraftObject[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template: PersistentVolumeClaim) => {
    const { labels, annotations, name = '' } = template.metadata ?? {}
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: claimName(set, name, ordinal),
        namespace: set.metadata.namespace ?? '',
        labels: { ...labels, ...set.spec.selector.matchLabels },
        ...(annotations === undefined ? {} : { annotations }),
      },
      spec: template.spec ?? {},
    }
  })
}

/** Whether somebody has taken away what makes the pod the one with its ordinal. */
export function isImpaired(set: StatefulSetObject, pod: PodObject, ordinal: number): boolean {
  if (pod.metadata.labels?.[nameLabel] !== pod.metadata.name) return true
  const volumes = new Map((pod.spec.volumes ?? []).map((volume) => [volume.name, volume]))
  return (set.spec.volumeClaimTemplates ?? []).some(({ metadata }) => {
    const name = metadata?.name ?? ''
    return volumes.get(name)?.persistentVolumeClaim?.claimName !== claimName(set, name, ordinal)
  })
}

/** The pod with its name label and its claims again. */
export function repaired(set: StatefulSetObject, current: KubeObject, ordinal: number): DraftObject {
  const pod = as<PodObject>(current)
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, [nameLabel]: pod.metadata.name } },
    spec: { ...pod.spec, ...volumesField(set, ordinal, pod.spec.volumes ?? []) },
  }
}
