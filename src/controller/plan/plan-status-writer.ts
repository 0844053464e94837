import { isConflict, isInvalid } from '../../cluster/api-error.ts'
import { plans } from '../../cluster/resource.ts'
import type { PlanStatus } from '../../core/plan/plan-status.ts'
import type { Shell } from '../shell.ts'
import { type CachedPlan, identityOf, type PlanCaches } from './plan-caches.ts'

type Ports = Pick<Shell, 'client' | 'namespace' | 'metrics' | 'events' | 'log'>

/**
 * Writes Plans' status. A Plan that an older Plan API let pass may be invalid to the present one: the API server then takes nothing of it, not
 * even a status, and an event and a line in the log say what is wrong instead, once for each sentence.
 */
export class PlanStatusWriter {
  readonly #ports: Ports
  readonly #plans: PlanCaches['plans']
  /** By Plan: what was said of it in place of a status. */
  readonly #told = new Map<string, string>()

  constructor(ports: Ports, cache: PlanCaches['plans']) {
    this.#ports = ports
    this.#plans = cache
  }

  /** Writes `patch`, which leads to `status`, over the version that is known. `Refused`: the Plan has to be mended first. */
  async write(cached: CachedPlan, patch: object, status: PlanStatus): Promise<'Written' | 'Refused'> {
    const { client, namespace, metrics, log } = this.#ports
    const { name } = cached
    const body = { metadata: { resourceVersion: cached.resourceVersion }, status: patch }
    metrics.statusWrites.inc({ plan: name })
    try {
      this.#plans.observe(await client.patchStatus(plans, { namespace, name }, { type: 'merge', body }))
      this.#told.delete(name)
      return 'Written'
    } catch (error) {
      if (isInvalid(error)) {
        this.#tell(cached, problemIn(status) ?? error.message)
        return 'Refused'
      }
      // somebody changed the Plan: the watch tells, and the decision is made anew
      if (isConflict(error)) log.debug({ plan: name }, 'plan changed while its status was written')
      throw error
    }
  }

  forget(plan: string): void {
    this.#told.delete(plan)
  }

  #tell(cached: CachedPlan, problem: string): void {
    const { events, log } = this.#ports
    if (this.#told.get(cached.name) === problem) return
    this.#told.set(cached.name, problem)
    const object = { apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', ...identityOf(cached) }
    events.record({ object, type: 'Warning', reason: 'ValidateFailed', message: `Failed to validate plan: ${problem}` })
    log.warn({ plan: cached.name, problem }, 'the API server takes this Plan for invalid, and no status of it')
  }
}

/** What the status would have said is wrong with the Plan. */
function problemIn({ conditions = [] }: PlanStatus): string | undefined {
  return conditions.find(({ type, status }) => type === 'Validated' && status === 'False')?.message
}
