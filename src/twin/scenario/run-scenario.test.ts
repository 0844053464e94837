import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readScenario } from './read-scenario.ts'
import { runScenario } from './run-scenario.ts'

const folder = join(import.meta.dirname, '..', '..', '..', 'scenarios')

// all of them, and that they go the same way twice: test/twin/scenarios.test.ts
it.each([{ file: 'all-is-well.yaml' }, { file: 'single-replica-budget.yaml' }])(
  '$file comes to the verdict that it expects',
  async ({ file }) => {
    const { problems, defects } = await runScenario(await readScenario(join(folder, file)), { folder })
    expect(problems).toEqual([])
    expect(defects).toEqual([])
  },
)
