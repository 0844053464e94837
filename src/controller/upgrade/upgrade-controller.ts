import { clusterUpgrades } from '../../cluster/resource.ts'
import { createWorkQueue, type WorkQueue } from '../../cluster/work-queue.ts'
import { needsNamespaces } from '../../core/drain/drain-rule.ts'
import { statusPatch } from '../../core/kubernetes/status-patch.ts'
import type { ClusterUpgrade } from '../../core/upgrade/api/cluster-upgrade.ts'
import { decideLeftovers } from '../../core/upgrade/decide-leftovers.ts'
import { decideUpgrade } from '../../core/upgrade/decide-upgrade.ts'
import type { ClusterHealth } from '../../core/upgrade/health/cluster-health.ts'
import { softTaintRun } from '../../core/upgrade/pods/soft-taint.ts'
import { isEnded } from '../../core/upgrade/run/run-phase.ts'
import { decideMalformedUpgrade } from '../../core/upgrade/status/malformed-upgrade.ts'
import { decideUnseenUpgrade } from '../../core/upgrade/status/waiting-status.ts'
import type { UpgradeAction, UpgradeDecision } from '../../core/upgrade/upgrade-decision.ts'
import type { UpgradeFacts } from '../../core/upgrade/upgrade-facts.ts'
import { readFailure } from '../plan/failure-reader.ts'
import { KnownFailures } from '../plan/known-failures.ts'
import { NodeDrains } from '../plan/node-drains.ts'
import { type PlanCaches, withRun } from '../plan/plan-caches.ts'
import { WatchedVolumes } from '../plan/watched-volumes.ts'
import type { Shell } from '../shell.ts'
import { AddressHolders } from './address-holders.ts'
import { AskedElsewhere } from './asked-elsewhere.ts'
import { Canaries } from './canaries.ts'
import { carryOutUpgrade } from './carry-out-upgrade.ts'
import { HostExecutor } from './host-executor.ts'
import { WatchedNamespaces } from './namespace-labels.ts'
import { isGoing, observeLeftovers } from './observe-leftovers.ts'
import { observeUpgrade } from './observe-upgrade.ts'
import { OwnImage, unknownImageRecheckMs } from './own-image.ts'
import { readHealth } from './read-health.ts'
import { tellRun } from './tell-run.ts'
import { ToldRefusals } from './told-refusals.ts'
import { byJob, type CachedUpgrade, type CachedUpgrades, startUpgradeCaches, type UpgradeCaches } from './upgrade-caches.ts'

/** What happens meanwhile is decided on together; the status is written at most once in this time. */
const minimumIntervalMs = 1_000
const rounds = 4
/** What may not be seen is looked for again this often. */
const unseenRecheckMs = 5_000

/** Key under which what deleted ClusterUpgrades left behind is cleared away; none can have this name. */
const leftovers = '#leftovers'
/** What cannot be cleared away yet, because a Job is at work, is looked at again. */
const leftoversRecheckMs = 60_000

export interface UpgradeSource {
  readonly plans: PlanCaches
  readonly upgrades: CachedUpgrades
  /** Whether this controller looks after ClusterUpgrades; where it does again, `wakeAll` tells. */
  readonly isOurs: () => boolean
}

/** The loop of observe, decide, act for all ClusterUpgrades. Runs on the leader alone; costs nothing while there is none. */
export class UpgradeController {
  readonly #shell: Shell
  readonly #plans: PlanCaches
  readonly #upgrades: CachedUpgrades
  readonly #isOurs: () => boolean
  readonly #queue: WorkQueue
  readonly #drains: NodeDrains
  readonly #namespaces: WatchedNamespaces
  readonly #volumes: WatchedVolumes
  readonly #ownImage: OwnImage
  readonly #canaries: Canaries
  readonly #askedElsewhere: AskedElsewhere
  /** Absent: hosts are not reached from here. */
  readonly #hosts: HostExecutor | undefined
  readonly #holders: AddressHolders | undefined
  readonly #serverVersion: () => string
  readonly #ends: (() => void)[] = []
  readonly #refusals = new ToldRefusals()
  #caches: UpgradeCaches | undefined
  #failures: KnownFailures | undefined
  /** By ClusterUpgrade: how the cluster was when its decision last asked for that. */
  readonly #health = new Map<string, ClusterHealth>()
  /** By ClusterUpgrade. */
  readonly #drainNodes = new Map<string, readonly string[]>()

