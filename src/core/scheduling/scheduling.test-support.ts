import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, PodSpec } from 'kubernetes-types/core/v1.js'
import type { CSINode, StorageClass } from 'kubernetes-types/storage/v1.js'
import { nodeRejection, prepareFilters } from './node-filters.ts'
import { podInfo } from './pod-info.ts'
import { type ScheduleVerdict, schedulePod } from './schedule-pod.ts'
import { SchedulerCache } from './scheduler-cache.ts'
import type { SchedulingCycle } from './scheduling-cycle.ts'
import { unschedulableMessage } from './unschedulable-message.ts'
import { storageClassName, type VolumeReader } from './volume-reader.ts'

/** What a test says of a node beside its name. */
export interface NodeOptions {
  readonly labels?: Record<string, string>
  readonly unschedulable?: boolean
  /** `key=value:Effect`, as `kubectl taint` writes it. */
  readonly taints?: readonly string[]
  readonly allocatable?: Record<string, string>
}

/** A node with 4 CPUs, 8 GiB and room for 110 pods, unless told; its host name is its name. */
export function node(name: string, { labels = {}, unschedulable = false, taints = [], allocatable = {} }: NodeOptions = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `node-${name}`, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: {
      ...(unschedulable ? { unschedulable } : {}),
      taints: taints.map((text) => {
        const [, key = '', value, effect = ''] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(text) ?? []
        return { key, effect, ...(value === undefined ? {} : { value }) }
      }),
    },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi', ...allocatable } },
  }
}

export interface PodOptions {
  readonly namespace?: string
  readonly labels?: Record<string, string>
  readonly requests?: Record<string, string>
  readonly spec?: Partial<PodSpec>
  readonly on?: string
  readonly terminating?: boolean
  readonly startedAt?: string
  readonly nominated?: string
}

/** A pod with one container that asks for nothing, unless told. */
export function pod(name: string, options: PodOptions = {}): Pod {
  const { namespace = 'default', labels = {}, requests, spec = {}, on, terminating = false, startedAt, nominated } = options
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `${namespace}/${name}`,
      labels,
      ...(terminating ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: {
      containers: [{ name: 'main', image: 'app:1', ...(requests === undefined ? {} : { resources: { requests } }) }],
      ...(on === undefined ? {} : { nodeName: on }),
      ...spec,
    },
    status: {
      ...(startedAt === undefined ? {} : { startTime: startedAt }),
      ...(nominated === undefined ? {} : { nominatedNodeName: nominated }),
    },
  }
}

export interface Storage {
  readonly claims?: readonly PersistentVolumeClaim[]
  readonly volumes?: readonly PersistentVolume[]
  readonly classes?: readonly StorageClass[]
  readonly csiNodes?: readonly CSINode[]
}

function volumeReader({ claims = [], volumes = [], classes = [], csiNodes = [] }: Storage): VolumeReader {
  return {
    claim: (namespace, name) => claims.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === name),
    volume: (name) => volumes.find(({ metadata }) => metadata?.name === name),
    volumesOfClass: (className) => volumes.filter((volume) => storageClassName(volume) === className),
    storageClass: (name) => classes.find(({ metadata }) => metadata?.name === name),
    csiNode: (name) => csiNodes.find(({ metadata }) => metadata?.name === name),
  }
}

export interface Cluster {
  readonly nodes: readonly Node[]
  /** Those with `on` run there. */
  readonly pods?: readonly Pod[]
  /** Labels of namespaces. */
  readonly namespaces?: Readonly<Record<string, Record<string, string>>>
  readonly storage?: Storage
  readonly minor?: number
}

export function cacheOf({ nodes, pods = [], namespaces = {} }: Cluster): SchedulerCache {
  const cache = new SchedulerCache()
  for (const [name, labels] of Object.entries(namespaces)) cache.setNamespace(name, labels)
  for (const each of nodes) cache.setNode(each)
  for (const each of pods) cache.addPod(podInfo(each))
  return cache
}

export function cycleFor(each: Pod, cluster: Cluster, cache = cacheOf(cluster)): SchedulingCycle {
  return { pod: podInfo(each), cache, volumes: volumeReader(cluster.storage ?? {}), minor: cluster.minor ?? 33 }
}

/** What each node says to a pod: `fits`, or the filter and its reasons. */
export function answers(each: Pod, cluster: Cluster): Readonly<Record<string, string>> {
  const cycle = cycleFor(each, cluster)
  const filters = prepareFilters(cycle)
  return Object.fromEntries(
    cycle.cache.nodes().map((info) => {
      const rejection = filters.kind === 'RejectAll' ? filters.rejection : nodeRejection(cycle, filters.checks, info)
      return [info.name, rejection === undefined ? 'fits' : `${rejection.plugin}: ${rejection.reasons.join(', ')}`]
    }),
  )
}

export function verdictOn(each: Pod, cluster: Cluster, random = () => 0): ScheduleVerdict {
  return schedulePod(cycleFor(each, cluster), { random, startIndex: 0 })
}

/** The node's name, or the message of the event. */
export function outcome(each: Pod, cluster: Cluster): string {
  const verdict = verdictOn(each, cluster)
  if (verdict.kind === 'Fits') return verdict.nodeName
  if (verdict.kind !== 'Unschedulable') return verdict.kind
  return unschedulableMessage(verdict, { nodeCount: cluster.nodes.length, minor: cluster.minor ?? 33 })
}
