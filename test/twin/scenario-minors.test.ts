import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../../src/twin/scenario/read-scenario.ts'
import { runScenario } from '../../src/twin/scenario/run-scenario.ts'
import type { Scenario } from '../../src/twin/scenario/scenario-schema.ts'

const folder = join(import.meta.dirname, '..', '..', 'scenarios')
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))

/** The first with policy/v1, which the stories' budgets are written in; the last before the newest that the twin knows. */
const [oldest, newest] = [21, 36]

/** Stories that tell of something which not every minor has. */
const exceptions: Readonly<Record<string, { readonly since?: number; readonly until?: number }>> = {
  // unhealthyPodEvictionPolicy
  'crashing-pods-always-allow.yaml': { since: 27 },
  // nodeTaintsPolicy of spread constraints
  'spread-honors-taints.yaml': { since: 26 },
  // since then the scheduler does not name the taint that keeps a pod from a node
  'disk-full.yaml': { until: 33 },
}

/** The same story on a cluster of another minor, upgraded to the next. */
function atMinor({ cluster, run, ...scenario }: Scenario, minor: number): Scenario {
  const moved = (version: string | undefined, by: number) => version?.replace(/^v1\.\d+/, `v1.${minor + by}`)
  const generate = cluster.generate && { ...cluster.generate, version: moved(cluster.generate.version, 0) }
  return { ...scenario, cluster: { ...cluster, generate }, run: { ...run, version: moved(run.version, 1) } } as Scenario
}

const told = files.flatMap((file) => {
  const { since = oldest, until = newest } = exceptions[file] ?? {}
  return [since, until].map((minor) => ({ file, minor }))
})

describe('each scenario at the oldest and the newest minor at which it makes sense', () => {
  it.each(told)('$file comes to its verdict at v1.$minor', async ({ file, minor }) => {
    const { problems, defects } = await runScenario(atMinor(await readScenario(join(folder, file)), minor), { folder })
    expect(problems).toEqual([])
    expect(defects).toEqual([])
  })
})
