import { step } from '../../scripts/progress.mjs'
import type { Measurement } from './measurement.ts'
import { runFalkirk } from './run-falkirk.ts'
import { runFloor } from './run-floor.ts'
import { type Scenario, scenarioName } from './scenario.ts'
import { type Stage, setStage } from './stage.ts'

export interface RolloutOptions {
  /** The shipped bundle. */
  readonly program: string
  /** Which of the two is measured. */
  readonly only: 'both' | 'floor' | 'falkirk'
  /** Folder for a CPU profile of the controller; profiling costs some time of its own. */
  readonly profile: string | undefined
}

/** Rolls one version out over each scenario's nodes, the floor and Falkirk after each other, each on a cluster of its own. */
export async function measureRollouts(scenarios: readonly Scenario[], options: RolloutOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (const scenario of scenarios) {
    if (options.only !== 'falkirk') measurements.push(await measure('floor', scenario, (stage) => runFloor(stage, scenario)))
    if (options.only !== 'floor') measurements.push(await measure('Falkirk', scenario, (stage) => runFalkirk(stage, scenario, options)))
  }
  return measurements
}

async function measure(who: string, scenario: Scenario, run: (stage: Stage) => Promise<Measurement>): Promise<Measurement> {
  const stage = await setStage(scenario)
  try {
    const measurement = await step(`${who}: ${scenarioName(scenario)}`, () => run(stage))
    const kubelets = stage.kubeletsUsage()
    process.stderr.write(
      `  up in ${stage.upSeconds.toFixed(1)} s; kubelets: ${kubelets?.peakRssMib.toFixed(0)} MiB, ${kubelets?.cpuSeconds.toFixed(1)} CPU s\n`,
    )
    return measurement
  } finally {
    await stage.down()
  }
}
