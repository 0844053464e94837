import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.mjs'
import { toolPath } from './paths.mjs'
import { program, watchRun } from './run.mjs'

/**
 * Random ClusterUpgrades on random clusters in virtual time, judged by the witness: `npm run runs -- --count 1000 --seed 7`. A run that goes wrong is cut
 * down and printed.
 */
await program(async () => {
  const { values } = parseArgs({ options: { count: { type: 'string', default: '1000' }, seed: { type: 'string' } } })
  await bootstrap()
  const args = ['run', '--config', 'vitest.twin.config.ts', '--testTimeout', '0', 'test/twin/random-upgrades.test.ts']
  const env = { FALKIRK_TWIN_RUNS: values.count, ...(values.seed === undefined ? {} : { FALKIRK_SEED: values.seed }) }
  return await watchRun(process.execPath, [toolPath('vitest', 'vitest.mjs'), ...args], { env })
})
