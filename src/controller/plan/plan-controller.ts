import { ApiError } from '../../cluster/api-error.ts'
import type { WorkQueue } from '../../cluster/work-queue.ts'
import { createWorkQueue } from '../../cluster/work-queue.ts'
import type { NodeFacts } from '../../core/kubernetes/node-facts.ts'
import { statusPatch } from '../../core/kubernetes/status-patch.ts'
import { decideMalformedPlan } from '../../core/plan/decide-malformed-plan.ts'
import { decidePlan } from '../../core/plan/decide-plan.ts'
import { nodeOf } from '../../core/plan/job-node.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { PlanAction, PlanActions, PlanDecision } from '../../core/plan/plan-decision.ts'
import type { PlanFacts } from '../../core/plan/plan-facts.ts'
import type { Shell } from '../shell.ts'
import { actionFields } from './action-fields.ts'
import { carryOut, type SeenJournal } from './carry-out.ts'
import { ChannelPoller } from './channel-poller.ts'
import { clearOrphans } from './clear-orphans.ts'
import { DrainStatusWriter } from './drain-status-writer.ts'
import { readFailure } from './failure-reader.ts'
import { JournalChanged } from './journal-writes.ts'
import { KnownFailures } from './known-failures.ts'
import { NodeDrains } from './node-drains.ts'
import { observePlan } from './observe-plan.ts'
import { OrderKeys } from './order-keys.ts'
import { byJob, type CachedPlan, identityOf, type PlanCaches } from './plan-caches.ts'
import { PlanEvents } from './plan-events.ts'
import { forgetPlan, measurePlan } from './plan-gauges.ts'
import { PlanStatusWriter } from './plan-status-writer.ts'
import { wakePlans } from './wake-plans.ts'
import { WatchedVolumes } from './watched-volumes.ts'

/** Key under which what deleted Plans left behind is cleared away; no Plan can have this name. */
const orphans = '#orphans'
/** A Plan is looked at again at most this often, however much happens: what happens meanwhile is decided on together. */
const minimumIntervalMs = 200
/** The Plan API may change as well: a Plan that it has refused is looked at again. */
const refusedRecheckMs = 60_000
/** A decision, its actions, and the decision that follows from them: more rounds than this are left to the next turn. */
const rounds = 4

/** The loop of observe, decide, act for all Plans of one namespace. Runs on the leader alone. */
export class PlanController {
  readonly #shell: Shell
  readonly #caches: PlanCaches
  readonly #queue: WorkQueue
  readonly #poller: ChannelPoller
  readonly #drains: NodeDrains
  readonly #volumes: WatchedVolumes
  readonly #drainStatus: DrainStatusWriter
  readonly #status: PlanStatusWriter
  readonly #events: PlanEvents
  readonly #failures: KnownFailures
  /** By Plan and node: what the API server answered to an action that it refused. */
  readonly #refusals = new Map<string, Map<string, string>>()
  readonly #orderKeys = new Map<string, OrderKeys>()
  readonly #drainNodes = new Map<string, readonly string[]>()
  readonly #serverVersion: () => string
  readonly #unsubscribe: () => void

