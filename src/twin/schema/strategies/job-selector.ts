import type { Job } from 'kubernetes-types/batch/v1'
import { labelValueProblem } from '../../../core/kubernetes/label-syntax.ts'
import { as, type KubeObject } from '../../kube-object.ts'

type Labels = Readonly<Record<string, string>>

/** Labels by which the pods of a Job are told: since 1.27 with a prefix, and without it for those who know the old ones. */
export function jobPodLabels({ name, uid }: { readonly name: string; readonly uid: string }, minor: number): Labels {
  const plain = { 'controller-uid': uid, 'job-name': name }
  return minor >= 27 ? { ...plain, 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name } : plain
}

/** The label in the selector that the API server makes. */
function selectorLabel(minor: number): string {
  return minor >= 27 ? 'batch.kubernetes.io/controller-uid' : 'controller-uid'
}

/**
 * A new Job with the selector and the labels that tell its pods from all others; as it is, when it brings its own (`manualSelector`).
 * Source: Kubernetes, Jobs, Specifying your own Pod selector.
 */
export function withJobSelector(object: KubeObject, minor: number): KubeObject {
  const { spec } = as<Job>(object)
  if (spec === undefined || spec.manualSelector === true) return object
  const { template, selector } = spec
  const labels = { ...jobPodLabels(object.metadata, minor), ...template?.metadata?.labels }
  const matchLabels = { [selectorLabel(minor)]: object.metadata.uid, ...selector?.matchLabels }
  // the Job's own are those of its pods, and refused there where they cannot be
  const own = Object.keys(object.metadata.labels ?? {}).length > 0 || labelValueProblem(object.metadata.name) !== undefined
  return {
    ...object,
    metadata: own ? object.metadata : { ...object.metadata, labels },
    spec: { ...spec, selector: { ...selector, matchLabels }, template: { ...template, metadata: { ...template?.metadata, labels } } },
  }
}
