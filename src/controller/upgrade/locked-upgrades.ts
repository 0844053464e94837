import { isForbidden } from '../../cluster/api-error.ts'
import { clusterUpgrades } from '../../cluster/resource.ts'
import { createWorkQueue, type WorkQueue } from '../../cluster/work-queue.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import { statusPatch } from '../../core/kubernetes/status-patch.ts'
import { judgeRunLock, type RunLock } from '../../core/upgrade/run-lock.ts'
import { decideUnseenUpgrade } from '../../core/upgrade/status/waiting-status.ts'
import type { PlanCaches } from '../plan/plan-caches.ts'
import type { Shell } from '../shell.ts'
import { readRunLease, runLease } from './run-lease.ts'
import { isOpenRun, runsAtStake } from './runs-at-stake.ts'
import { tellRun } from './tell-run.ts'
import type { CachedUpgrades } from './upgrade-caches.ts'
import { UpgradeController } from './upgrade-controller.ts'

const lockKey = '#lock'
/** People may take the Lease away from a controller that is gone: it is read again this often while a run is at stake. */
const recheckMs = 60_000
const unseenRecheckMs = 5_000

interface Known {
  readonly lock: RunLock
  readonly readAtMs: number
}

/**
 * Looks after ClusterUpgrades if this controller is the one of the cluster that does: they are of no namespace, and controllers of several may see them.
 * Nothing is asked while there is none.
 */
export class LockedUpgrades {
  readonly #shell: Shell
  readonly #plans: PlanCaches
  readonly #upgrades: CachedUpgrades
  readonly #serverVersion: () => string
  readonly #self: string
  readonly #queue: WorkQueue
  readonly #ends: readonly (() => void)[]
  /** Absent until it is known for a run that is at stake. */
  #known: Known | undefined
  #controller: UpgradeController | undefined
  #told = ''

  constructor(shell: Shell, plans: PlanCaches, upgrades: CachedUpgrades, serverVersion: () => string) {
    this.#shell = shell
    this.#plans = plans
    this.#upgrades = upgrades
    this.#serverVersion = serverVersion
    this.#self = `${shell.namespace}/${shell.controllerName}`
    const { clock, random, log } = shell
    this.#queue = createWorkQueue({
      clock,
      random,
      workers: 1,
      handle: () => this.#look(),
      onError: (_, err, retryInMs) => log.warn({ err, retryInMs }, 'the lock of ClusterUpgrades is tried again'),
    })
    const look = () => this.#queue.add(lockKey)
    this.#ends = [upgrades.upgrades.onChange(look), plans.nodes.onChange(({ object }) => object.run !== undefined && look())]
    look()
  }

  wakeAll(): void {
    this.#controller?.wakeAll()
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) end()
    await this.#queue.stop()
    await this.#controller?.stop()
  }

  #atStake(): ReadonlySet<string> {
    return runsAtStake(this.#plans, this.#upgrades)
  }

  /** A lock holds for as long as its run is at stake: until then nobody else takes it. */
  #isOurs(): boolean {
    const { lock } = this.#known ?? {}
    return lock?.holder === this.#self && this.#atStake().has(lock.run)
  }

  async #look(): Promise<void> {
    if (!this.#upgrades.isKept()) return this.#queue.addAfter(lockKey, unseenRecheckMs)
    const atStake = this.#atStake()
    if (atStake.size === 0) return
    this.#queue.addAfter(lockKey, recheckMs)
    const { lock, readAtMs } = this.#known ?? {}
    const isFresh = readAtMs !== undefined && this.#shell.clock.now() < readAtMs + recheckMs
    if (isFresh && lock !== undefined && atStake.has(lock.run)) return
    try {
      await this.#read(atStake)
    } catch (error) {
      if (!isForbidden(error)) throw error
      await this.#tellRuns(error instanceof Error ? error.message : String(error))
    }
  }

  async #read(atStake: ReadonlySet<string>): Promise<void> {
    const lease = await readRunLease(this.#shell.client)
    const self = this.#self
    const verdict = judgeRunLock({ lock: lease.lock, self, atStake })
    if (verdict?.kind !== 'Take') return this.#know(lease.lock)
    // a run that has just been created may be missing in what is watched
    const isRecent = lease.lock !== undefined && lease.lock.holder !== self && (await this.#isOpen(lease.lock.run))
    const wanted = { holder: self, run: verdict.run }
    if (!isRecent && (await lease.take(wanted))) return this.#know(wanted)
    this.#queue.addAfter(lockKey, unseenRecheckMs)
  }

  async #isOpen(run: string): Promise<boolean> {
    const { items } = await this.#shell.client.list<KubeObject>(clusterUpgrades)
    return items.some((raw) => raw.metadata?.uid === run && isOpenRun(raw))
  }

  #know(lock: RunLock | undefined): void {
    if (lock === undefined) return
    const wasOurs = this.#isOurs()
    this.#known = { lock, readAtMs: this.#shell.clock.now() }
    this.#tell(lock)
    if (lock.holder !== this.#self) return
    this.#controller ??= new UpgradeController(
      this.#shell,
      { plans: this.#plans, upgrades: this.#upgrades, isOurs: () => this.#isOurs() },
      this.#serverVersion,
    )
    if (!wasOurs) this.#controller.wakeAll()
  }

  #tell({ holder }: RunLock): void {
    if (holder === this.#told) return
    this.#told = holder
    const lease = `${runLease.namespace}/${runLease.name}`
    if (holder !== this.#self) this.#shell.log.info({ holder, lease }, 'another controller looks after ClusterUpgrades')
  }

  /** Who may not read the lock begins with nothing, and says so. */
  async #tellRuns(problem: string): Promise<void> {
    this.#known = undefined
    this.#queue.addAfter(lockKey, unseenRecheckMs)
    for (const { name, uid, resourceVersion, parsed } of this.#upgrades.upgrades.values()) {
      if (parsed.kind === 'Malformed' || !isOpenRun(parsed.upgrade)) continue
      const { upgrade } = parsed
      const { status, story } = decideUnseenUpgrade(upgrade, problem, this.#shell.clock.now())
      const patch = statusPatch(upgrade.status ?? {}, status)
      if (patch === undefined) continue
      const body = { metadata: { resourceVersion }, status: patch }
      this.#upgrades.upgrades.observe(await this.#shell.client.patchStatus(clusterUpgrades, { name }, { type: 'merge', body }))
      tellRun(this.#shell.events, { name, uid }, story)
    }
  }
}
