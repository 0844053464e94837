import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { seededRandom } from '../time/seeded-random.ts'
import { createTwin, type Twin } from '../twin.ts'
import { FaultBoard } from './faults/fault-board.ts'
import { judgeOutcome, type Outcome } from './judge-outcome.ts'
import { PlayedScenario, type ScenarioStage } from './played-scenario.ts'
import { applyScenario, loadScenario, scenarioCluster, scenarioTwinOptions } from './scenario-cluster.ts'
import type { Scenario } from './scenario-schema.ts'
import type { StoryLine } from './story-log.ts'

/** What has come out of a scenario. */
export interface ScenarioResult {
  readonly outcome: Outcome
  /** What is not as the scenario expects; empty when it is. */
  readonly problems: readonly string[]
  readonly story: readonly StoryLine[]
  /** Of the story: the same for the same scenario and seed. */
  readonly storyHash: string
  /** Inside the twin; none is to be expected. */
  readonly defects: readonly string[]
}

/** When scenarios begin: a fixed time, so that two runs are alike. */
const startMs = Date.parse('2026-11-21T10:00:00Z')
const tickMs = 1000
/** Long enough for the first service accounts. */
const startUpMs = 5000

/**
 * Runs a scenario in virtual time to its verdict. Files that it names are found from `folder`. Throws `FalkirkError` for a cluster that cannot be
 * built.
 */
export async function runScenario(scenario: Scenario, { folder = '.' }: { folder?: string } = {}): Promise<ScenarioResult> {
  const clock = new VirtualClock({ startMs })
  const defects: string[] = []
  const random = seededRandom(scenario.seed ?? 1)
  const cluster = await scenarioCluster(scenario, { folder, nowMs: startMs })
  const board = new FaultBoard(clock, random)
  const onDefect = (where: string, error: unknown) => defects.push(`${where}: ${String(error)}`)
  const twin = await createTwin({ ...scenarioTwinOptions(scenario, cluster, board), clock, random, version: cluster.version, onDefect })
  try {
    await loadScenario(twin, cluster)
    await twin.start()
    const applied = applyScenario(twin, cluster, clock)
    await clock.advance(startUpMs)
    await applied
    await clock.advance(scenario.settle ?? 120_000)
    const { outcome, log } = await play(scenario, { twin, board, clock })
    return { outcome, problems: judgeOutcome(outcome, scenario.expect), story: log.lines, storyHash: log.hash(), defects }
  } finally {
    twin.close()
  }
}

async function play(scenario: Scenario, stage: ScenarioStage & { readonly twin: Twin; readonly clock: VirtualClock }) {
  const { clock } = stage
  const played = new PlayedScenario(scenario, stage)
  const limitMs = clock.now() + (scenario.run.limit ?? 3_600_000)
  const run = played.start()
  while (!played.isOver && clock.now() < limitMs) await clock.advance(tickMs)
  const outcome = played.end()
  // what has been given up comes to its end
  for (let tries = 0; tries < 60 && !played.isOver; tries += 1) await clock.advance(tickMs)
  await run
  return { outcome, log: played.log }
}
