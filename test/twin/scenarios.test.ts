import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../../src/twin/scenario/read-scenario.ts'
import { runScenario } from '../../src/twin/scenario/run-scenario.ts'

const folder = join(import.meta.dirname, '..', '..', 'scenarios')
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))

describe('each scenario of scenarios/ comes to the verdict that it expects', () => {
  it.each(files)('%s', async (file) => {
    const { problems, defects } = await runScenario(await readScenario(join(folder, file)), { folder })
    expect(problems).toEqual([])
    expect(defects).toEqual([])
  })
})

it('the same scenario and seed make the same story', async () => {
  const scenario = await readScenario(join(folder, 'api-throttles.yaml'))
  const [first, second, other] = [await runScenario(scenario), await runScenario(scenario), await runScenario({ ...scenario, seed: 2 })]
  expect(first.storyHash).toBe(second.storyHash)
  expect(other.storyHash).not.toBe(first.storyHash)
  expect(other.outcome.verdict).toBe(first.outcome.verdict)
})
