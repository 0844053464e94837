import type { Node, Pod } from 'kubernetes-types/core/v1.js'
import { isPodFinished } from '../../core/kubernetes/pod-state.ts'
import { type PodInfo, podInfo } from '../../core/scheduling/pod-info.ts'
import type { SchedulerCache } from '../../core/scheduling/scheduler-cache.ts'
import { sameJson } from '../api/same-json.ts'
import { as, type KubeObject } from '../kube-object.ts'
import type { Change } from '../store/object-store.ts'
import { type ClusterEvent, isAwaited, mayHelp, nodeEvent } from './cluster-event.ts'
import type { SchedulingQueue } from './scheduling-queue.ts'

export interface FeedTarget {
  readonly cache: SchedulerCache
  readonly queue: SchedulingQueue
  readonly minor: number
  readonly schedulerName: string
  readonly now: () => number
}

/** Resources that the scheduler hears of. */
export const watchedResources: readonly string[] = [
  'namespaces',
  'nodes',
  'pods',
  'persistentvolumes',
  'persistentvolumeclaims',
  'storageclasses.storage.k8s.io',
  'csinodes.storage.k8s.io',
]

const storageEvents: Readonly<Record<string, ClusterEvent>> = {
  persistentvolumes: 'Volume',
  persistentvolumeclaims: 'Claim',
  'storageclasses.storage.k8s.io': 'StorageClass',
  'csinodes.storage.k8s.io': 'CsiNode',
}

/** Tells cache and queue of a change; a deletion of storage helps nobody. */
export function feed(target: FeedTarget, change: Change): void {
  const { resource, kind, object, previous } = change
  const event = storageEvents[resource]
  if (resource === 'pods') feedPod(target, change)
  else if (resource === 'nodes') feedNode(target, change)
  else if (resource === 'namespaces')
    target.cache.setNamespace(object.metadata.name, kind === 'Deleted' ? undefined : (object.metadata.labels ?? {}))
  else if (event !== undefined && kind !== 'Deleted' && !isOnlyNewVersion(previous, object)) wake(target, event)
}

/** Whether nothing but times and managers differs. */
function isOnlyNewVersion(previous: KubeObject | undefined, object: KubeObject): boolean {
  if (previous === undefined) return false
  const content = ({ metadata, ...rest }: KubeObject) => ({ ...rest, labels: metadata.labels, annotations: metadata.annotations })
  return sameJson(content(previous), content(object))
}

function feedNode(target: FeedTarget, { kind, object, previous }: Change): void {
  if (kind === 'Deleted') {
    target.cache.removeNode(object.metadata.name)
    return
  }
  const node = as<Node>(object)
  const event = previous === undefined ? 'NodeAdd' : nodeEvent(as<Node>(previous), node)
  target.cache.setNode(node)
  if (event !== undefined) wake(target, event)
}

function feedPod(target: FeedTarget, { kind, object, previous }: Change): void {
  const { uid } = object.metadata
  // A pod of the same name is another one.
  if (previous !== undefined && previous.metadata.uid !== uid) drop(target, previous.metadata.uid)
  if (kind === 'Deleted' || isPodFinished(as<Pod>(object).status)) drop(target, uid)
  else if (as<Pod>(object).spec?.nodeName) feedBound(target, as<Pod>(object), previous)
  else feedPending(target, object, previous)
}

function feedPending({ cache, queue, schedulerName, now }: FeedTarget, object: KubeObject, previous: KubeObject | undefined): void {
  const pod = as<Pod>(object)
  if ((pod.spec?.schedulerName ?? schedulerName) !== schedulerName) return
  // It has a node already, and only its binding has not been seen yet.
  if (cache.pod(object.metadata.uid) !== undefined) return
  const info = podInfo(pod)
  nominate(cache, info)
  queue.update(info, previous !== undefined && !sameJson(withoutStatus(previous), withoutStatus(object)), now())
}

function nominate(cache: SchedulerCache, info: PodInfo): void {
  const nodeName = info.pod.status?.nominatedNodeName ?? ''
  if (nodeName !== '') cache.nominate({ ...info, nodeName })
  else cache.endNomination(info.uid)
}

function withoutStatus({ metadata, spec }: KubeObject): unknown {
  const { resourceVersion: _, generation: __, managedFields: ___, ...rest } = metadata
  return { metadata: rest, spec }
}

/** A pod has gone, or will take nothing any more. */
function drop(target: FeedTarget, uid: string): void {
  const { cache, queue } = target
  queue.remove(uid)
  cache.endNomination(uid)
  if (cache.removePod(uid) !== undefined) wake(target, 'PodDelete')
}

function feedBound(target: FeedTarget, pod: Pod, previous: KubeObject | undefined): void {
  const { cache, queue, minor } = target
  const uid = pod.metadata?.uid ?? ''
  queue.remove(uid)
  cache.endNomination(uid)
  const known = cache.pod(uid)
  const isNew = known === undefined || !as<Pod>(previous ?? {}).spec?.nodeName
  const counts = known === undefined || !countsTheSame(known, pod, previous)
  const info = counts ? podInfo(pod) : { ...known, pod }
  if (counts) cache.addPod(info)
  else cache.renewPod(info)
  if (!isNew && !counts) return
  if (known !== undefined && minor >= 22 && (known.terminating !== info.terminating || isSmaller(info, known))) wake(target, 'PodDelete')
  const namespaceLabels = cache.namespaceLabels(info.namespace)
  queue.wake((waiting) => isAwaited(info, waiting, namespaceLabels), target.now())
}

/** Whether only such parts have changed as nobody counts. */
function countsTheSame(known: PodInfo, pod: Pod, previous: KubeObject | undefined): boolean {
  const before = previous === undefined ? known.pod : as<Pod>(previous)
  const { metadata, spec } = pod
  return (
    known.nodeName === spec?.nodeName &&
    known.terminating === (metadata?.deletionTimestamp !== undefined) &&
    sameJson(known.labels, metadata?.labels ?? {}) &&
    (before.spec === spec || sameJson({ ...before.spec, nodeName: undefined }, { ...spec, nodeName: undefined })) &&
    sameJson(allocated(before), allocated(pod))
  )
}

function allocated({ status }: Pod): unknown {
  const statuses = (status?.containerStatuses ?? []) as { name: string; allocatedResources?: unknown; resources?: unknown }[]
  return statuses.flatMap(({ name, allocatedResources, resources }) =>
    allocatedResources === undefined && resources === undefined ? [] : [{ name, allocatedResources, resources }],
  )
}

function isSmaller(info: PodInfo, known: PodInfo): boolean {
  return info.requests.milliCpu < known.requests.milliCpu || info.requests.memory < known.requests.memory
}

function wake({ queue, minor, now }: FeedTarget, event: ClusterEvent): void {
  queue.wake((pod) => mayHelp(event, pod, minor), now())
}
