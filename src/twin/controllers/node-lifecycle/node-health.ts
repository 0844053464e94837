import type { Node, NodeCondition } from 'kubernetes-types/core/v1'
import { apiTime } from '../../api-time.ts'

/** Until then a node may be silent for 40 s, since then for 50 s. Source: kube-controller-manager, --node-monitor-grace-period. */
const longerGraceMinor = 32
/** A node that has never told its state. Source: kube-controller-manager, --node-startup-grace-period. */
const startupGraceMs = 60_000

/** What a kubelet tells and a silent node is no longer believed. NetworkUnavailable is told by others. */
const kubeletConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const

/** How long a node may be silent before it counts as unreachable. */
export function graceMs(node: Node, minor: number): number {
  if (readyCondition(node) === undefined) return startupGraceMs
  return minor < longerGraceMinor ? 40_000 : 50_000
}

export function readyCondition({ status }: Node): NodeCondition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready')
}

/**
 * The conditions of a node that has been silent for too long: what its kubelet said is unknown now. The list itself when it says so already.
 * Source: Kubernetes node lifecycle controller, tryUpdateNodeHealth.
 */
export function silentConditions(node: Node, nowMs: number): readonly NodeCondition[] {
  const stored = node.status?.conditions ?? []
  const known = stored.map((condition) => (isKubeletCondition(condition) ? unknown(condition, nowMs) : condition))
  const missing = kubeletConditions.filter((type) => stored.every((condition) => condition.type !== type))
  if (missing.length === 0 && known.every((condition, i) => condition === stored[i])) return stored
  return [...known, ...missing.map((type) => neverUpdated(type, node, nowMs))]
}

function isKubeletCondition({ type }: NodeCondition): boolean {
  return (kubeletConditions as readonly string[]).includes(type)
}

function unknown(condition: NodeCondition, nowMs: number): NodeCondition {
  if (condition.status === 'Unknown') return condition
  return {
    ...condition,
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    lastTransitionTime: apiTime(nowMs),
  }
}

function neverUpdated(type: string, { metadata }: Node, nowMs: number): NodeCondition {
  return {
    type,
    status: 'Unknown',
    reason: 'NodeStatusNeverUpdated',
    message: 'Kubelet never posted node status.',
    ...(metadata?.creationTimestamp === undefined ? {} : { lastHeartbeatTime: metadata.creationTimestamp }),
    lastTransitionTime: apiTime(nowMs),
  }
}
