import { epochMs } from './epoch-ms.ts'
import { objectIdentity } from './object-identity.ts'
import type { OwnerReference, RawMeta, StringMap } from './object-meta.ts'
import { isPodReady } from './pod-state.ts'

/** One container's state, init containers included. */
export interface ContainerFacts {
  readonly name: string
  readonly init: boolean
  readonly state: 'Waiting' | 'Running' | 'Terminated'
  /** Reason of the state, e.g. `ImagePullBackOff`, `Error`, `OOMKilled`. */
  readonly reason: string
  readonly message: string
  readonly exitCode?: number
}

/** What the core needs of a Pod, both of an upgrade's own pods and of those a drain has to move. */
export interface PodFacts {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly labels: StringMap
  readonly nodeName: string
  readonly phase: string
  readonly ready: boolean
  /** Epoch milliseconds. */
  readonly createdAtMs?: number
  /** When it ends at the latest (epoch milliseconds, grace included); absent while the pod is not being deleted. */
  readonly deletionAtMs?: number
  /** Seconds of grace the pod asks for. */
  readonly gracePeriodSeconds: number
  readonly priority: number
  readonly controller?: OwnerReference
  readonly mirror: boolean
  readonly hasEmptyDir: boolean
  /** Names of its PersistentVolumeClaims, those made for it as well; absent where it has none. */
  readonly claims?: readonly string[]
  readonly finalizers: readonly string[]
  readonly containers: readonly ContainerFacts[]
  /** Message of PodScheduled=False, e.g. `0/3 nodes are available: …`. */
  readonly unschedulableMessage?: string
}

interface RawState {
  reason?: string
  message?: string
  exitCode?: number
}

interface RawContainerStatus {
  name?: string
  state?: { waiting?: RawState; running?: RawState; terminated?: RawState }
}

interface RawVolume {
  name?: string
  emptyDir?: unknown
  persistentVolumeClaim?: { claimName?: string }
  ephemeral?: unknown
}

interface RawPod {
  metadata?: RawMeta
  spec?: {
    nodeName?: string
    terminationGracePeriodSeconds?: number
    priority?: number
    volumes?: RawVolume[] | null
  }
  status?: {
    phase?: string
    conditions?: { type?: string; status?: string; reason?: string; message?: string }[] | null
    initContainerStatuses?: RawContainerStatus[] | null
    containerStatuses?: RawContainerStatus[] | null
  }
}

/** Grace of a pod whose manifest says none. Source: Kubernetes API reference, PodSpec. */
const defaultGracePeriodSeconds = 30

/** Marks the API's copy of a pod that a kubelet runs from a file. Source: Kubernetes, Well-Known Labels, Annotations and Taints. */
const mirrorAnnotation = 'kubernetes.io/config.mirror'

/** Trims a Pod as the API gives it to its facts. */
export function podFacts(object: unknown): PodFacts {
  const { metadata = {}, spec = {}, status = {} } = object as RawPod
  const conditions = status.conditions ?? []
  const controller = metadata.ownerReferences?.find((owner) => owner.controller === true)
  const createdAtMs = epochMs(metadata.creationTimestamp)
  const deletionAtMs = epochMs(metadata.deletionTimestamp)
  const claims = (spec.volumes ?? []).flatMap((volume) => claimName(volume, metadata.name ?? ''))
  const scheduled = conditions.find((c) => c.type === 'PodScheduled' && c.status === 'False')
  const { name, namespace, uid, resourceVersion, labels } = objectIdentity(metadata)
  // what is always there comes first: V8 makes such objects of one shape
  return {
    name,
    namespace,
    uid,
    resourceVersion,
    labels,
    nodeName: spec.nodeName ?? '',
    phase: status.phase ?? '',
    ready: isPodReady(status),
    gracePeriodSeconds: spec.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds,
    priority: spec.priority ?? 0,
    mirror: metadata.annotations?.[mirrorAnnotation] !== undefined,
    hasEmptyDir: (spec.volumes ?? []).some((volume) => volume.emptyDir !== undefined && volume.emptyDir !== null),
    finalizers: metadata.finalizers ?? [],
    containers: [...containerFacts(status.initContainerStatuses, true), ...containerFacts(status.containerStatuses, false)],
    ...(createdAtMs === undefined ? {} : { createdAtMs }),
    ...(deletionAtMs === undefined ? {} : { deletionAtMs }),
    ...(controller === undefined ? {} : { controller }),
    ...(claims.length === 0 ? {} : { claims }),
    ...(scheduled?.message ? { unschedulableMessage: scheduled.message } : {}),
  }
}

/** The claim of an ephemeral volume is named after its pod. Source: Kubernetes, generic ephemeral volumes. */
function claimName({ name = '', persistentVolumeClaim, ephemeral }: RawVolume, pod: string): readonly string[] {
  if (persistentVolumeClaim?.claimName !== undefined) return [persistentVolumeClaim.claimName]
  return ephemeral === undefined || ephemeral === null ? [] : [`${pod}-${name}`]
}

function containerFacts(statuses: RawContainerStatus[] | null | undefined, init: boolean): readonly ContainerFacts[] {
  return (statuses ?? []).map(({ name = '', state = {} }) => {
    const [kind, detail] = currentState(state)
    const { reason = '', message = '', exitCode } = detail
    return { name, init, state: kind, reason, message, ...(exitCode === undefined ? {} : { exitCode }) }
  })
}

/** A container whose state says nothing is waiting. Source: Kubernetes API reference, ContainerState. */
function currentState(state: NonNullable<RawContainerStatus['state']>): [ContainerFacts['state'], RawState] {
  if (state.terminated) return ['Terminated', state.terminated]
  if (state.running) return ['Running', state.running]
  return ['Waiting', state.waiting ?? {}]
}
