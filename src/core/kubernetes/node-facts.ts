import type { StringMap } from './object-meta.ts'

/** A taint as the API gives it; `timeAdded` is RFC 3339. */
export interface NodeTaint {
  readonly key: string
  readonly value?: string
  readonly effect: string
  readonly timeAdded?: string
}

/** What the core needs of a Node; nothing of it changes with a heartbeat. */
export interface NodeFacts {
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  readonly labels: StringMap
  readonly unschedulable: boolean
  /** `spec.taints`, whole: who takes one away has to write the others again. Absent where there is none. */
  readonly taints?: readonly NodeTaint[]
  /** Condition Ready is True. */
  readonly ready: boolean
  /** `status.nodeInfo.kubeletVersion`, e.g. `v1.20.2+k3s1`; empty when the kubelet has not reported. */
  readonly kubeletVersion: string
  readonly bootId: string
  /** `status.nodeInfo.containerRuntimeVersion`, e.g. `containerd://1.7.24`; empty when the kubelet has not reported. */
  readonly runtimeVersion: string
  /** Annotation `falkirk.dev/journal`, unparsed. */
  readonly journal?: string
  /** Annotation `falkirk.dev/run`, unparsed: the work of a ClusterUpgrade on this node. */
  readonly run?: string
  /** Annotation `falkirk.dev/os`, unparsed: which run has upgraded the packages of its host last. */
  readonly osNote?: string
  readonly deleting: boolean
}

interface RawNode {
  metadata?: {
    name?: string
    uid?: string
    resourceVersion?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    deletionTimestamp?: string
  }
  spec?: { unschedulable?: boolean; taints?: NodeTaint[] | null }
  status?: {
    conditions?: { type?: string; status?: string }[]
    nodeInfo?: { kubeletVersion?: string; bootID?: string; containerRuntimeVersion?: string }
  }
}

/** The annotation on a node that is being worked on (design section 3.2). */
export const journalAnnotation = 'falkirk.dev/journal'

/** The annotation on a node that a ClusterUpgrade works on. Plans have theirs: two writers never share a value. */
export const runAnnotation = 'falkirk.dev/run'

/** The annotation that a run leaves on a node whose packages it has upgraded. */
export const osAnnotation = 'falkirk.dev/os'

/** Trims a Node as the API gives it (tens of KB) to its facts (below 2 KB). */
export function nodeFacts(object: unknown): NodeFacts {
  const { metadata = {}, spec = {}, status = {} } = object as RawNode
  const journal = metadata.annotations?.[journalAnnotation]
  const run = metadata.annotations?.[runAnnotation]
  const osNote = metadata.annotations?.[osAnnotation]
  const taints = spec.taints ?? []
  return {
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    labels: metadata.labels ?? {},
    unschedulable: spec.unschedulable === true,
    ...(taints.length === 0 ? {} : { taints }),
    ready: (status.conditions ?? []).some((c) => c.type === 'Ready' && c.status === 'True'),
    kubeletVersion: status.nodeInfo?.kubeletVersion ?? '',
    bootId: status.nodeInfo?.bootID ?? '',
    runtimeVersion: status.nodeInfo?.containerRuntimeVersion ?? '',
    ...(journal === undefined ? {} : { journal }),
    ...(run === undefined ? {} : { run }),
    ...(osNote === undefined ? {} : { osNote }),
    deleting: metadata.deletionTimestamp !== undefined,
  }
}