  constructor(shell: Shell, { plans, upgrades, isOurs }: UpgradeSource, serverVersion: () => string) {
    this.#shell = shell
    this.#isOurs = isOurs
    this.#plans = plans
    this.#upgrades = upgrades
    this.#serverVersion = serverVersion
    const { clock, random, log } = shell
    this.#queue = createWorkQueue({
      clock,
      random,
      workers: 1,
      minimumIntervalMs,
      handle: (key) => (key === leftovers ? this.#clearLeftovers() : this.#handle(key)),
      onError: (upgrade, err, retryInMs) => log.warn({ upgrade, err, retryInMs }, 'cluster upgrade is tried again'),
    })
    this.#drains = new NodeDrains(shell, () => this.#wakeActive())
    this.#namespaces = new WatchedNamespaces(shell, () => this.#wakeActive())
    this.#volumes = new WatchedVolumes(shell, () => this.#wakeActive())
    this.#ownImage = new OwnImage(shell)
    this.#canaries = new Canaries(shell)
    this.#askedElsewhere = new AskedElsewhere(shell)
    this.#hosts = shell.hosts === undefined ? undefined : new HostExecutor(shell, shell.hosts, () => this.#wakeActive())
    this.#holders = shell.hosts === undefined ? undefined : new AddressHolders(shell, shell.hosts, () => this.#wakeActive())
    this.#ends.push(
      upgrades.upgrades.onChange(() => {
        this.wakeAll()
      }),
      plans.nodes.onChange(({ object }) => {
        this.#wakeActive()
        if (object.run !== undefined || softTaintRun(object) !== undefined) this.#queue.add(leftovers)
      }),
      plans.plans.onChange(() => this.#wakeActive()),
      plans.plansBeginning.onSettled(() => this.#wakeActive()),
    )
    this.wakeAll()
  }

