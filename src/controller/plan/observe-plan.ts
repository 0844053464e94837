import { nodeOf } from '../../core/plan/job-node.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { PlanFacts } from '../../core/plan/plan-facts.ts'
import type { Shell } from '../shell.ts'
import { byJob, byPlan, type PlanCaches } from './plan-caches.ts'
import type { WatchedVolumes } from './watched-volumes.ts'

/** What the caches know about a Plan; nothing is asked of the API server. */
export function observePlan(
  shell: Shell,
  { caches, volumes }: { readonly caches: PlanCaches; readonly volumes: Pick<WatchedVolumes, 'get' | 'freshSinceMs'> },
  plan: Plan,
): Pick<
  PlanFacts,
  | 'plan'
  | 'upgradeAtWork'
  | 'nodes'
  | 'jobs'
  | 'podsByJob'
  | 'secretHashes'
  | 'exclusiveElsewhere'
  | 'settings'
  | 'controllerName'
  | 'factsAgeMs'
  | 'volumes'
  | 'volumesProblem'
> {
  const { namespace, name } = plan.metadata
  const jobs = caches.jobs.byIndex(byPlan, name)
  const { name: upgradeAtWork } = caches.upgradeAtWork
  return {
    plan,
    ...(upgradeAtWork === undefined ? {} : { upgradeAtWork }),
    nodes: caches.sortedNodes(),
    jobs,
    ...(caches.seesPods() ? { podsByJob: { get: (job: string) => caches.pods.byIndex(byJob, job) } } : {}),
    secretHashes: new Map(
      (plan.spec.secrets ?? []).flatMap(({ name: secret }) => {
        const hash = caches.secrets.get(`${namespace}/${secret}`)?.hash
        return hash === undefined ? [] : [[secret, hash] as const]
      }),
    ),
    exclusiveElsewhere: plan.spec.exclusive === true ? busyWithExclusive(caches, name) : new Set(),
    settings: shell.settings,
    controllerName: shell.controllerName,
    ...volumes.get(),
    factsAgeMs: shell.clock.now() - Math.min(caches.freshSinceMs(), volumes.freshSinceMs()),
  }
}

function busyWithExclusive(caches: PlanCaches, plan: string): ReadonlySet<string> {
  const others = [...caches.jobs.values()].filter(
    (j) => j.end === undefined && j.labels['upgrade.cattle.io/exclusive'] === 'true' && j.labels['upgrade.cattle.io/plan'] !== plan,
  )
  return new Set(others.map(nodeOf))
}
