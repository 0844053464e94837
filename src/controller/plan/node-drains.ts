import { isForbidden, isNotFound } from '../../cluster/api-error.ts'
import { evictPod } from '../../cluster/evict-pod.ts'
import { type CacheChange, ObjectCache } from '../../cluster/object-cache.ts'
import type { Reflector } from '../../cluster/reflector.ts'
import { pods as podResource, type Resource } from '../../cluster/resource.ts'
import { type BudgetFacts, budgetFacts, budgetsOf } from '../../core/drain/disruption-budget.ts'
import type { DrainProgress } from '../../core/drain/drain-input.ts'
import type { EvictionAnswer } from '../../core/drain/eviction-answer.ts'
import { type PodFacts, podFacts } from '../../core/kubernetes/pod-facts.ts'
import type { PlanAction } from '../../core/plan/plan-decision.ts'
import type { DrainFacts } from '../../core/plan/plan-facts.ts'
import type { Shell } from '../shell.ts'
import { DaemonSetLookups } from './daemon-set-lookups.ts'
import { reflect } from './plan-caches.ts'

interface NodeDrain {
  readonly pods: ObjectCache<PodFacts>
  readonly reflector: Reflector
  readonly answers: Map<string, EvictionAnswer>
  /** Of pods that have come since the first list, by UID: when they were first heard of (epoch milliseconds). */
  readonly arrivals: Map<string, number>
  /** Which Plans drain it. */
  readonly plans: Set<string>
  /** A watch has begun: pods that may only be listed would soon be those of the past. */
  isWatched: boolean
  /** Why its pods may not be watched. */
  problem?: string
}

type PodAction = Extract<PlanAction, { kind: 'EvictPod' | 'DeletePod' }>

/** Watches the pods of nodes that are being drained, and nothing while none is. */
export class NodeDrains {
  readonly #shell: Shell
  readonly #onChange: (plan: string) => void
  readonly #drains = new Map<string, NodeDrain>()
  #daemonSets: DaemonSetLookups
  #budgets: { readonly cache: ObjectCache<BudgetFacts & { resourceVersion: string }>; readonly reflector: Reflector } | undefined
  #budgetsForbidden = false
  /** Of PodDisruptionBudgets. v1beta1 ends with v1.25, which an API server may become while this process runs. */
  #policyVersion: 'v1' | 'v1beta1'

  constructor(shell: Shell, onChange: (plan: string) => void) {
    this.#shell = shell
    this.#onChange = onChange
    this.#policyVersion = shell.client.capabilities.policyVersion
    this.#daemonSets = this.#newLookups()
  }

  /** Watches just these nodes for this Plan from now on. */
  watch(plan: string, nodeNames: readonly string[]): void {
    for (const [name, drain] of this.#drains) {
      if (!nodeNames.includes(name)) drain.plans.delete(plan)
    }
    for (const name of nodeNames) this.#begin(name).plans.add(plan)
    this.#endUnused()
  }