  wakeAll(): void {
    for (const { name } of this.#upgrades.upgrades.values()) this.#queue.add(name)
    this.#queue.add(leftovers)
  }

  /** Ends after what is being written has been written. */
  async stop(): Promise<void> {
    for (const end of this.#ends) end()
    await this.#queue.stop()
    await this.#hosts?.stop()
    await this.#holders?.stop()
    await this.#drains.stop()
    await this.#namespaces.stop()
    await this.#volumes.stop()
    await this.#caches?.stop()
  }

  #wakeActive(): void {
    for (const { name, parsed } of this.#upgrades.upgrades.values()) {
      if (parsed.kind === 'Upgrade' && !isEnded(parsed.upgrade)) this.#queue.add(name)
    }
  }

  async #handle(name: string): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      const cached = this.#upgrades.upgrades.get(name)
      if (cached === undefined) return this.#forget(name)
      if (!this.#isOurs()) return
      if (cached.parsed.kind === 'Malformed') {
        const marked = [...this.#plans.nodes.byIndex(withRun, 'yes')]
        await this.#write(cached, cached.parsed.status, decideMalformedUpgrade(cached.parsed, marked, this.#shell.clock.now()))
        return
      }
      if (isEnded(cached.parsed.upgrade)) return this.#forget(name)
      const caches = this.#open()
      if (!caches.isKept()) return this.#wait(cached, cached.parsed.upgrade, caches)
      if (await this.#turn(cached, cached.parsed.upgrade, caches)) return
    }
    this.#queue.add(name)
  }

  #forget(name: string): void {
    this.#drainNodes.delete(name)
    this.#health.delete(name)
    this.#drains.watch(name, [])
    void this.#askedElsewhere.than(name, [])
    if (![...this.#upgrades.upgrades.values()].some(isGoing)) void this.#volumes.stop()
  }

  /** What deleted ClusterUpgrades left on nodes is taken back; costs nothing while every mark is of a run that exists. */
  async #clearLeftovers(): Promise<void> {
    if (!this.#isOurs()) return
    if (!this.#upgrades.isKept()) return this.#queue.addAfter(leftovers, leftoversRecheckMs)
    const left = () => observeLeftovers(this.#plans, this.#upgrades, this.#caches?.jobs)
    if (this.#caches === undefined && left().nodes.length === 0) return
    const caches = this.#open()
    if (!caches.isKept()) return this.#queue.addAfter(leftovers, unseenRecheckMs)
    const actions = decideLeftovers(left(), this.#shell.clock.now()).flat()
    for (const action of actions) {
      this.#shell.log.info({ action: action.kind, node: action.node }, 'clears away what a deleted ClusterUpgrade left')
      if (action.kind === 'PatchNode' || action.kind === 'DeleteJob') await carryOutUpgrade(this.#shell, this.#plans, caches, action)
    }
    // a large pool is freed in several turns; a Job at work is looked at again after a while
    if (actions.length > 0) this.#queue.add(leftovers)
    else if (left().nodes.length > 0) this.#queue.addAfter(leftovers, leftoversRecheckMs)
  }

  /** Watches that only runs need begin with the first of them. */
  #open(): UpgradeCaches {
    if (this.#caches !== undefined) return this.#caches
    const caches = startUpgradeCaches(this.#shell)
    this.#caches = caches
    this.#failures = new KnownFailures(caches.jobs)
    this.#ends.push(
      caches.jobs.onChange(() => {
        this.#wakeActive()
        this.#queue.add(leftovers)
      }),
      caches.pods.onChange(() => this.#wakeActive()),
      caches.rebootLocks.onChange(() => this.#wakeActive()),
    )
    caches.synced.then(
      () => this.wakeAll(),
      () => {},
    )
    return caches
  }

  /** While pods or Jobs are not seen as they are, nothing is decided; what keeps them from being seen is said. */
  async #wait(cached: CachedUpgrade, upgrade: ClusterUpgrade, caches: UpgradeCaches): Promise<void> {
    const problem = caches.problem()
    this.#queue.addAfter(cached.name, unseenRecheckMs)
    if (problem === undefined) return
    await this.#write(cached, upgrade.status, decideUnseenUpgrade(upgrade, problem, this.#shell.clock.now()))
  }

  /** One turn of the loop; true when nothing was left to do. */
  async #turn(cached: CachedUpgrade, upgrade: ClusterUpgrade, caches: UpgradeCaches): Promise<boolean> {
    const decision = this.#decide(upgrade, caches, await this.#controllerImage(upgrade))
    const written = await this.#write(cached, upgrade.status, decision)
    this.#drainNodes.set(cached.name, decision.drainNodes)
    this.#drains.watch(cached.name, decision.drainNodes)
    if (decision.volumes !== undefined) this.#volumes.watch(decision.drainNodes, decision.volumes)
    await this.#askedElsewhere.than(cached.name, decision.controlPlanesAtWork)
    const outcomes = await Promise.all(decision.actions.map((list) => this.#carryOutList(upgrade, list, caches)))
    const failed = outcomes.find((outcome) => outcome !== undefined)
    if (failed !== undefined) throw failed.error
    tellRun(this.#shell.events, cached, decision.events)
    if (decision.asksHolders !== undefined) this.#holders?.ask(decision.asksHolders)
    if (decision.asksCanary !== undefined) await this.#canaries.ask(decision.asksCanary)
    if (decision.readsHealth) this.#health.set(cached.name, await readHealth(this.#shell.client))
    if (decision.wakeAtMs !== undefined) this.#queue.addAfter(cached.name, decision.wakeAtMs - this.#shell.clock.now())
    return !written && decision.actions.length === 0 && !decision.readsHealth && decision.asksCanary === undefined
  }

  /** Read for the first run that needs it. */
  async #controllerImage({ metadata, spec }: ClusterUpgrade): Promise<Pick<UpgradeFacts, 'controllerImage'>> {
    const recipe = spec.node?.recipe
    if (recipe === undefined || recipe.runnerImage !== undefined) return {}
    const controllerImage = await this.#ownImage.get()
    if (controllerImage.kind === 'Unknown') this.#queue.addAfter(metadata.name, unknownImageRecheckMs)
    return { controllerImage }
  }

  #decide(upgrade: ClusterUpgrade, caches: UpgradeCaches, asked: Pick<UpgradeFacts, 'controllerImage'>): UpgradeDecision {
    const drainNodes = this.#drainNodes.get(upgrade.metadata.name) ?? []
    const health = this.#health.get(upgrade.metadata.name)
    const namespaces = needsNamespaces(upgrade.spec.drain?.rules ?? []) ? this.#namespaces.get() : undefined
    const facts = observeUpgrade(this.#shell, { plans: this.#plans, upgrades: this.#upgrades, caches, volumes: this.#volumes }, upgrade)
    return decideUpgrade(
      {
        ...facts,
        ...asked,
        ...(health === undefined ? {} : { health }),
        ...(this.#canaries.facts === undefined ? {} : { canary: this.#canaries.facts }),
        ...(namespaces === undefined ? {} : { namespaces }),
        ...(this.#hosts === undefined ? {} : { hostWork: this.#hosts.work, reachesHosts: true }),
        ...(this.#holders?.facts === undefined ? {} : { addressHolders: this.#holders.facts }),
        apiServer: this.#serverVersion(),
        failures: this.#failures?.all ?? new Map(),
        refusals: this.#refusals.told,
        drains: this.#drains.factsOf(drainNodes),
        drainProblems: this.#drains.problemsOf(drainNodes),
      },
      this.#shell.clock.now(),
    )
  }

  /** True when something was written. */
  async #write(
    cached: CachedUpgrade,
    before: object | undefined,
    { status, story }: Pick<UpgradeDecision, 'status' | 'story'>,
  ): Promise<boolean> {
    const patch = statusPatch(before ?? {}, status)
    if (patch === undefined) return false
    const body = { metadata: { resourceVersion: cached.resourceVersion }, status: patch }
    const { client, events } = this.#shell
    this.#upgrades.upgrades.observe(await client.patchStatus(clusterUpgrades, { name: cached.name }, { type: 'merge', body }))
    tellRun(events, cached, story)
    return true
  }

  async #carryOutList(
    upgrade: ClusterUpgrade,
    actions: readonly UpgradeAction[],
    caches: UpgradeCaches,
  ): Promise<{ readonly error: unknown } | undefined> {
    for (const action of actions) {
      try {
        await this.#carryOut(upgrade, action, caches)
        this.#shell.metrics.actions.inc({ kind: action.kind, outcome: 'Done' })
        this.#refusals.carriedOut(action.node)
      } catch (error) {
        this.#shell.metrics.actions.inc({ kind: action.kind, outcome: 'Failed' })
        this.#refusals.refused(action.node, error)
        return { error }
      }
    }
    return undefined
  }

  async #carryOut(upgrade: ClusterUpgrade, action: UpgradeAction, caches: UpgradeCaches): Promise<void> {
    switch (action.kind) {
      case 'EvictPod':
      case 'DeletePod':
        return await this.#drains.carryOut(action)
      case 'RunHost':
      case 'LeaveHost':
        this.#hosts?.carryOut(action)
        return
      case 'RecallCanary':
        return await this.#canaries.recall(action.name)
      case 'ReadFailure': {
        const containers = { upgrade: upgrade.spec.node?.upgrade ?? { image: '' } }
        const pods = caches.pods.byIndex(byJob, action.jobName)
        this.#failures?.add(action.jobUid, await readFailure(this.#shell, containers, action.jobName, pods))
        return
      }
      default:
        this.#shell.log.info({ upgrade: upgrade.metadata.name, action: action.kind, node: action.node }, 'acts')
        return await carryOutUpgrade(this.#shell, this.#plans, caches, action)
    }
  }
}
