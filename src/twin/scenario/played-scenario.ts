import { setMaxListeners } from 'node:events'
import type { Clock } from '../../cluster/clock.ts'
import type { Twin } from '../twin.ts'
import { diagnose } from './diagnose.ts'
import { DisruptionRecord } from './disruption-record.ts'
import { carryOutStep } from './faults/carry-out-step.ts'
import type { FaultBoard } from './faults/fault-board.ts'
import type { Outcome } from './judge-outcome.ts'
import { RollingUpgrade } from './rolling-upgrade.ts'
import type { Scenario } from './scenario-schema.ts'
import type { NodeMoment, TimedStep } from './scenario-steps.ts'
import { type StoryLine, StoryLog } from './story-log.ts'

export interface ScenarioStage {
  readonly twin: Twin
  readonly board: FaultBoard
  readonly clock: Clock
  /** Told every line of the story as it happens. */
  readonly onLine?: (line: StoryLine) => void
}

/** Who upgrades, to the API server. */
const operator = { username: 'operator', groups: ['system:masters', 'system:authenticated'] }

/** One performance of a scenario on a twin that runs: the upgrade, and the steps at their times. */
export class PlayedScenario {
  readonly log: StoryLog
  readonly #scenario: Scenario
  readonly #stage: ScenarioStage
  readonly #abort = new AbortController()
  readonly #upgrade: RollingUpgrade
  readonly #disruptions: DisruptionRecord
  readonly #cancels: (() => void)[] = []
  #apiAwaySinceMs: number | undefined
  #apiAwayMs = 0
  #over = false

  constructor(scenario: Scenario, stage: ScenarioStage) {
    const { twin, board, clock, onLine } = stage
    // every pod that a drain waits for listens
    setMaxListeners(0, this.#abort.signal)
    this.#scenario = scenario
    this.#stage = stage
    this.log = new StoryLog(clock, onLine)
    this.#disruptions = new DisruptionRecord(twin.api.registry.store, clock)
    this.#upgrade = new RollingUpgrade(scenario.run, {
      twin,
      transport: twin.transport(operator),
      clock: board.clock,
      signal: this.#abort.signal,
      reached: (moment, node) => this.#reached(moment, node),
      say: (text) => this.log.tell(text),
    })
  }

  get isOver(): boolean {
    return this.#over
  }

  /** Begins; resolves when the upgrade is through or has been given up by `end`. */
  async start(): Promise<void> {
    const { twin } = this.#stage
    this.#disruptions.start()
    this.#cancels.push(twin.fleet.controlPlane.subscribe({ availabilityChanged: ({ kind }) => this.#availability(kind === 'Available') }))
    for (const timed of this.#scenario.steps ?? []) if (timed.on === undefined) this.#later(timed.at ?? 0, timed)
    await this.#upgrade.start()
    this.#over = true
  }

  /** Gives up what is not through and says how it stands. */
  end(): Outcome {
    const { twin, clock } = this.#stage
    const causes = this.#over
      ? []
      : diagnose({
          store: twin.api.registry.store,
          upgrades: this.#upgrade.nodes,
          availability: twin.fleet.controlPlane.availability(),
          policy: this.#upgrade.policy,
          nowMs: clock.now(),
        })
    this.#availability(true)
    const disruptions = this.#disruptions.disruptions()
    this.#abort.abort()
    this.#disruptions.stop()
    for (const cancel of this.#cancels) cancel()
    return { verdict: this.#over ? 'Finishes' : 'Stuck', tookMs: this.log.elapsedMs, causes, disruptions, apiAwayMs: this.#apiAwayMs }
  }

  #reached(moment: NodeMoment, node: string): void {
    this.log.tell(`${node}: ${moment}`)
    for (const timed of this.#scenario.steps ?? []) {
      if (timed.on?.node === node && timed.on.moment === moment) this.#later(timed.on.after ?? 0, timed)
    }
  }

  #later(ms: number, timed: TimedStep): void {
    this.#cancels.push(this.#stage.clock.after(ms, () => void this.#carryOut(timed)))
  }

  async #carryOut({ step, for: ms }: TimedStep): Promise<void> {
    const { clock } = this.#stage
    this.log.tell(`step ${stepText(step)}`)
    if (step.kind === 'ApiAway') this.#availability(false)
    try {
      const undo = await carryOutStep(step, this.#stage)
      if (ms === undefined) return
      this.#cancels.push(
        clock.after(ms, () => {
          this.log.tell(`end of ${stepText(step)}`)
          undo()
          if (step.kind === 'ApiAway') this.#availability(true)
        }),
      )
    } catch (error) {
      this.log.tell(`step ${stepText(step)} failed: ${(error as Error).message}`)
    }
  }

  #availability(available: boolean): void {
    const now = this.#stage.clock.now()
    if (available && this.#apiAwaySinceMs !== undefined) {
      this.#apiAwayMs += now - this.#apiAwaySinceMs
      this.#apiAwaySinceMs = undefined
    } else if (!available) this.#apiAwaySinceMs ??= now
  }
}

function stepText({ kind, ...fields }: TimedStep['step']): string {
  const words = Object.values(fields).filter((value) => typeof value === 'string')
  return [kind, ...words].join(' ')
}
