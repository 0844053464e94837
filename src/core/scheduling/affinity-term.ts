import type { PodAffinityTerm, WeightedPodAffinityTerm } from 'kubernetes-types/core/v1.js'
import { compileSelector, type LabelSelector } from '../kubernetes/label-selector.ts'
import type { StringMap } from '../kubernetes/object-meta.ts'

/** Whom a rule is about. */
export interface LabelledPod {
  readonly namespace: string
  readonly labels: StringMap
}

/** A term of a pod (anti-)affinity, ready to be asked. */
export interface AffinityTerm {
  /** Equal for terms that mean the same. */
  readonly key: string
  readonly topologyKey: string
  /** Namespaces named by the term, or the pod's own when it names none. */
  readonly namespaces: ReadonlySet<string>
  /** Whether namespaces are (also) chosen by their labels. */
  readonly choosesNamespaces: boolean
  matches(pod: LabelledPod, namespaceLabels: StringMap): boolean
}

export interface WeightedAffinityTerm {
  readonly weight: number
  readonly term: AffinityTerm
}

/** Reads a term of `owner`. Source: Kubernetes API reference, PodAffinityTerm; KEP-2249, KEP-3633. */
export function affinityTerm(term: PodAffinityTerm, owner: LabelledPod): AffinityTerm {
  const selector = mergedSelector(term, owner.labels)
  const { namespaceSelector } = term
  const named = term.namespaces ?? []
  const namespaces = named.length === 0 && namespaceSelector === undefined ? [owner.namespace] : named
  const selects = lazy(() => compileSelector(selector))
  const selectsNamespace = lazy(() => compileSelector(namespaceSelector))
  const set = new Set(namespaces)
  return {
    key: JSON.stringify([term.topologyKey, namespaces, namespaceSelector, selector]),
    topologyKey: term.topologyKey,
    namespaces: set,
    choosesNamespaces: namespaceSelector !== undefined,
    matches: (pod, namespaceLabels) =>
      (set.has(pod.namespace) || (namespaceSelector !== undefined && selectsNamespace()(namespaceLabels))) && selects()(pod.labels),
  }
}

/** Reads preferred terms, with their weights. */
export function weightedAffinityTerms(
  terms: readonly WeightedPodAffinityTerm[] | undefined,
  owner: LabelledPod,
): readonly WeightedAffinityTerm[] {
  return (terms ?? []).map(({ weight, podAffinityTerm }) => ({ weight, term: affinityTerm(podAffinityTerm, owner) }))
}

interface LabelKeys {
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
}

/** The selector with what `matchLabelKeys` and `mismatchLabelKeys` add: the owner's own values. An absent selector stays absent: it matches nothing. */
export function mergedSelector(rule: LabelKeys, labels: StringMap): LabelSelector | undefined {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = rule
  if (labelSelector === undefined || (matchLabelKeys.length === 0 && mismatchLabelKeys.length === 0)) return labelSelector
  const added = (keys: readonly string[], operator: string) =>
    keys.flatMap((key) => {
      const value = labels[key]
      return value === undefined ? [] : [{ key, operator, values: [value] }]
    })
  const expressions = [...(labelSelector.matchExpressions ?? []), ...added(matchLabelKeys, 'In'), ...added(mismatchLabelKeys, 'NotIn')]
  return { ...labelSelector, matchExpressions: expressions }
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
