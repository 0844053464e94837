import type { BudgetPod, PodScale } from '../../../core/drain/budget-status.ts'
import type { OwnerReference } from '../../../core/kubernetes/object-meta.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { groupOf, type KnownKinds } from '../known-kinds.ts'

/** What a scale is looked up in. */
export interface ScaleSource {
  readonly store: ObjectStore
  readonly kinds: KnownKinds
  /** Minor of Kubernetes 1 whose disruption controller answers. */
  readonly minor: number
}

/** Since then pods without a controller no longer keep a budget from being computed. */
const toleratesUnmanagedMinor = 22
/** Since then a kind without a scale is named as such. */
const namesMissingScaleMinor = 21

/**
 * The scale of what controls a pod: a Deployment in place of its ReplicaSet, any other kind by its scale subresource.
 * Source: Kubernetes disruption controller, its finders.
 */
function podScale(pod: BudgetPod, source: ScaleSource): PodScale {
  const { controller } = pod
  if (controller === undefined) {
    return source.minor < toleratesUnmanagedMinor
      ? { kind: 'Unknown', message: `found no controller ref for pod ${JSON.stringify(pod.name)}` }
      : { kind: 'Unmanaged' }
  }
  const owner = find(controller, pod.namespace, source)
  if (isReplicaSet(controller) && typeof owner === 'object') return replicaSetScale(owner, pod, source)
  return scaleOf(owner, controller, pod, source)
}

/** `podScale` for many pods at one moment: whoever controls several of them is looked up once. */
export function scaleLookup(source: ScaleSource): (pod: BudgetPod) => PodScale {
  const found = new Map<string, PodScale>()
  return (pod) => {
    const uid = pod.controller?.uid
    if (uid === undefined) return podScale(pod, source)
    const known = found.get(uid)
    if (known !== undefined) return known
    const scale = podScale(pod, source)
    // of one without a scale it is said which pod has asked
    if (scale.kind === 'Scale') found.set(uid, scale)
    return scale
  }
}

function isReplicaSet({ kind, apiVersion }: OwnerReference): boolean {
  return kind === 'ReplicaSet' && ['apps', 'extensions'].includes(groupOf(apiVersion))
}

function replicaSetScale(replicaSet: KubeObject, pod: BudgetPod, source: ScaleSource): PodScale {
  const above = replicaSet.metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (above?.kind !== 'Deployment')
    return { kind: 'Scale', controllerUid: replicaSet.metadata.uid, replicas: replicasAt(replicaSet, '.spec.replicas') }
  const deployment = find(above, pod.namespace, source)
  if (typeof deployment !== 'object') return noControllers(pod)
  return { kind: 'Scale', controllerUid: deployment.metadata.uid, replicas: replicasAt(deployment, '.spec.replicas') }
}

function scaleOf(owner: KubeObject | 'Gone' | 'UnknownKind', controller: OwnerReference, pod: BudgetPod, source: ScaleSource): PodScale {
  if (owner === 'UnknownKind') {
    const message = `no matches for kind ${JSON.stringify(controller.kind)} in version ${JSON.stringify(controller.apiVersion)}`
    return { kind: 'Unknown', message }
  }
  const known = source.kinds.find(controller.apiVersion, controller.kind)
  if (known?.replicasPath === undefined && source.minor >= namesMissingScaleMinor) {
    return { kind: 'Unknown', message: `${known?.resource} does not implement the scale subresource` }
  }
  if (known?.replicasPath === undefined || owner === 'Gone') return noControllers(pod)
  return { kind: 'Scale', controllerUid: owner.metadata.uid, replicas: replicasAt(owner, known.replicasPath) }
}

function noControllers(pod: BudgetPod): PodScale {
  return { kind: 'Unknown', message: `found no controllers for pod ${JSON.stringify(pod.name)}` }
}

/** `Gone` also when another object has taken the name. */
function find(reference: OwnerReference, namespace: string, { store, kinds }: ScaleSource): KubeObject | 'Gone' | 'UnknownKind' {
  const known = kinds.find(reference.apiVersion, reference.kind)
  if (known === undefined) return 'UnknownKind'
  const object = store.get(known.resource, known.namespaced ? namespace : undefined, reference.name)
  return object?.metadata.uid === reference.uid ? object : 'Gone'
}

/** The number at a path such as `.spec.replicas`; 0 when there is none, as a scale has it. */
function replicasAt(object: KubeObject, path: string): number {
  const value = path
    .split('.')
    .filter((field) => field !== '')
    .reduce<unknown>((part, field) => (part as Record<string, unknown> | undefined)?.[field], object)
  return typeof value === 'number' ? value : 0
}
