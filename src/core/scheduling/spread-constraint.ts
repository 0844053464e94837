import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1.js'
import { compileSelector, type LabelSelector } from '../kubernetes/label-selector.ts'
import type { StringMap } from '../kubernetes/object-meta.ts'
import { mergedSelector, selectorAnchor } from './affinity-term.ts'
import { lazy } from './lazy.ts'
import type { PodInfo } from './pod-info.ts'
import type { PodMatcher } from './pod-tallies.ts'

/** A topology spread constraint of a pod, ready to be counted. */
export interface SpreadConstraint {
  readonly topologyKey: string
  readonly maxSkew: number
  /** Fewer domains than this: the emptiest counts as empty. */
  readonly minDomains: number
  /** Whether nodes that the pod's node affinity rules out are left out. */
  readonly honorsAffinity: boolean
  /** Whether nodes with taints that the pod does not tolerate are left out. */
  readonly honorsTaints: boolean
  /** Pods of the same kind in the namespace; those that are being deleted do not count. */
  readonly matcher: PodMatcher
  /** 1 when the pod itself is of that kind. */
  readonly self: 0 | 1
}

/**
 * The constraints of a pod of one kind, as a scheduler of `minor` knows them.
 * Source: Kubernetes docs, Pod Topology Spread Constraints; KEP-3022, KEP-3094, KEP-3243.
 */
export function spreadConstraints(
  pod: PodInfo,
  whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway',
  minor: number,
): readonly SpreadConstraint[] {
  const constraints = pod.pod.spec?.topologySpreadConstraints ?? []
  return constraints
    .filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
    .map((constraint) => read(constraint, pod, minor))
}

function read(constraint: TopologySpreadConstraint, { namespace, labels }: PodInfo, minor: number): SpreadConstraint {
  const { labelSelector, matchLabelKeys } = constraint
  const selector = mergedSelector(
    {
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(minor < 27 || matchLabelKeys === undefined ? {} : { matchLabelKeys }),
    },
    labels,
  )
  const selects = compileSelector(selector)
  const policies: Pick<TopologySpreadConstraint, 'nodeAffinityPolicy' | 'nodeTaintsPolicy'> = minor >= 26 ? constraint : {}
  return {
    topologyKey: constraint.topologyKey,
    maxSkew: constraint.maxSkew,
    minDomains: minor >= 25 ? (constraint.minDomains ?? 1) : 1,
    honorsAffinity: policies.nodeAffinityPolicy !== 'Ignore',
    honorsTaints: policies.nodeTaintsPolicy === 'Honor',
    matcher: matcherOf(namespace, selector, selects),
    self: selects(labels) ? 1 : 0,
  }
}

/** What pods of a workload or a service without constraints of their own are spread by. Source: kube-scheduler, system default constraints. */
const defaults = [
  { topologyKey: 'kubernetes.io/hostname', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
] as const

/** The default constraints for pods that `selector` selects; they are preferences only. */
export function defaultSpreadConstraints({ namespace }: PodInfo, selector: LabelSelector): readonly SpreadConstraint[] {
  const selects = lazy(() => compileSelector(selector))
  const matcher = matcherOf(namespace, selector, (labels) => selects()(labels))
  return defaults.map(({ topologyKey, maxSkew }) => ({
    topologyKey,
    maxSkew,
    minDomains: 1,
    honorsAffinity: true,
    honorsTaints: false,
    matcher,
    self: 1,
  }))
}

/** Pods of the same kind in a namespace; those that are being deleted do not count. */
function matcherOf(namespace: string, selector: LabelSelector | undefined, selects: (labels: StringMap) => boolean): PodMatcher {
  return {
    key: JSON.stringify(['spread', namespace, selector]),
    namespaces: new Set([namespace]),
    anchor: selectorAnchor(selector),
    matches: (other) => !other.terminating && other.namespace === namespace && selects(other.labels),
  }
}
