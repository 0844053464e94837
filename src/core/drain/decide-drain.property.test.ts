import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cordonedNode, defaultPolicy, ownedBy, sampleBudget, samplePod } from '../../../test/unit/drain-samples.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { budgetStatus } from './budget-status.ts'
import { type DrainDecision, decideDrain } from './decide-drain.ts'
import { decideEviction } from './decide-eviction.ts'
import { type BudgetFacts, budgetsOf } from './disruption-budget.ts'
import type { EvictionAnswer, EvictionOutcome } from './eviction-answer.ts'

interface App {
  readonly replicas: number
  readonly onNode: number
  readonly maxUnavailable: number | string | undefined
  readonly startMs: number
  readonly graceMs: number
}

interface Setting {
  readonly apps: readonly App[]
  /** What the drain sees of the budgets: as they are, as they were a while ago, or nothing. */
  readonly view: 'Fresh' | 'Late' | 'None'
  /** Requests that get no answer, by their number. */
  readonly lost: ReadonlySet<number>
}

const startMs = 10_000_000
const node = cordonedNode()

/** A cluster of ReplicaSets with budgets, whose server judges evictions by the rules of Kubernetes and whose controllers never rest. */
class World {
  now = startMs
  pods: (PodFacts & { readyAtMs: number })[] = []
  budgets: BudgetFacts[] = []
  readonly answers = new Map<string, EvictionAnswer>()
  granted = 0
  requests = 0
  readonly #setting: Setting
  #late: readonly BudgetFacts[] = []
  #created = 0

  constructor(setting: Setting) {
    this.#setting = setting
    for (const [i, app] of setting.apps.entries()) {
      for (let n = 0; n < app.replicas; n++) this.#create(i, n < app.onNode ? 'w1' : 'w2', 0)
      if (app.maxUnavailable === undefined) continue
      this.budgets.push(sampleBudget(`b${i}`, { selector: { matchLabels: { app: `${i}` } }, maxUnavailable: app.maxUnavailable }))
    }
    this.compute()
    this.#late = this.budgets
  }

