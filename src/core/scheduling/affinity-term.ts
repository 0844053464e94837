import type { PodAffinityTerm, WeightedPodAffinityTerm } from 'kubernetes-types/core/v1.js'
import { compileSelector, type LabelSelector } from '../kubernetes/label-selector.ts'
import type { StringMap } from '../kubernetes/object-meta.ts'
import { lazy } from './lazy.ts'

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
  /** See `selectorAnchor`. */
  readonly anchor: string | undefined
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
    anchor: selectorAnchor(selector),
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

/** A label (`app=web`) that everything a selector selects has, so that it can be filed under it; undefined when there is none. */
export function selectorAnchor(selector: LabelSelector | undefined): string | undefined {
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) return `${key}=${value}`
  const single = selector?.matchExpressions?.find(({ operator, values }) => operator === 'In' && values?.length === 1)
  return single === undefined ? undefined : `${single.key}=${single.values?.[0]}`
}
