import type { PodStatus } from 'kubernetes-types/core/v1'
import { sameJson } from '../api/same-json.ts'

/** What is merged by its type instead of being replaced as a whole. */
interface Typed {
  readonly type: string
}

/** Conditions (or addresses) after a write: those that are written take the place of their like, all others stay, in their order. */
export function mergeByType<T extends Typed>(current: readonly T[] | undefined, written: readonly T[] | undefined): T[] | undefined {
  if (written === undefined) return current === undefined ? undefined : [...current]
  // both lists have a handful of entries: looking through them is cheaper than a Map
  const kept = (current ?? []).map((entry) => written.find(({ type }) => type === entry.type) ?? entry)
  for (const entry of written) if (!current?.some(({ type }) => type === entry.type)) kept.push(entry)
  return kept
}

/** Conditions of a pod after a write: those of others first, then the kubelet's in its order. Source: Kubernetes, kubelet mergePodStatus. */
export function podConditions<T extends Typed>(current: readonly T[] | undefined, written: readonly T[] | undefined): T[] | undefined {
  if (written === undefined) return current === undefined ? undefined : [...current]
  const others = (current ?? []).filter(({ type }) => !written.some((entry) => entry.type === type))
  return [...others, ...written]
}

/** Whether a kubelet has nothing to write: the order of conditions says nothing. Source: Kubernetes kubelet, isPodStatusByKubeletEqual. */
export function saysTheSame(a: PodStatus, b: PodStatus): boolean {
  const { conditions: ofA = [], ...restA } = a
  const { conditions: ofB = [], ...restB } = b
  if (!sameJson(restA, restB) || ofA.length !== ofB.length) return false
  return ofA.every((one) => ofB.some((other) => other.type === one.type && sameJson(one, other)))
}
