import { join } from 'node:path'
import { bundledScript } from '../rig/bundled-script.ts'
import { logTail, startProcess } from '../rig/owned-process.ts'
import { processUsage } from '../rig/process-usage.ts'
import type { Measurement } from './measurement.ts'
import { rolloutFaults, whenAllDone } from './rollout.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

/** Measures the bare script. */
export async function runFloor(stage: Stage, scenario: Scenario): Promise<Measurement> {
  const script = await bundledScript(join(import.meta.dirname, 'floor.ts'), stage.folder)
  const floor = startProcess({
    name: 'floor',
    command: [process.execPath, script, stage.plane.kubeconfigFor('sut'), String(scenario.concurrency)],
    logFile: join(stage.folder, 'log', 'floor.log'),
  })
  try {
    const endMs = await whenAllDone(stage.observer, scenario, floor)
    const usage = processUsage(floor.pid)
    if (usage === undefined) throw new Error(`the floor ended:\n${logTail(floor.logFile)}`)
    const requests = stage.plane.requests('sut')
    const beginMs = requests.find(({ verb, resource }) => verb === 'create' && resource === 'jobs')?.atMs ?? Number.NaN
    return {
      contender: 'floor',
      nodes: scenario.nodes,
      concurrency: scenario.concurrency,
      wallSeconds: (endMs - beginMs) / 1000,
      requests: requests.length,
      requestKinds: stage.plane.requestsOf('sut'),
      cpuSeconds: usage.cpuSeconds,
      peakMib: usage.peakRssMib,
      faults: rolloutFaults(stage.observer, scenario),
    }
  } finally {
    await floor.stop('SIGKILL')
  }
}
