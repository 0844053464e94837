import type { CacheChange } from '../../cluster/object-cache.ts'
import { matchesSelector } from '../../core/kubernetes/label-selector.ts'
import type { NodeFacts } from '../../core/kubernetes/node-facts.ts'
import type { CachedPlan, PlanCaches } from './plan-caches.ts'

/** Tells which Plans have to be looked at again when something changes. Changes that no fact shows (heartbeats) wake nobody. */
export function wakePlans(caches: PlanCaches, wake: (plan: string) => void, wakeOrphans: () => void): () => void {
  const subscriptions = [
    caches.plans.onChange(({ kind, object }) => {
      wake(object.name)
      if (kind !== 'Changed') wakeOrphans()
    }),
    caches.nodes.onChange((change) => {
      for (const plan of caches.plans.values()) if (concerns(plan, change)) wake(plan.name)
      if (change.kind !== 'Deleted' && change.object.journal !== undefined) wakeOrphans()
    }),
    caches.jobs.onChange(({ kind, object }) => {
      const plan = object.labels['upgrade.cattle.io/plan']
      if (plan !== undefined) wake(plan)
      if (kind === 'Added' || kind === 'Deleted') wakeOrphans()
      if (object.labels['upgrade.cattle.io/exclusive'] === 'true') wakeExclusive(caches, wake)
    }),
    caches.pods.onChange(({ object }) => {
      const plan = object.labels['upgrade.cattle.io/plan']
      if (plan !== undefined) wake(plan)
      if (caches.plans.get(`${object.namespace}/${plan}`) === undefined) wakeOrphans()
    }),
    caches.upgradeAtWork.onChange(() => {
      for (const plan of caches.plans.values()) wake(plan.name)
    }),
    caches.secrets.onChange(({ object }) => {
      for (const plan of caches.plans.values()) if (names(plan, object.name)) wake(plan.name)
    }),
  ]
  return () => {
    for (const end of subscriptions) end()
  }
}

/** A node that the Plan selects or selected, or one whose health or version others are judged by. */
function concerns({ parsed }: CachedPlan, { object, previous }: CacheChange<NodeFacts>): boolean {
  if (parsed.kind !== 'Plan') return false
  const { nodeSelector } = parsed.plan.spec
  if (matchesSelector(nodeSelector, object.labels) || (previous !== undefined && matchesSelector(nodeSelector, previous.labels)))
    return true
  return previous === undefined || previous.ready !== object.ready || previous.kubeletVersion !== object.kubeletVersion
}

function names({ parsed }: CachedPlan, secret: string): boolean {
  return parsed.kind === 'Plan' && (parsed.plan.spec.secrets ?? []).some((s) => s.name === secret)
}

function wakeExclusive(caches: PlanCaches, wake: (plan: string) => void): void {
  for (const plan of caches.plans.values()) {
    if (plan.parsed.kind === 'Plan' && plan.parsed.plan.spec.exclusive === true) wake(plan.name)
  }
}
