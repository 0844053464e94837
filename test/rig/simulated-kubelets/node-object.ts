import { rfc3339 } from './pod-status.ts'

/** One node to simulate. */
export interface SimulatedNode {
  readonly name: string
  /** Added to hostname, os and arch; a key set here wins. */
  readonly labels?: Readonly<Record<string, string>>
  /** What its kubelet reports at first. */
  readonly version?: string
  /** Gets the role labels `node-role.kubernetes.io/control-plane` and `…/master`. */
  readonly controlPlane?: boolean
  readonly unschedulable?: boolean
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[]
  /** How many entries `status.images` has: 50 make a Node as large as real ones are, about 10 KB. */
  readonly images?: number
}

/** `count` workers named `prefix-000`, `prefix-001` …, otherwise like `template`. */
export function numberedNodes(count: number, prefix = 'node', template: Omit<SimulatedNode, 'name'> = {}): SimulatedNode[] {
  const digits = Math.max(3, String(count - 1).length)
  return Array.from({ length: count }, (_, i) => ({ ...template, name: `${prefix}-${String(i).padStart(digits, '0')}` }))
}

/** The object that a kubelet registers. */
export function nodeObject(node: SimulatedNode, at: { logPort: number; version: string; nowMs: number }): object {
  const roles = node.controlPlane ? { 'node-role.kubernetes.io/control-plane': 'true', 'node-role.kubernetes.io/master': 'true' } : {}
  const capacity = { cpu: '8', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      labels: {
        'kubernetes.io/hostname': node.name.slice(0, 63),
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...roles,
        ...node.labels,
      },
    },
    spec: {
      ...(node.unschedulable === undefined ? {} : { unschedulable: node.unschedulable }),
      ...(node.taints === undefined ? {} : { taints: node.taints }),
    },
    status: {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: node.name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: at.logPort } },
      nodeInfo: nodeInfo(node.name, node.version ?? at.version),
      conditions: conditions({ ready: true, changed: true }, at.nowMs),
      images: Array.from({ length: node.images ?? 0 }, (_, i) => ({
        names: [
          `registry.example/team-${i % 7}/service-${i}@sha256:${`${i}`.padStart(64, '0')}`,
          `registry.example/team-${i % 7}/service-${i}:v1.${i}.0`,
        ],
        sizeBytes: 40_000_000 + i,
      })),
    },
  }
}

/** Conditions as a kubelet writes them; only Ready changes. A heartbeat leaves the time of the last transition as it was. */
export function conditions({ ready, changed }: { ready: boolean; changed: boolean }, nowMs: number): object[] {
  const now = rfc3339(nowMs)
  const time = { lastHeartbeatTime: now, ...(changed ? { lastTransitionTime: now } : {}) }
  const fine = ['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({
    type,
    status: 'False',
    reason: `KubeletHasNo${type}`,
    message: `kubelet has no ${type}`,
    ...time,
  }))
  const state = ready
    ? { status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
    : { status: 'False', reason: 'KubeletNotReady', message: 'the simulated kubelet is restarting' }
  return [...fine, { type: 'Ready', ...state, ...time }]
}

function nodeInfo(name: string, kubeletVersion: string): object {
  return {
    machineID: name,
    systemUUID: name,
    bootID: `boot-${name}-1`,
    kernelVersion: '6.1.0',
    osImage: 'simulated',
    containerRuntimeVersion: 'simulated://1',
    kubeletVersion,
    kubeProxyVersion: kubeletVersion,
    operatingSystem: 'linux',
    architecture: 'amd64',
  }
}
