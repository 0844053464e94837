import type { Node, NodeCondition, NodeStatus } from 'kubernetes-types/core/v1'
import { sameJson } from '../api/same-json.ts'
import { apiTime } from '../api-time.ts'
import type { Machine, MachineImage } from '../machine/machine.ts'

/** What a machine can be short of. */
export type Pressure = 'Memory' | 'Disk' | 'PID'

/** How the kubelet finds its node. */
export interface NodeHealth {
  /** Why it is not ready; absent when it is. */
  readonly unready?: string
  readonly pressures: ReadonlySet<Pressure>
}

const words: Readonly<Record<Pressure, { readonly fine: readonly [string, string]; readonly short: readonly [string, string] }>> = {
  Memory: {
    fine: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    short: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
  },
  Disk: {
    fine: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    short: ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
  },
  PID: {
    fine: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    short: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
  },
}

/**
 * The conditions that a kubelet writes about its node. One that has not changed keeps the time of its last transition.
 * Source: Kubernetes kubelet, node status setters.
 */
export function nodeConditions(health: NodeHealth, before: readonly NodeCondition[], nowMs: number): NodeCondition[] {
  const verdicts: [type: string, status: string, reason: string, message: string][] = (['Memory', 'Disk', 'PID'] as const).map((kind) => {
    const short = health.pressures.has(kind)
    const [reason, message] = words[kind][short ? 'short' : 'fine']
    return [`${kind}Pressure`, short ? 'True' : 'False', reason, message]
  })
  const ready = health.unready === undefined
  const message = health.unready ?? 'kubelet is posting ready status'
  verdicts.push(['Ready', ready ? 'True' : 'False', ready ? 'KubeletReady' : 'KubeletNotReady', message])
  return verdicts.map(([type, status, reason, text]) => {
    const same = before.find((one) => one.type === type && one.status === status)
    const now = apiTime(nowMs)
    return { type, status, lastHeartbeatTime: now, lastTransitionTime: same?.lastTransitionTime ?? now, reason, message: text }
  })
}

/** The most images that a node's status names. Source: Kubernetes kubelet configuration, nodeStatusMaxImages. */
const mostImages = 50

/** What of a machine stands in the status of its node; `conditions` come on top. */
export function machineStatus(machine: Machine, images: ReadonlyMap<string, MachineImage>): NodeStatus {
  return {
    capacity: { ...machine.capacity },
    allocatable: { ...machine.allocatable },
    addresses: [
      { type: 'InternalIP', address: machine.address },
      { type: 'Hostname', address: machine.name },
    ],
    ...(machine.kubeletPort === undefined ? {} : { daemonEndpoints: { kubeletEndpoint: { Port: machine.kubeletPort } } }),
    nodeInfo: {
      machineID: machine.machineId,
      systemUUID: machine.machineId,
      bootID: machine.bootId,
      kernelVersion: machine.kernelVersion,
      osImage: machine.osImage,
      containerRuntimeVersion: `${machine.runtime.name}://${machine.runtime.version}`,
      kubeletVersion: machine.kubeletVersion,
      kubeProxyVersion: machine.kubeletVersion,
      operatingSystem: 'linux',
      architecture: machine.architecture,
    },
    images: imageList(images),
  }
}

/** The fields that are not as they were. Source: Kubernetes kubelet, which patches its node's status with what is different. */
export function changedStatus(status: NodeStatus, before: NodeStatus): NodeStatus {
  const changed = Object.entries(status).filter(([field, value]) => !sameJson(value, before[field as keyof NodeStatus]))
  return Object.fromEntries(changed)
}

/** The largest images first. */
function imageList(images: ReadonlyMap<string, MachineImage>): NonNullable<NodeStatus['images']> {
  return [...images]
    .toSorted(([a, { bytes: x }], [b, { bytes: y }]) => y - x || (a < b ? -1 : 1))
    .slice(0, mostImages)
    .map(([name, { bytes }]) => ({ names: [name], sizeBytes: bytes }))
}

/** The object with which a kubelet registers its node. */
export function newNode(machine: Machine, status: NodeStatus): Node {
  const labels = {
    'beta.kubernetes.io/arch': machine.architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': machine.architecture,
    'kubernetes.io/hostname': machine.name.slice(0, 63),
    'kubernetes.io/os': 'linux',
    ...machine.labels,
  }
  const spec = machine.taints.length === 0 ? {} : { taints: [...machine.taints] }
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: machine.name, labels }, spec, status }
}