  constructor(shell: Shell, caches: PlanCaches, serverVersion: () => string) {
    this.#shell = shell
    this.#caches = caches
    this.#serverVersion = serverVersion
    const { clock, random, log, threads } = shell
    this.#queue = createWorkQueue({
      clock,
      random,
      workers: threads,
      minimumIntervalMs,
      handle: (key) => this.#handle(key),
      onError: (plan, err, retryInMs) => log.warn({ plan, err, retryInMs }, 'plan is tried again'),
    })
    this.#poller = new ChannelPoller(shell, (plan) => this.#queue.add(plan))
    this.#drains = new NodeDrains(shell, (plan) => this.#queue.add(plan))
    this.#volumes = new WatchedVolumes(shell, () => this.#wakeDraining())
    this.#drainStatus = new DrainStatusWriter(shell)
    this.#status = new PlanStatusWriter(shell, caches.plans)
    this.#events = new PlanEvents(shell.events)
    this.#failures = new KnownFailures(caches.jobs)
    this.#unsubscribe = wakePlans(
      caches,
      (plan) => this.#queue.add(plan),
      () => this.#queue.add(orphans),
    )
    this.wakeAll()
  }

  /** Looks at every Plan again, e.g. when the API server has another version. */
  wakeAll(): void {
    for (const plan of this.#caches.plans.values()) this.#queue.add(plan.name)
    this.#queue.add(orphans)
  }

  /** Length and age of the queue, for metrics. */
  queue(): Pick<WorkQueue, 'depth' | 'oldestMs'> {
    return this.#queue
  }

  /** Ends after what is being written has been written. */
  async stop(): Promise<void> {
    this.#unsubscribe()
    this.#poller.stop()
    await this.#queue.stop()
    await this.#drains.stop()
    await this.#volumes.stop()
  }

  async #handle(name: string): Promise<void> {
    if (name === orphans) return this.#clearOrphans()
    for (let round = 0; round < rounds; round++) {
      const cached = this.#caches.plans.get(`${this.#shell.namespace}/${name}`)
      if (cached === undefined) return this.#forget(name)
      const quiet = cached.parsed.kind === 'Plan' ? await this.#turn(cached, cached.parsed.plan) : await this.#refuse(cached)
      if (quiet) return
    }
    this.#queue.add(name)
  }

  async #clearOrphans(): Promise<void> {
    if (await clearOrphans(this.#shell, this.#caches)) this.#queue.add(orphans)
  }

  /** One turn of the loop; true when nothing was left to do. */
  async #turn(cached: CachedPlan, plan: Plan): Promise<boolean> {
    const { metrics, clock } = this.#shell
    const nodes = this.#caches.sortedNodes()
    const decision = this.#decide(plan)
    const before = plan.status
    const patch = statusPatch(before, decision.status)
    const isRefused = patch !== undefined && (await this.#writeStatus(cached, patch, decision, before)) === 'Refused'
    const told = await this.#drainStatus.write(plan, decision.drainStatus)
    if (told !== undefined) this.#caches.plans.observe(told)
    this.#follow(cached.name, decision)
    if (!isRefused) this.#events.tell(plan.metadata, decision.events)
    measurePlan(metrics, cached.name, decision.status)
    const outcomes = await Promise.all(decision.actions.map((list) => this.#carryOutList(plan, list, nodes)))
    const failed = outcomes.find((o) => o !== undefined)
    if (failed !== undefined) throw failed.error
    this.#events.settle(cached.name)
    metrics.decisions.inc({ plan: cached.name })
    if (decision.wakeAtMs !== undefined) this.#queue.addAfter(cached.name, decision.wakeAtMs - clock.now())
    if (isRefused) this.#queue.addAfter(cached.name, refusedRecheckMs)
    // what a new Job leads to is not known before it runs
    return (patch === undefined || isRefused) && decision.actions.flat().every(({ kind }) => kind === 'CreateJob')
  }

  /** A ClusterUpgrade that comes meanwhile has to know at once of nodes that are entered. */
  async #writeStatus(cached: CachedPlan, patch: object, { status }: PlanDecision, before: Plan['status']): Promise<'Written' | 'Refused'> {
    const plan = `${this.#shell.namespace}/${cached.name}`
    const known = new Set(before?.applying)
    if (status.applying?.some((hostname) => !known.has(hostname))) this.#caches.plansBeginning.add(plan)
    try {
      const outcome = await this.#status.write(cached, patch, status)
      this.#caches.plansBeginning.settle(plan)
      return outcome
    } catch (error) {
      // the server has said no; an answer that was lost may have been a yes
      if (error instanceof ApiError && error.status < 500) this.#caches.plansBeginning.settle(plan)
      throw error
    }
  }

  #decide(plan: Plan): PlanDecision {
    const { name } = plan.metadata
    const end = this.#shell.metrics.decisionSeconds.startTimer()
    const drainNodes = this.#drainNodes.get(name) ?? []
    const channel = this.#poller.factsOf(name)
    const facts: PlanFacts = {
      ...observePlan(this.#shell, { caches: this.#caches, volumes: this.#volumes }, plan),
      ...(channel === undefined ? {} : { channel }),
      apiServer: this.#serverVersion(),
      orderKey: this.#orderKeysOf(name).of,
      failures: this.#failures.all,
      refusals: this.#refusals.get(name) ?? new Map(),
      drains: this.#drains.factsOf(drainNodes),
      drainProblems: this.#drains.problemsOf(drainNodes),
    }
    const decision = decidePlan(facts, this.#shell.clusterId, this.#shell.clock.now())
    end()
    return decision
  }

  #orderKeysOf(plan: string): OrderKeys {
    const known = this.#orderKeys.get(plan) ?? new OrderKeys()
    this.#orderKeys.set(plan, known)
    return known
  }

  /** Timers and watches that the decision asks for. */
  #follow(name: string, decision: PlanDecision): void {
    this.#poller.schedule(name, decision.poll)
    this.#watchDrains(name, decision.drainNodes, decision.lookUp)
  }

  #watchDrains(plan: string, nodes: readonly string[], lookUp: readonly string[]): void {
    if (nodes.length > 0) this.#drainNodes.set(plan, nodes)
    else this.#drainNodes.delete(plan)
    this.#drains.watch(plan, nodes)
    if (this.#drainNodes.size > 0) this.#volumes.watch([...this.#drainNodes.values()].flat(), lookUp)
    else void this.#volumes.stop()
  }

  #wakeDraining(): void {
    for (const plan of this.#drainNodes.keys()) this.#queue.add(plan)
  }

  async #refuse(cached: CachedPlan): Promise<boolean> {
    if (cached.parsed.kind === 'Plan') return true
    const { status, events } = decideMalformedPlan(cached.parsed, this.#shell.clock.now())
    const patch = statusPatch(cached.parsed.status, status)
    if (patch === undefined) return true
    if ((await this.#status.write(cached, patch, status)) === 'Refused') this.#queue.addAfter(cached.name, refusedRecheckMs)
    else this.#events.tell(identityOf(cached), events)
    this.#events.settle(cached.name)
    return true
  }

  async #carryOutList(plan: Plan, actions: PlanActions, nodes: readonly NodeFacts[]): Promise<{ readonly error: unknown } | undefined> {
    for (const action of actions) {
      const node = this.#nodeOf(action)
      try {
        await this.#carryOut(plan, action, (name) => nodes.find((n) => n.name === name)?.journal)
        this.#shell.metrics.actions.inc({ kind: action.kind, outcome: 'Done' })
        if (node !== undefined) this.#refusals.get(plan.metadata.name)?.delete(node)
      } catch (error) {
        if (error instanceof JournalChanged) {
          this.#queue.add(plan.metadata.name)
          return undefined
        }
        this.#shell.metrics.actions.inc({ kind: action.kind, outcome: 'Failed' })
        if (node !== undefined) this.#remember(plan.metadata.name, node, error)
        return { error }
      }
    }
    return undefined
  }

  /** What is refused is told for the node that it is about, also where the action names only its Job. */
  #nodeOf(action: PlanAction): string | undefined {
    if ('node' in action) return action.node
    const job = this.#caches.jobs.get(`${this.#shell.namespace}/${'name' in action ? action.name : action.jobName}`)
    return job === undefined ? undefined : nodeOf(job)
  }

  async #carryOut(plan: Plan, action: PlanAction, seen: SeenJournal): Promise<void> {
    const { log } = this.#shell
    switch (action.kind) {
      case 'EvictPod':
      case 'DeletePod':
        await this.#drains.carryOut(action)
        this.#queue.add(plan.metadata.name)
        return
      case 'ReadFailure':
        this.#failures.add(action.jobUid, await readFailure(this.#shell, plan.spec, action.jobName, this.#podsOf(action.jobName)))
        return
      default:
        log.info({ plan: plan.metadata.name, ...actionFields(action) }, 'acts')
        return carryOut(this.#shell, this.#caches, action, seen)
    }
  }

  #podsOf(job: string): ReturnType<PlanCaches['pods']['byIndex']> | undefined {
    return this.#caches.seesPods() ? this.#caches.pods.byIndex(byJob, job) : undefined
  }

  #remember(plan: string, node: string, error: unknown): void {
    const known = this.#refusals.get(plan) ?? new Map<string, string>()
    known.set(node, error instanceof Error ? error.message : String(error))
    this.#refusals.set(plan, known)
  }

  #forget(name: string): void {
    this.#poller.forget(name)
    this.#watchDrains(name, [], [])
    this.#orderKeys.delete(name)
    this.#refusals.delete(name)
    this.#status.forget(name)
    this.#caches.plansBeginning.settle(`${this.#shell.namespace}/${name}`)
    this.#events.settle(name)
    forgetPlan(this.#shell.metrics, name)
  }
}
