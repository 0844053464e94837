import type { Container, Node, Pod } from 'kubernetes-types/core/v1'
import type { Clock } from '../../cluster/clock.ts'
import { quantityMilliValue, quantityValue } from '../../core/kubernetes/quantity.ts'
import type { VirtualResource } from '../api/http/server-parts.ts'
import { notFound } from '../api/status-error.ts'
import { apiTime } from '../api-time.ts'
import { as, type KubeObject, type ObjectMeta } from '../kube-object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { containerUsage, resolutionMs, sumOfUsage, systemUsage, type Usage, type UsageBasis, usageQuantities } from './container-usage.ts'

const group = 'metrics.k8s.io'

/** `pods` and `nodes` of `metrics.k8s.io`, made from what runs when somebody asks. Source: metrics-server. */
export function metricsResources(store: ObjectStore, clock: Clock): Readonly<Record<string, VirtualResource>> {
  return {
    [`pods.${group}`]: podMetrics(store, clock),
    [`nodes.${group}`]: nodeMetrics(store, clock),
  }
}

function podMetrics(store: ObjectStore, clock: Clock): VirtualResource {
  return {
    list: (namespace) =>
      store
        .list('pods', namespace)
        .filter(isMeasured)
        .map((pod) => podMetricsOf(pod, clock.now())),
    get: ({ namespace, name }) => {
      const pod = store.get('pods', namespace, name)
      if (pod === undefined || !isMeasured(pod)) throw notFound({ group, plural: 'pods', name: `${namespace}/${name}` })
      return podMetricsOf(pod, clock.now())
    },
  }
}

function nodeMetrics(store: ObjectStore, clock: Clock): VirtualResource {
  return {
    list: () => {
      const used = usageByNode(store.list('pods'), clock.now())
      return store
        .list('nodes')
        .filter(isReady)
        .map((node) => nodeMetricsOf(node, used.get(node.metadata.name) ?? [], clock.now()))
    },
    get: ({ name }) => {
      const node = store.get('nodes', undefined, name)
      if (node === undefined || !isReady(node)) throw notFound({ group, plural: 'nodes', name })
      const used = usageByNode(store.list('pods'), clock.now())
      return nodeMetricsOf(node, used.get(name) ?? [], clock.now())
    },
  }
}

function usageByNode(pods: readonly KubeObject[], nowMs: number): ReadonlyMap<string, readonly Usage[]> {
  const used = new Map<string, Usage[]>()
  for (const pod of pods) {
    const node = as<Pod>(pod).spec?.nodeName ?? ''
    if (!isMeasured(pod)) continue
    const list = used.get(node) ?? []
    used.set(node, list)
    list.push(...runningContainers(pod).map((container) => usageOf(pod, container, nowMs)))
  }
  return used
}

function isMeasured(pod: KubeObject): boolean {
  return runningContainers(pod).length > 0
}

function runningContainers(pod: KubeObject): readonly Container[] {
  const { spec, status } = as<Pod>(pod)
  const running = new Set(status?.containerStatuses?.filter(({ state }) => state?.running !== undefined).map(({ name }) => name))
  return spec?.containers.filter(({ name }) => running.has(name)) ?? []
}

/** Nobody can ask the kubelet of a node that is not ready. */
function isReady(node: KubeObject): boolean {
  return as<Node>(node).status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
}

function usageOf({ metadata }: KubeObject, { name, resources }: Container, nowMs: number): Usage {
  return containerUsage(`${metadata.uid}/${name}`, basisOf(resources?.requests), nowMs)
}

/** The API has quantities as texts; the published types do not say so. */
function basisOf(amounts: object | undefined): UsageBasis {
  const { cpu, memory } = (amounts ?? {}) as { readonly cpu?: string; readonly memory?: string }
  return { cpuMillis: quantityMilliValue(cpu), memoryBytes: quantityValue(memory) }
}

function podMetricsOf(pod: KubeObject, nowMs: number): KubeObject {
  const containers = runningContainers(pod).map((container) => ({
    name: container.name,
    usage: usageQuantities(usageOf(pod, container, nowMs)),
  }))
  return { ...measured('PodMetrics', pod.metadata, nowMs), containers }
}

function nodeMetricsOf(node: KubeObject, pods: readonly Usage[], nowMs: number): KubeObject {
  const capacity = basisOf(as<Node>(node).status?.capacity)
  const used = sumOfUsage([systemUsage(node.metadata.uid, capacity, nowMs), ...pods])
  const usage = {
    cpuNanos: Math.min(used.cpuNanos, capacity.cpuMillis * 1e6),
    memoryBytes: Math.min(used.memoryBytes, capacity.memoryBytes),
  }
  return { ...measured('NodeMetrics', node.metadata, nowMs), usage: usageQuantities(usage) }
}

function measured(kind: string, { name, namespace, labels }: ObjectMeta, nowMs: number): KubeObject {
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    creationTimestamp: apiTime(nowMs),
    ...(labels === undefined ? {} : { labels }),
  }
  const timestamp = apiTime(Math.floor(nowMs / resolutionMs) * resolutionMs)
  // no stored object: it has neither a version nor an ID
  return { apiVersion: `${group}/v1beta1`, kind, metadata: metadata as ObjectMeta, timestamp, window: '10s' }
}