  decide(): DrainDecision {
    const budgets = { Fresh: this.budgets, Late: this.#late, None: undefined }[this.#setting.view]
    const pods = this.pods.filter((p) => p.nodeName === 'w1')
    const progress = { startedAtMs: startMs, answers: this.answers }
    return decideDrain({ node, pods, budgets, daemonSetExists: () => true, policy: defaultPolicy, progress, now: this.now })
  }

  evict(uid: string): void {
    const tries = (this.answers.get(uid)?.tries ?? 0) + 1
    this.answers.set(uid, { outcome: this.#judge(uid), atMs: this.now, tries })
  }

  /** Time passes to the next thing that happens, at most to `untilMs`. */
  pass(untilMs: number): void {
    const events = this.pods.flatMap((p) => [p.readyAtMs, p.deletionAtMs ?? 0]).filter((ms) => ms > this.now)
    this.#late = this.budgets
    this.now = Math.min(untilMs, ...events)
    const ended = this.pods.filter((p) => p.deletionAtMs !== undefined && p.deletionAtMs <= this.now)
    this.pods = this.pods.filter((p) => !ended.includes(p)).map((p) => ({ ...p, ready: p.readyAtMs <= this.now }))
    this.compute()
  }

  compute(): void {
    this.budgets = this.budgets.map((budget) => ({
      ...budget,
      status: budgetStatus({ budget, pods: this.pods, scaleOf: (pod) => this.#scaleOf(pod), nowMs: this.now }),
    }))
  }

  #scaleOf(pod: PodFacts) {
    const replicas = this.#setting.apps[Number(pod.labels.app)]?.replicas ?? 0
    return { kind: 'Scale', controllerUid: pod.controller?.uid ?? '', replicas } as const
  }

  #judge(uid: string): EvictionOutcome {
    if (this.#setting.lost.has(this.requests++)) return { kind: 'Unavailable', message: 'connection reset' }
    const pod = this.pods.find((p) => p.uid === uid)
    if (pod === undefined) return { kind: 'Gone' }
    const verdict = decideEviction(pod, budgetsOf(pod, this.budgets), this.now)
    if (verdict.verdict === 'Refuse') return { kind: 'BudgetRefused', message: verdict.cause ?? '' }
    const { consumes } = verdict
    this.budgets = this.budgets.map((b) => (consumes && b.name === consumes.budget.name ? { ...b, status: consumes.status } : b))
    const app = Number(pod.labels.app)
    const { graceMs = 0, startMs: starts = 0 } = this.#setting.apps[app] ?? {}
    this.pods = this.pods.map((p) => (p === pod ? { ...p, deletionAtMs: this.now + graceMs } : p))
    this.#create(app, 'w2', this.now + starts)
    this.granted++
    return { kind: 'Accepted' }
  }

  #create(app: number, nodeName: string, readyAtMs: number): void {
    const name = `app${app}-${this.#created++}`
    const controller = ownedBy('ReplicaSet', `app${app}`)
    this.pods.push({ ...samplePod(name, { labels: { app: `${app}` }, nodeName, controller, ready: readyAtMs <= this.now }), readyAtMs })
  }
}

/** Runs a drain to its end; `look` sees the world after every eviction and every step. */
function drain(world: World, look: (decision: DrainDecision) => void): void {
  for (let step = 0; step < 5_000; step++) {
    const decision = world.decide()
    look(decision)
    if (decision.kind === 'Drained') return
    if (decision.kind !== 'Work') throw new Error(`unexpected ${decision.kind}`)
    for (const pod of decision.evict) world.evict(pod.uid)
    world.compute()
    world.pass(decision.evict.length > 0 ? world.now + 100 : decision.wakeAtMs)
  }
  throw new Error('the drain did not end')
}

const apps = fc
  .record({
    replicas: fc.integer({ min: 1, max: 6 }),
    onNode: fc.nat({ max: 6 }),
    maxUnavailable: fc.option(
      fc.oneof(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 100 }).map((p) => `${p}%`),
      ),
      { nil: undefined },
    ),
    startMs: fc.integer({ min: 1, max: 120_000 }),
    graceMs: fc.integer({ min: 1, max: 60_000 }),
  })
  .map((app) => ({ ...app, onNode: Math.min(app.onNode, app.replicas) }))
const settings: fc.Arbitrary<Setting> = fc.record({
  apps: fc.array(apps, { minLength: 1, maxLength: 4 }),
  view: fc.constantFrom('Fresh', 'Late', 'None'),
  lost: fc.array(fc.nat({ max: 40 }), { maxLength: 10 }).map((numbers) => new Set(numbers)),
})

describe('decideDrain: invariants', { timeout: 30_000 }, () => {
  it('always ends when budgets let go, whatever it sees of them and whichever requests are lost; each pod is evicted once', () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const world = new World(setting)
        const before = world.pods.filter((p) => p.nodeName === 'w1').length
        drain(world, () => {})
        expect(world.granted).toBe(before)
        expect(world.pods.filter((p) => p.nodeName === 'w1')).toEqual([])
        expect(world.requests).toBeLessThanOrEqual(setting.lost.size + before * 30)
      }),
    )
  })

  it('never asks for more pods of a budget at once than it lets go, and no budget is ever broken', () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const world = new World({ ...setting, view: 'Fresh' })
        drain(world, (decision) => {
          for (const budget of world.budgets) {
            const { currentHealthy, desiredHealthy, disruptionsAllowed } = budget.status
            expect(currentHealthy).toBeGreaterThanOrEqual(desiredHealthy)
            const asked = decision.kind === 'Work' ? decision.evict.filter((pod) => budgetsOf(pod, [budget]).length > 0) : []
            // probes of an exhausted budget are the server's to refuse
            if (disruptionsAllowed > 0) expect(asked.length).toBeLessThanOrEqual(disruptionsAllowed)
          }
        })
      }),
    )
  })

  it('a drain that sees the budgets is refused by the server for nothing but its slow probes', () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const world = new World({ ...setting, view: 'Fresh', lost: new Set() })
        const before = world.pods.filter((p) => p.nodeName === 'w1').length
        drain(world, () => {})
        const probes = before * Math.ceil((world.now - startMs) / 30_000)
        expect(world.requests).toBeLessThanOrEqual(before + probes)
      }),
    )
  })

  it('decides the same for the same, at any moment of a drain, in whatever order pods are listed', () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const world = new World(setting)
        drain(world, (decision) => {
          expect(world.decide()).toEqual(decision)
          world.pods.reverse()
          expect(world.decide()).toEqual(decision)
        })
      }),
      { numRuns: 30 },
    )
  })

  it('goes on after a restart that forgot every answer', () => {
    fc.assert(
      fc.property(settings, fc.nat({ max: 20 }), (setting, at) => {
        const world = new World(setting)
        const before = world.pods.filter((p) => p.nodeName === 'w1').length
        let step = 0
        drain(world, () => {
          if (step++ === at) world.answers.clear()
        })
        expect(world.granted).toBe(before)
      }),
    )
  })

  it('wakes later than now', () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const world = new World(setting)
        drain(world, (decision) => {
          if (decision.kind === 'Work') expect(decision.wakeAtMs).toBeGreaterThan(world.now)
        })
      }),
      { numRuns: 30 },
    )
  })
})