  /** Of nodes whose pods are known; those are missing that are still being read, or may not be. */
  factsOf(nodeNames: readonly string[]): ReadonlyMap<string, DrainFacts> {
    const known = nodeNames.flatMap((name) => {
      const drain = this.#drains.get(name)
      const isKept = drain?.isWatched === true && drain.reflector.isSynced() && drain.problem === undefined
      const ready = isKept && (this.#budgetsForbidden || this.#budgets?.reflector.isSynced())
      return drain !== undefined && ready ? [[name, this.#facts(drain)] as const] : []
    })
    return new Map(known)
  }

  /** By node name: why its pods cannot be read. */
  problemsOf(nodeNames: readonly string[]): ReadonlyMap<string, string> {
    const told = nodeNames.map((name) => [name, this.#drains.get(name)?.problem] as const)
    return new Map(told.flatMap(([name, problem]) => (problem === undefined ? [] : [[name, problem] as const])))
  }

  /** Asks the server to move one pod; its answer is a fact for the next decision. */
  async carryOut(action: PodAction): Promise<void> {
    const { client, clock } = this.#shell
    const { pod, gracePeriodSeconds } = action
    const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }
    const budgets = [...(this.#budgets?.cache.values() ?? [])]
    const outcome =
      action.kind === 'EvictPod'
        ? await evictPod(client, pod, options)
        : await client
            .delete(podResource, pod, { preconditions: { uid: pod.uid }, ...options })
            .then(() => ({ kind: 'Accepted' }) as const)
            .catch((error: unknown) => deletionFailed(error))
    const answers = this.#drains.get(action.node)?.answers
    const tries = (answers?.get(pod.uid)?.tries ?? 0) + 1
    // by what was known before the request: a change that comes with the answer is one since then
    const [budget] = outcome.kind === 'BudgetRefused' ? budgetsOf(pod, budgets) : []
    answers?.set(pod.uid, { outcome, atMs: clock.now(), tries, ...(budget === undefined ? {} : { budgetVersion: budget.resourceVersion }) })
  }

  async stop(): Promise<void> {
    const reflectors = [...this.#drains.values()].map((d) => d.reflector)
    this.#drains.clear()
    await Promise.all([...reflectors, ...(this.#budgets === undefined ? [] : [this.#budgets.reflector])].map((r) => r.stop()))
  }

  #facts(drain: NodeDrain): DrainFacts {
    const progress: DrainProgress = { startedAtMs: 0, answers: drain.answers, arrivals: drain.arrivals }
    return {
      pods: [...drain.pods.values()],
      ...(this.#budgets === undefined || this.#budgetsForbidden ? {} : { budgets: [...this.#budgets.cache.values()] }),
      daemonSetExists: (namespace, name) => this.#daemonSets.exists(namespace, name),
      progress,
    }
  }

  #begin(name: string): NodeDrain {
    const known = this.#drains.get(name)
    if (known !== undefined) return known
    this.#watchBudgets()
    const cache = new ObjectCache<PodFacts>({ trim: podFacts, log: this.#shell.log })
    const plans = new Set<string>()
    const tell = () => {
      for (const plan of plans) this.#onChange(plan)
    }
    const onReflectorProblem: Shell['onReflectorProblem'] = (plural, problem) => {
      this.#shell.onReflectorProblem(plural, problem)
      if (problem === undefined) delete drain.problem
      else drain.problem = problem.message
      tell()
    }
    const reflector = reflect({ ...this.#shell, onReflectorProblem }, podResource, cache, { fieldSelector: `spec.nodeName=${name}` })
    const drain: NodeDrain = { pods: cache, reflector, answers: new Map(), arrivals: new Map(), plans, isWatched: false }
    cache.onChange((change) => {
      noteArrival(drain, change, this.#shell.clock.now())
      this.#daemonSets.lookUp(change.object)
      tell()
    })
    const watched = () => {
      drain.isWatched = true
      tell()
    }
    reflector.watching.then(watched, () => {})
    this.#drains.set(name, drain)
    return drain
  }

  #endUnused(): void {
    for (const [name, drain] of this.#drains) {
      if (drain.plans.size > 0) continue
      this.#drains.delete(name)
      void drain.reflector.stop()
    }
    if (this.#drains.size > 0 || this.#budgets === undefined) return
    void this.#budgets.reflector.stop()
    this.#budgets = undefined
    this.#budgetsForbidden = false
    this.#daemonSets = this.#newLookups()
  }

  #watchBudgets(): void {
    if (this.#budgets !== undefined || this.#budgetsForbidden) return
    const { log } = this.#shell
    const version = this.#policyVersion
    const resource: Resource = {
      group: 'policy',
      version,
      plural: 'poddisruptionbudgets',
      kind: 'PodDisruptionBudget',
      namespaced: true,
    }
    const cache = new ObjectCache<BudgetFacts & { resourceVersion: string }>({
      trim: (raw) => budgetFacts(raw, version),
      log,
    })
    const reflector = reflect({ ...this.#shell, onReflectorProblem: (plural, p) => this.#budgetsRefused(plural, p) }, resource, cache, {})
    const tell = () => this.#tellAll()
    cache.onChange(tell)
    reflector.synced.then(tell, () => {})
    this.#budgets = { cache, reflector }
  }

  /** Without the right to read budgets the server's answers to evictions are enough; only the reasons are less precise. */
  #budgetsRefused(plural: string, problem: Parameters<Shell['onReflectorProblem']>[1]): void {
    if (problem?.reason === 'NotFound' && this.#policyVersion === 'v1beta1') {
      this.#watchNewerBudgets()
      return
    }
    this.#shell.onReflectorProblem(plural, problem)
    this.#budgetsForbidden = problem !== undefined
    this.#tellAll()
  }

  #watchNewerBudgets(): void {
    void this.#budgets?.reflector.stop()
    this.#budgets = undefined
    this.#policyVersion = 'v1'
    this.#watchBudgets()
  }

  #tellAll(): void {
    for (const drain of this.#drains.values()) for (const plan of drain.plans) this.#onChange(plan)
  }

  #newLookups(): DaemonSetLookups {
    return new DaemonSetLookups(this.#shell.client, () => this.#tellAll())
  }
}

function deletionFailed(error: unknown): EvictionAnswer['outcome'] {
  if (isNotFound(error)) return { kind: 'Gone' }
  const message = error instanceof Error ? error.message : String(error)
  return isForbidden(error) ? { kind: 'Denied', message } : { kind: 'Unavailable', message }
}

/** What the first list holds was there before; after another start of the controller that is everything. */
function noteArrival({ reflector, arrivals }: NodeDrain, { kind, object: { uid }, previous }: CacheChange<PodFacts>, nowMs: number): void {
  if (kind === 'Deleted') arrivals.delete(uid)
  else if (reflector.isSynced() && previous?.uid !== uid) arrivals.set(uid, nowMs)
}
