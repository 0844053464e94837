import { matchesSelector } from '../kubernetes/label-selector.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { isPodFinished } from '../kubernetes/pod-state.ts'
import { runLabel } from '../kubernetes/run-label.ts'
import type { DrainPolicy } from './drain-policy.ts'

/** Pods with one of these labels, whatever its value, are those of an upgrade and of the controller itself: no drain touches them. */
const ownPodLabels = ['upgrade.cattle.io/controller', runLabel]

/** What a drain does with one pod. `message` says why, as a clause behind the pod's name. */
export type PodVerdict =
  | {
      readonly verdict: 'Evict'
      readonly reason: 'Managed' | 'Finished' | 'LocalStorage' | 'Unmanaged' | 'DaemonSetGone'
      readonly message: string
    }
  | {
      readonly verdict: 'Skip'
      readonly reason: 'Own' | 'NotSelected' | 'Terminating' | 'DaemonSet' | 'Mirror'
      readonly message: string
    }
  /** The node cannot be drained while this pod is on it. */
  | {
      readonly verdict: 'Refuse'
      readonly reason: 'DaemonSet' | 'DaemonSetGone' | 'LocalStorage' | 'Unmanaged'
      readonly message: string
    }

/** Whether a DaemonSet exists; undefined while that is not known. */
export type DaemonSetLookup = (namespace: string, name: string) => boolean | undefined

interface Question {
  readonly pod: PodFacts
  readonly policy: DrainPolicy
  readonly daemonSetExists: DaemonSetLookup
  readonly nowMs: number
}

/** Undefined: this filter has nothing against evicting the pod. */
type Filter = (question: Question) => PodVerdict | undefined

/**
 * Classifies one pod of a node. The filters are asked in order; the first that would not have the pod evicted decides. What is only a warning is
 * kept as the reason of the eviction. Source: kubectl drain (filters in order: deleted, DaemonSet, mirror, local storage, unmanaged).
 */
export function classifyPod(pod: PodFacts, policy: DrainPolicy, daemonSetExists: DaemonSetLookup, nowMs: number): PodVerdict {
  let verdict: PodVerdict = isPodFinished(pod)
    ? { verdict: 'Evict', reason: 'Finished', message: 'has finished' }
    : { verdict: 'Evict', reason: 'Managed', message: 'is created again by its controller' }
  for (const filter of filters) {
    const found = filter({ pod, policy, daemonSetExists, nowMs })
    if (found !== undefined && found.verdict !== 'Evict') return found
    verdict = found ?? verdict
  }
  return verdict
}

const filters: readonly Filter[] = [ownPod, notSelected, terminating, ofDaemonSet, mirror, withLocalStorage, unmanaged]

function ownPod({ pod }: Question): PodVerdict | undefined {
  if (!ownPodLabels.some((label) => Object.hasOwn(pod.labels, label))) return undefined
  return { verdict: 'Skip', reason: 'Own', message: 'belongs to an upgrade' }
}

function notSelected({ pod, policy }: Question): PodVerdict | undefined {
  if (policy.podSelector === undefined || matchesSelector(policy.podSelector, pod.labels)) return undefined
  return { verdict: 'Skip', reason: 'NotSelected', message: 'is not selected by spec.drain.podSelector' }
}

function terminating({ pod, policy, nowMs }: Question): PodVerdict | undefined {
  const limitSeconds = policy.skipWaitForDeleteTimeoutSeconds
  if (pod.deletionAtMs === undefined || limitSeconds <= 0) return undefined
  if (Math.trunc((nowMs - pod.deletionAtMs) / 1000) <= limitSeconds) return undefined
  return { verdict: 'Skip', reason: 'Terminating', message: `should have ended more than ${limitSeconds} s ago and is not waited for` }
}

function ofDaemonSet({ pod, policy, daemonSetExists }: Question): PodVerdict | undefined {
  if (pod.controller?.kind !== 'DaemonSet' || isPodFinished(pod)) return undefined
  const { name } = pod.controller
  if (daemonSetExists(pod.namespace, name) === false) {
    if (policy.force) return { verdict: 'Evict', reason: 'DaemonSetGone', message: `belongs to DaemonSet ${name}, which is gone` }
    return {
      verdict: 'Refuse',
      reason: 'DaemonSetGone',
      message: `belongs to DaemonSet ${name}, which is gone; set spec.drain.force to delete it`,
    }
  }
  // while the lookup is under way the owner's word is taken: a DaemonSet's pod comes back to the node at once
  if (policy.ignoreDaemonSets) return { verdict: 'Skip', reason: 'DaemonSet', message: `belongs to DaemonSet ${name}` }
  return {
    verdict: 'Refuse',
    reason: 'DaemonSet',
    message: `belongs to DaemonSet ${name}; set spec.drain.ignoreDaemonSets to leave it where it is`,
  }
}

function mirror({ pod }: Question): PodVerdict | undefined {
  return pod.mirror ? { verdict: 'Skip', reason: 'Mirror', message: 'is run by the kubelet from a file' } : undefined
}

function withLocalStorage({ pod, policy }: Question): PodVerdict | undefined {
  if (!pod.hasEmptyDir || isPodFinished(pod)) return undefined
  if (policy.deleteEmptyDirData) return { verdict: 'Evict', reason: 'LocalStorage', message: 'loses the data of its emptyDir volumes' }
  const message = 'would lose the data of its emptyDir volumes; set spec.drain.deleteEmptydirData to accept that'
  return { verdict: 'Refuse', reason: 'LocalStorage', message }
}

function unmanaged({ pod, policy }: Question): PodVerdict | undefined {
  if (pod.controller !== undefined || isPodFinished(pod)) return undefined
  if (policy.force) return { verdict: 'Evict', reason: 'Unmanaged', message: 'has no controller that would create it again' }
  return {
    verdict: 'Refuse',
    reason: 'Unmanaged',
    message: 'has no controller that would create it again; set spec.drain.force to delete it',
  }
}
