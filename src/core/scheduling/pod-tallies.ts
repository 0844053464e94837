import type { AffinityTerm, LabelledPod } from './affinity-term.ts'
import { NodeCounts, type NodeLabels } from './node-counts.ts'
import type { PodInfo } from './pod-info.ts'

/** Which pods are counted. */
export interface PodMatcher {
  /** Equal for matchers that mean the same. */
  readonly key: string
  /** Namespaces in which there can be such pods; `Any` when labels of namespaces decide. */
  readonly namespaces: ReadonlySet<string> | 'Any'
  /** A label (`app=web`) that all of them have; undefined when there is none. */
  readonly anchor: string | undefined
  matches(pod: PodInfo): boolean
}

/** What a pod asks of others by a term of its own. */
export type CarriedKind = 'Required' | 'RequiredAnti' | 'Preferred' | 'PreferredAnti'

/** A term that pods on nodes have, and where those are. */
export interface CarriedTerm {
  readonly kind: CarriedKind
  readonly term: AffinityTerm
  /** 1 for a required term. */
  readonly weight: number
  readonly counts: NodeCounts
}

interface Tally {
  readonly matcher: PodMatcher
  readonly counts: NodeCounts
}

interface Carried extends CarriedTerm {
  carriers: number
}

/** Stands for the namespaces of what is not bound to one. */
const anyNamespace = ''

/** Tallies that are kept; the one that was asked for longest ago goes first. */
const tallyLimit = 1_000

/** Counts of the pods that a rule is about, made when a rule is first met and kept up to date from then on. */
export class PodTallies {
  readonly #nodes: NodeLabels
  readonly #podsIn: (namespaces: ReadonlySet<string> | 'Any') => Iterable<PodInfo>
  /** In order of use. */
  readonly #tallies = new Map<string, Tally>()
  readonly #filedTallies = new Map<string, Set<Tally>>()
  readonly #carried = new Map<string, Carried>()
  readonly #filedCarried = new Map<string, Set<Carried>>()

  constructor(nodes: NodeLabels, podsIn: (namespaces: ReadonlySet<string> | 'Any') => Iterable<PodInfo>) {
    this.#nodes = nodes
    this.#podsIn = podsIn
  }

  /** The pods on nodes that match. */
  matching(matcher: PodMatcher): NodeCounts {
    const known = this.#tallies.get(matcher.key)
    this.#tallies.delete(matcher.key)
    const tally = known ?? this.#count(matcher)
    this.#tallies.set(matcher.key, tally)
    if (this.#tallies.size > tallyLimit) this.#forgetOldest()
    return tally.counts
  }

  /** The terms of pods on nodes that can be about a pod; whether they are is to be asked of each. */
  carriedAbout(pod: LabelledPod): readonly CarriedTerm[] {
    if (this.#filedCarried.size === 0) return []
    return placesOf(pod).flatMap((place) => [...(this.#filedCarried.get(place) ?? [])])
  }

  /** Labels of a namespace have changed: what was decided by them is counted anew. */
  forgetNamespaceChoices(): void {
    for (const tally of [...this.#tallies.values()]) {
      if (tally.matcher.namespaces === 'Any') this.#forget(tally)
    }
  }

  /** A pod is on a node from now on (1) or no longer (-1). */
  change(pod: PodInfo, change: 1 | -1): void {
    for (const place of placesOf(pod)) {
      for (const { matcher, counts } of this.#filedTallies.get(place) ?? []) {
        if (matcher.matches(pod)) counts.add(pod.nodeName, change)
      }
    }
    const { required, requiredAnti, preferred, preferredAnti } = pod.affinity
    for (const term of required) this.#carry(pod, { kind: 'Required', term, weight: 1 }, change)
    for (const term of requiredAnti) this.#carry(pod, { kind: 'RequiredAnti', term, weight: 1 }, change)
    for (const { term, weight } of preferred) this.#carry(pod, { kind: 'Preferred', term, weight }, change)
    for (const { term, weight } of preferredAnti) this.#carry(pod, { kind: 'PreferredAnti', term, weight }, change)
  }

  #count(matcher: PodMatcher): Tally {
    const tally = { matcher, counts: new NodeCounts(this.#nodes) }
    for (const pod of this.#podsIn(matcher.namespaces)) {
      if (matcher.matches(pod)) tally.counts.add(pod.nodeName, 1)
    }
    for (const place of filedUnder(matcher.namespaces, matcher.anchor)) file(this.#filedTallies, place, tally)
    return tally
  }

  #forgetOldest(): void {
    const [oldest] = this.#tallies.values()
    if (oldest !== undefined) this.#forget(oldest)
  }

  #forget(tally: Tally): void {
    const { key, namespaces, anchor } = tally.matcher
    this.#tallies.delete(key)
    for (const place of filedUnder(namespaces, anchor)) unfile(this.#filedTallies, place, tally)
  }

  #carry(pod: PodInfo, carried: Omit<CarriedTerm, 'counts'>, change: 1 | -1): void {
    const { kind, term, weight } = carried
    const key = `${kind} ${weight} ${term.key}`
    let entry = this.#carried.get(key)
    if (entry === undefined) {
      entry = { ...carried, counts: new NodeCounts(this.#nodes), carriers: 0 }
      this.#carried.set(key, entry)
      for (const place of filedUnder(aboutNamespaces(term), term.anchor)) file(this.#filedCarried, place, entry)
    }
    entry.carriers += change
    entry.counts.add(pod.nodeName, change)
    if (entry.carriers > 0) return
    this.#carried.delete(key)
    for (const place of filedUnder(aboutNamespaces(term), term.anchor)) unfile(this.#filedCarried, place, entry)
  }
}

/** Namespaces in which a term can find pods. */
export function aboutNamespaces(term: AffinityTerm): ReadonlySet<string> | 'Any' {
  return term.choosesNamespaces ? 'Any' : term.namespaces
}

/** Where rules are filed: by namespace, and by the label that all pods have that they are about. */
function filedUnder(namespaces: ReadonlySet<string> | 'Any', anchor = ''): readonly string[] {
  return [...(namespaces === 'Any' ? [anyNamespace] : namespaces)].map((namespace) => `${namespace}/${anchor}`)
}

interface Places {
  readonly namespace: string
  readonly places: readonly string[]
}

/** All versions of a pod share its labels, as long as nobody changes these; a pod is asked about whenever it comes and goes. */
const placesOfLabels = new WeakMap<object, Places>()

/** Where rules about a pod are found. */
function placesOf({ namespace, labels }: LabelledPod): readonly string[] {
  const known = placesOfLabels.get(labels)
  if (known?.namespace === namespace) return known.places
  const anchors = ['', ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)]
  const places = anchors.flatMap((anchor) => [`${namespace}/${anchor}`, `${anyNamespace}/${anchor}`])
  placesOfLabels.set(labels, { namespace, places })
  return places
}

function file<T>(index: Map<string, Set<T>>, key: string, entry: T): void {
  const entries = index.get(key)
  if (entries === undefined) index.set(key, new Set([entry]))
  else entries.add(entry)
}

function unfile<T>(index: Map<string, Set<T>>, key: string, entry: T): void {
  const entries = index.get(key)
  entries?.delete(entry)
  if (entries?.size === 0) index.delete(key)
}
