import type { LabelSelector } from '../../../core/kubernetes/label-selector-schema.ts'
import { as, type KubeObject } from '../../kube-object.ts'

interface SelectingWorkload extends KubeObject {
  readonly spec?: { readonly selector?: LabelSelector }
}

/** Which pods, or ReplicaSets, are a workload's own. */
export function selectorOf(object: KubeObject): LabelSelector | undefined {
  return as<SelectingWorkload>(object).spec?.selector
}
