import type { AffinityTerm } from '../affinity-term.ts'
import type { NodeInfo } from '../node-info.ts'
import type { PodInfo } from '../pod-info.ts'
import { aboutNamespaces, type PodMatcher } from '../pod-tallies.ts'
import { type Rejection, unresolvable, unschedulable } from '../rejection.ts'
import type { SchedulerCache } from '../scheduler-cache.ts'
import { type PreparedFilter, type SchedulingCycle, skip } from '../scheduling-cycle.ts'

const plugin = 'InterPodAffinity'

/** Values of a node label at which something is. */
interface Domains {
  readonly topologyKey: string
  readonly values: ReadonlyMap<string, number>
}

/**
 * Keeps pods near the pods that they require, away from those that they avoid, and away from those on the nodes that avoid them.
 * Source: kube-scheduler, InterPodAffinity; KEP-2249 for namespaces by label.
 */
export function prepareInterPodAffinity(cycle: SchedulingCycle): PreparedFilter {
  const { pod, cache, minor } = cycle
  const avoiding = domainsThatAvoid(cycle)
  const { required, requiredAnti } = pod.affinity
  if (avoiding.length === 0 && required.length === 0 && requiredAnti.length === 0) return skip
  const wanted = wantedDomains(cycle)
  const avoided = requiredAnti.map((term) => domainsOf([term], cache, term.topologyKey))
  const words = wording(minor)
  return {
    kind: 'Filter',
    check: (node) => {
      if (!isNear(node, wanted)) return words.affinity
      if (avoided.some((domains) => isAt(node, domains))) return words.antiAffinity
      return avoiding.some((domains) => isAt(node, domains)) ? words.existing : undefined
    },
  }
}

interface Wording {
  readonly affinity: Rejection
  readonly antiAffinity: Rejection
  readonly existing: Rejection
}

const affinity = "node(s) didn't match pod affinity rules"
const antiAffinity = "node(s) didn't match pod anti-affinity rules"
const existing = "node(s) didn't satisfy existing pods anti-affinity rules"

/** Until 1.20 each of the three came with a reason for all of them. */
function wording(minor: number): Wording {
  const also = minor <= 20 ? ["node(s) didn't match pod affinity/anti-affinity"] : []
  return {
    affinity: unresolvable(plugin, ...also, affinity),
    antiAffinity: unschedulable(plugin, ...also, antiAffinity),
    existing: unschedulable(plugin, ...also, existing),
  }
}

/** Where pods are that have a required anti-affinity to this one. */
function domainsThatAvoid({ pod, cache }: SchedulingCycle): readonly Domains[] {
  const namespaceLabels = cache.namespaceLabels(pod.namespace)
  return cache
    .termsAbout(pod)
    .filter(({ kind, term }) => kind === 'RequiredAnti' && term.matches(pod, namespaceLabels))
    .map(({ term: { topologyKey }, counts }) => ({ topologyKey, values: counts.byDomain(topologyKey) }))
}

interface Wanted {
  readonly domains: readonly Domains[]
  /** The first of a group that wants to be together may go anywhere. */
  readonly isFirst: boolean
}

function wantedDomains({ pod, cache }: SchedulingCycle): Wanted {
  const terms = pod.affinity.required
  const domains = terms.map(({ topologyKey }) => domainsOf(terms, cache, topologyKey))
  const nobody = domains.every(({ values }) => values.size === 0)
  const namespaceLabels = cache.namespaceLabels(pod.namespace)
  return { domains, isFirst: nobody && terms.every((term) => term.matches(pod, namespaceLabels)) }
}

/** Where the pods are that all of the terms are about. */
function domainsOf(terms: readonly AffinityTerm[], cache: SchedulerCache, topologyKey: string): Domains {
  return { topologyKey, values: cache.podsMatching(matcherOf(terms, cache)).byDomain(topologyKey) }
}

/** Pods that all of the terms are about. */
export function matcherOf(terms: readonly AffinityTerm[], cache: SchedulerCache): PodMatcher {
  const [first, ...others] = terms
  return {
    key: JSON.stringify(['terms', ...terms.map(({ key }) => key)]),
    namespaces: first === undefined || others.some(({ choosesNamespaces }) => choosesNamespaces) ? 'Any' : aboutNamespaces(first),
    anchor: first?.anchor,
    matches: (other: PodInfo) => {
      const namespaceLabels = cache.namespaceLabels(other.namespace)
      return terms.every((term) => term.matches(other, namespaceLabels))
    },
  }
}

function isNear(node: NodeInfo, { domains, isFirst }: Wanted): boolean {
  if (domains.some(({ topologyKey }) => node.labels[topologyKey] === undefined)) return false
  return isFirst || domains.every((domain) => isAt(node, domain))
}

function isAt({ labels }: NodeInfo, { topologyKey, values }: Domains): boolean {
  const value = labels[topologyKey]
  return value !== undefined && values.has(value)
}
