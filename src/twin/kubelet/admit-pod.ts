import type { Node, Pod } from 'kubernetes-types/core/v1'
import { namedNodes, requiredNodes } from '../../core/scheduling/node-selection.ts'
import { podRequests } from '../../core/scheduling/pod-requests.ts'
import { type Resources, resourcesOf } from '../../core/scheduling/resources.ts'
import type { Pressure } from './node-status.ts'
import type { PodVerdict } from './pod/pod-run.ts'

/** What of a node decides whether a pod may begin on it. */
export interface NodeRoom {
  readonly allocatable: Readonly<Record<string, string>>
  /** Of all pods that run or are being stopped there, without the one in question. */
  readonly used: Resources
  readonly pods: number
  readonly name: string
  /** Labels of the Node object; absent: they are not looked at. */
  readonly labels?: NonNullable<Node['metadata']>['labels']
  readonly pressures: ReadonlySet<Pressure>
}

/** Why a kubelet refuses a pod that was bound to its node; `undefined`: it takes it. Source: Kubernetes kubelet, lifecycle admission. */
export function admitPod(pod: Pod, node: NodeRoom): PodVerdict | undefined {
  return underPressure(pod, node) ?? withoutRoom(pod, node) ?? wrongNode(pod, node)
}

/** Whether a pod asks for more of its node than a name, so that somebody has to look up the labels. */
export function asksForLabels({ spec }: Pod, nodeName: string): boolean {
  if (requiredNodes(spec) === undefined) return false
  return Object.keys(spec?.nodeSelector ?? {}).length > 0 || namedNodes(spec)?.has(nodeName) !== true
}

/** Source: Kubernetes, Node-pressure Eviction: memory pressure turns away best-effort pods, disk and PID pressure every pod but critical ones. */
function underPressure(pod: Pod, { pressures }: NodeRoom): PodVerdict | undefined {
  if (pressures.size === 0 || (pod.spec?.priority ?? 0) >= 2_000_000_000 || isMirror(pod)) return undefined
  const onlyMemory = pressures.size === 1 && pressures.has('Memory')
  const tolerates = pod.spec?.tolerations?.some(
    ({ key, operator }) => key === 'node.kubernetes.io/memory-pressure' || (operator === 'Exists' && !key),
  )
  if (onlyMemory && (pod.status?.qosClass !== 'BestEffort' || tolerates === true)) return undefined
  const names = [...pressures].map((kind) => `${kind}Pressure`).sort()
  return { reason: 'Evicted', message: `The node had condition: [${names.join(' ')}]. ` }
}

function wrongNode(pod: Pod, { name, labels }: NodeRoom): PodVerdict | undefined {
  if (labels === undefined || requiredNodes(pod.spec)?.({ name, labels }) !== false) return undefined
  return { reason: 'NodeAffinity', message: 'Predicate NodeAffinity failed' }
}

function withoutRoom(pod: Pod, { allocatable, used, pods }: NodeRoom): PodVerdict | undefined {
  if (isMirror(pod)) return undefined
  const room = resourcesOf(allocatable)
  const wanted = podRequests(pod)
  const rows: [name: string, requested: number, used: number, capacity: number][] = [
    ['pods', 1, pods, Number(allocatable.pods ?? 110)],
    ['cpu', wanted.milliCpu, used.milliCpu, room.milliCpu],
    ['memory', wanted.memory, used.memory, room.memory],
    ['ephemeral-storage', wanted.ephemeralStorage, used.ephemeralStorage, room.ephemeralStorage],
    ...[...wanted.scalars].map(([name, amount]): [string, number, number, number] => [
      name,
      amount,
      used.scalars.get(name) ?? 0,
      room.scalars.get(name) ?? 0,
    ]),
  ]
  const short = rows.find(([, requested, taken, capacity]) => requested > 0 && requested + taken > capacity)
  if (short === undefined) return undefined
  const [name, requested, taken, capacity] = short
  const message = `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${taken}, capacity: ${capacity}`
  return { reason: `OutOf${name}`, message }
}

/** Whether the API's pod is the picture of one that comes from a file on the node. */
export function isMirror(pod: Pod): boolean {
  return pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined
}
