import type { Log } from '../../cluster/log.ts'
import { type CachedObject, ObjectCache } from '../../cluster/object-cache.ts'
import type { Reflector } from '../../cluster/reflector.ts'
import { plans } from '../../cluster/resource.ts'
import type { ReflectorProblem } from '../../cluster/watch-fault.ts'
import { type ForeignPlan, judgeForeignPlan } from '../../core/plan/judge-foreign-plan.ts'
import type { Shell } from '../shell.ts'
import { reflect } from './plan-caches.ts'

type CachedForeignPlan = CachedObject & ForeignPlan & { readonly namespace: string; readonly uid: string }

/**
 * Tells of Plans in other namespaces that nobody looks after, once each, by an event on the Plan and a line in the log. Who may not watch
 * Plans of the whole cluster is told so once, and nothing is missing but this.
 */
export class ForeignPlans {
  readonly #shell: Shell
  readonly #cache: ObjectCache<CachedForeignPlan>
  readonly #reflector: Reflector
  /** By UID, until it is judged; a Plan that is there no more is forgotten with its timer. */
  readonly #timers = new Map<string, () => void>()
  readonly #told = new Set<string>()
  #mayWatch = false

  constructor(shell: Shell) {
    this.#shell = shell
    this.#cache = new ObjectCache<CachedForeignPlan>({ trim: foreignPlan, log: shell.log })
    this.#cache.onChange(({ kind, object }) => (kind === 'Deleted' ? this.#forget(object.uid) : this.#judge(object)))
    const fieldSelector = `metadata.namespace!=${shell.namespace}`
    const onReflectorProblem: Shell['onReflectorProblem'] = (_, problem) => this.#hear(problem)
    this.#reflector = reflect({ ...shell, log: withoutWarnings(shell.log), onReflectorProblem }, plans, this.#cache, { fieldSelector })
    this.#reflector.watching.then(
      () => {
        this.#mayWatch = true
      },
      () => {},
    )
  }

  async stop(): Promise<void> {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    await this.#reflector.stop()
  }

  /** A right that was left out stays so: nothing is asked any more. What was allowed before is so again when the API server has come up. */
  #hear(problem: ReflectorProblem | undefined): void {
    const { log } = this.#shell
    if (problem === undefined) {
      log.info({}, 'Plans in other namespaces are looked for again')
      return
    }
    log.info({ problem: problem.message }, 'Plans in other namespaces are not looked for')
    if (problem.reason === 'Forbidden' && !this.#mayWatch) void this.stop()
  }

  #judge(plan: CachedForeignPlan): void {
    const { controllerName, namespace, clock, events, log } = this.#shell
    this.#timers.get(plan.uid)?.()
    this.#timers.delete(plan.uid)
    const verdict = judgeForeignPlan(plan, { name: controllerName, namespace }, clock.now())
    if (verdict.kind === 'Later') {
      const look = () => this.#judge(this.#cache.get(`${plan.namespace}/${plan.name}`) ?? plan)
      this.#timers.set(plan.uid, clock.after(verdict.atMs - clock.now(), look))
    }
    if (verdict.kind !== 'Unserved' || this.#told.has(plan.uid)) return
    this.#told.add(plan.uid)
    const object = { apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', name: plan.name, namespace: plan.namespace, uid: plan.uid }
    events.record({ object, ...verdict.event })
    log.warn({ plan: plan.name, namespace: plan.namespace }, verdict.event.message)
  }

  #forget(uid: string): void {
    this.#timers.get(uid)?.()
    this.#timers.delete(uid)
    this.#told.delete(uid)
  }
}

/** What the watch has trouble with is told by `ForeignPlans`, once. */
function withoutWarnings(log: Log): Log {
  const debug: Log['debug'] = (fields, message) => log.debug(fields, message)
  return {
    debug,
    info: (fields, message) => log.info(fields, message),
    warn: debug,
    error: (fields, message) => log.error(fields, message),
  }
}

interface RawPlan {
  readonly metadata?: {
    readonly name?: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly creationTimestamp?: string
  }
  readonly status?: { readonly conditions?: readonly unknown[] | null } | null
}

function foreignPlan(raw: unknown): CachedForeignPlan {
  const { metadata = {}, status } = raw as RawPlan
  return {
    name: metadata.name ?? '',
    namespace: metadata.namespace ?? '',
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    createdAtMs: Date.parse(metadata.creationTimestamp ?? '') || 0,
    served: (status?.conditions ?? []).length > 0,
  }
}
