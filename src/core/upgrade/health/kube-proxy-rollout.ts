import type { DaemonSet } from 'kubernetes-types/apps/v1.js'
import { isControlPlane } from '../../plan/node-selection.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import type { NodeAtWork, RunContext } from '../node/node-turn.ts'
import { isBelow } from '../path/version-set.ts'
import type { CanaryFacts } from './canary.ts'

/** How far a DaemonSet is replaced: nodes whose pod is of its newest template and available, of those that have one. */
export interface Rollout {
  readonly done: number
  readonly wanted: number
}

/** A thousand nodes take their kube-proxy one after another for an hour: a run does not stand still for that. */
const longestMs = 300_000

export function rolloutOf(object: unknown): Rollout {
  const { metadata = {}, status } = object as DaemonSet
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled = 0, numberAvailable = 0, observedGeneration = 0 } = status ?? {}
  const isSeen = observedGeneration >= (metadata.generation ?? 0)
  return { done: isSeen ? Math.min(updatedNumberScheduled, numberAvailable) : 0, wanted }
}

/**
 * Whether pods are moved next and kube-proxy may just have been given a new template: kubeadm does that with its first control plane, and from v1.28 on with the
 * last. Source: node-procedures 5.
 */
export function readsKubeProxy({ node, entry }: NodeAtWork, { facts, settings }: RunContext): boolean {
  const version = parseVersion(entry.version)
  if (version === undefined || settings.scope === 'ControlPlane') return false
  const isLater = (kubelet: string) => {
    const running = parseVersion(kubelet)
    return running !== undefined && isBelow(running, version)
  }
  const others = facts.nodes.filter(({ name }) => name !== node.name)
  return others.some((one) => !isControlPlane(one)) && !others.some((one) => isControlPlane(one) && isLater(one.kubeletVersion))
}

/** What is left of a roll-out; `lateAtMs`, epoch milliseconds, is when the run goes on nevertheless. */
export interface RollingOut {
  readonly told: string
  readonly lateAtMs: number
}

/**
 * While its kube-proxy is replaced a node hears of no pod that moves, and sends connections to where it was: pods are not moved meanwhile. Undefined when there is
 * nothing to wait for. A node that is not Ready gets no pod, and is not waited for.
 */
export function kubeProxyRollout(
  { entry }: NodeAtWork,
  { kubeProxy }: CanaryFacts,
  { facts, settings }: RunContext,
): RollingOut | undefined {
  if (kubeProxy === undefined) return undefined
  const { done, wanted } = kubeProxy
  const reachable = wanted - facts.nodes.filter(({ ready }) => !ready).length
  if (done >= reachable) return undefined
  return {
    told: `kube-proxy is replaced on ${done} of ${wanted} nodes, and one that is being replaced hears of no pod that moves`,
    lateAtMs: Date.parse(entry.since) + Math.min(settings.soak.timeoutMs, longestMs),
  }
}
