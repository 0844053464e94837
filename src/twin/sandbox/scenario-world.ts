import { FaultBoard } from '../scenario/faults/fault-board.ts'
import { PlayedScenario } from '../scenario/played-scenario.ts'
import { applyScenario, loadScenario, scenarioCluster, scenarioTwinOptions } from '../scenario/scenario-cluster.ts'
import type { Scenario } from '../scenario/scenario-schema.ts'
import type { WorldSource } from './sandbox-world.ts'

export interface ScenarioPlace {
  /** Files that the scenario names are found from here. */
  readonly folder: string
  /** Told the story as it happens. */
  readonly say: (line: string) => void
}

/** The cluster of a scenario, in which its story begins as soon as it can be reached. */
export function scenarioWorld(scenario: Scenario, { folder, say }: ScenarioPlace): WorldSource {
  const settleMs = scenario.settle ?? 120_000
  return {
    ageMs: settleMs + 10_000,
    make: async ({ clock, random }) => {
      const cluster = await scenarioCluster(scenario, { folder, nowMs: clock.now() })
      const board = new FaultBoard(clock, random)
      return {
        version: cluster.version,
        twinOptions: scenarioTwinOptions(scenario, cluster, board),
        load: (twin) => loadScenario(twin, cluster),
        apply: async (twin, past) => {
          const applied = applyScenario(twin, cluster, past)
          await past.advance(5_000)
          await applied
        },
        begin: (twin, now) => {
          const played = new PlayedScenario(scenario, { twin, board, clock: now, onLine: ({ atMs, text }) => say(line(atMs, text)) })
          void played.start().then(() => say('the scenario has come to its end; the cluster stays'))
          return () => {
            played.end()
          }
        },
      }
    },
  }
}

function line(atMs: number, text: string): string {
  return `${String(Math.round(atMs / 1000)).padStart(6)} s  ${text}`
}
