import type { Affinity, NodeSelectorTerm } from 'kubernetes-types/core/v1'
import type { DraftObject } from '../../../kube-object.ts'
import type { OwnerKind } from '../controller-reference.ts'
import { podFromTemplate } from '../pod-from-template.ts'
import type { DaemonSetObject, PodObject } from '../workload-objects.ts'
import { daemonTolerations } from './daemon-tolerations.ts'

export const daemonSets: OwnerKind = { apiVersion: 'apps/v1', kind: 'DaemonSet', resource: 'daemonsets.apps' }

export const hashLabel = 'controller-revision-hash'
const generationLabel = 'pod-template-generation'
const generationAnnotation = 'deprecated.daemonset.template.generation'

/** The pod of a DaemonSet for one node; the scheduler binds it, as it fits nowhere else. */
export function daemonPod(set: DaemonSetObject, node: string, hash: string): DraftObject {
  const draft = podFromTemplate(set.spec.template, set, daemonSets)
  const { spec } = set.spec.template
  const generation = templateGeneration(set)
  const labels = { ...draft.metadata?.labels, ...(generation === undefined ? {} : { [generationLabel]: generation }), [hashLabel]: hash }
  return {
    ...draft,
    metadata: { ...draft.metadata, labels },
    spec: { ...spec, affinity: onNode(spec?.affinity, node), tolerations: daemonTolerations(spec) },
  }
}

/** Whether a pod is of the present template. */
export function isUpdated(set: DaemonSetObject, pod: PodObject, hash: string): boolean {
  const labels = pod.metadata.labels ?? {}
  const generation = templateGeneration(set)
  return (
    labels[hashLabel] === hash || (generation !== undefined && labels[generationLabel] === generation && labels[hashLabel] === undefined)
  )
}

/** The node that a pod is on, or is meant for; `undefined` when it does not say. */
export function targetNode(pod: PodObject): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  for (const { matchFields = [] } of terms) {
    const named = matchFields.find(({ key, operator }) => key === 'metadata.name' && operator === 'In')
    if (named !== undefined) return named.values?.length === 1 ? named.values[0] : undefined
  }
  return undefined
}

function templateGeneration(set: DaemonSetObject): string | undefined {
  const text = set.metadata.annotations?.[generationAnnotation]
  return text !== undefined && /^\d+$/.test(text) ? text : undefined
}

/** The template's other terms have been asked already; here they are replaced. */
function onNode(affinity: Affinity | undefined, node: string): Affinity {
  const term: NodeSelectorTerm = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }
  return {
    ...affinity,
    nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
  }
}
