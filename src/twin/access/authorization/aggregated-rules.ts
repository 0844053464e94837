import type { ClusterRole } from 'kubernetes-types/rbac/v1'
import { type LabelSelector, matchesSelector } from '../../../core/kubernetes/label-selector.ts'
import { sameJson } from '../../api/same-json.ts'
import { as, type DraftObject } from '../../kube-object.ts'
import type { PolicyRule } from './policy-rule.ts'

/** The rules that a ClusterRole is made of by its aggregationRule: those of all that it selects, by name, each once. Source: Kubernetes, Aggregated ClusterRoles. */
export function aggregatedRules(role: DraftObject, roles: readonly DraftObject[]): readonly PolicyRule[] {
  const selectors = (as<ClusterRole>(role).aggregationRule?.clusterRoleSelectors ?? []) as readonly LabelSelector[]
  const own = role.metadata?.name
  const found = new Set(
    selectors.flatMap((selector) =>
      roles
        .filter(({ metadata }) => metadata?.name !== own && matchesSelector(selector, metadata?.labels ?? {}))
        .toSorted((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1)),
    ),
  )
  const rules: PolicyRule[] = []
  for (const part of found) {
    for (const rule of (as<ClusterRole>(part).rules ?? []) as readonly PolicyRule[]) {
      if (!rules.some((known) => sameJson(known, rule))) rules.push(rule)
    }
  }
  return rules
}
