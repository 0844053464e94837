import type { DraftObject } from '../kube-object.ts'

/** Kinds that others refer to, in the order in which they have to be there. Everything else comes after them, pods and webhooks last. */
const first = [
  'Namespace',
  'CustomResourceDefinition',
  'StorageClass',
  'PriorityClass',
  'RuntimeClass',
  'Node',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ResourceQuota',
  'LimitRange',
  'Service',
  'PodDisruptionBudget',
]
const last = ['Pod', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']

/** Objects as they can be created one after the other; those of one rank stay in their order. */
export function inCreationOrder(objects: readonly DraftObject[]): readonly DraftObject[] {
  return objects.toSorted((a, b) => rank(a) - rank(b))
}

function rank({ kind = '' }: DraftObject): number {
  const early = first.indexOf(kind)
  if (early >= 0) return early
  const late = last.indexOf(kind)
  return first.length + 1 + late
}
