import { parseVersion } from '../../version/kubernetes-version.ts'

/** Something that is not as it should be. `told` is a clause behind `what`. */
export interface Trouble {
  /** E.g. `Deployment default/web`. */
  readonly what: string
  /** How much of it is missing: pods, or 1 where it is there or not. */
  readonly missing: number
  readonly told: string
}

/** A part of the control plane or of each node that runs as a pod. */
export interface Component {
  /** `namespace/name` of its pod. */
  readonly pod: string
  /** As its image says, e.g. `v1.34.2`. */
  readonly version: string
  /** A member of etcd, which has versions of its own: `3.5.24`. */
  readonly of?: 'Etcd'
}

/** What is read of a cluster at the beginning and at the end of a run. */
export interface ClusterHealth {
  /** When it was read; epoch milliseconds. */
  readonly atMs: number
  readonly troubles: readonly Trouble[]
  readonly components: readonly Component[]
  /** What could not be read, each one sentence. */
  readonly unread: readonly string[]
}

interface RawObject {
  metadata?: { name?: string; namespace?: string; labels?: { component?: string } }
  spec?: { replicas?: number; containers?: { image?: string }[] }
  status?: {
    readyReplicas?: number
    numberReady?: number
    desiredNumberScheduled?: number
    conditions?: { type?: string; status?: string; message?: string }[] | null
  }
}

/** Whether all pods of a Deployment, StatefulSet or DaemonSet are Ready; undefined when they are. */
export function workloadTrouble(kind: string, object: unknown): Trouble | undefined {
  const { metadata = {}, spec = {}, status = {} } = object as RawObject
  const isDaemonSet = kind === 'DaemonSet'
  const wanted = isDaemonSet ? (status.desiredNumberScheduled ?? 0) : (spec.replicas ?? 1)
  const ready = (isDaemonSet ? status.numberReady : status.readyReplicas) ?? 0
  if (ready >= wanted) return undefined
  return {
    what: `${kind} ${metadata.namespace ?? ''}/${metadata.name ?? ''}`,
    missing: wanted - ready,
    told: `has ${ready} of ${wanted} pods Ready`,
  }
}

/** Whether an aggregated API, such as that of metrics-server, is served; undefined when it is. */
export function apiServiceTrouble(object: unknown): Trouble | undefined {
  const { metadata = {}, status = {} } = object as RawObject
  const condition = status.conditions?.find(({ type }) => type === 'Available')
  if (condition?.status !== 'False') return undefined
  return {
    what: `APIService ${metadata.name ?? ''}`,
    missing: 1,
    told: `is not available${condition.message ? `: ${condition.message}` : ''}`,
  }
}

/** The version of a pod of Kubernetes itself, or of etcd beside it, by the tag of its image; undefined where that says none. */
export function componentOf(object: unknown): Component | undefined {
  const { metadata = {}, spec = {} } = object as RawObject
  const pod = `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
  if (metadata.labels?.component === 'etcd') {
    const [, version] = /:v?(\d+\.\d+\.\d+)[^/]*$/.exec(spec.containers?.[0]?.image ?? '') ?? []
    return version === undefined ? undefined : { pod, version, of: 'Etcd' }
  }
  const tag = /:(v\d+\.\d+\.\d+)[^/]*$/.exec(spec.containers?.[0]?.image ?? '')?.[1]
  if (tag === undefined || parseVersion(tag) === undefined) return undefined
  return { pod, version: tag }
}
