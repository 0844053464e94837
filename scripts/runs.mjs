import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.mjs'
import { cacheFolder, toolPath } from './paths.mjs'
import { program, watchRun } from './run.mjs'

/**
 * Random ClusterUpgrades on random clusters in virtual time, judged by the witness: `npm run runs -- --count 1000 --seed 7`. A run that goes wrong is cut
 * down and kept as a file, which `--replay FILE` tells again. `--via SSH` for one kind of them; `--kills` for each point at which the controller of a hop over
 * SSH can die.
 */
await program(async () => {
  const options = /** @type {const} */ ({
    count: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    replay: { type: 'string' },
    via: { type: 'string' },
    kills: { type: 'boolean' },
  })
  const { values } = parseArgs({ options })
  if (values.replay !== undefined) return await replay(resolve(values.replay))
  if (values.kills) return await tell('upgrade-host-kills', { FALKIRK_TWIN_KILLS: 'all' })
  const count = wholeNumber('--count', values.count)
  const seed = values.seed === undefined ? {} : { FALKIRK_SEED: wholeNumber('--seed', values.seed) }
  const via = values.via === undefined ? {} : { FALKIRK_TWIN_VIA: oneOf('--via', values.via, ['Job', 'SSH']) }
  return await tell('random-upgrades', { FALKIRK_TWIN_RUNS: count, FALKIRK_STORIES: join(cacheFolder, 'runs'), ...seed, ...via })
})

/** @param {string} file */
async function replay(file) {
  if (!existsSync(file)) throw new Error(`--replay ${file} does not exist: name the file that a failed run has kept`)
  return await tell('told-again', { FALKIRK_TWIN_STORY: file })
}

/**
 * @param {string} test
 * @param {Record<string, string>} env
 */
async function tell(test, env) {
  await bootstrap()
  const args = ['run', '--config', 'vitest.twin.config.ts', '--testTimeout', '0', `test/twin/${test}.test.ts`]
  return await watchRun(process.execPath, [toolPath('vitest', 'vitest.mjs'), ...args], { env })
}

/**
 * @param {string} option
 * @param {string} text
 */
function wholeNumber(option, text) {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`${option} ${JSON.stringify(text)} is no whole number: write one such as 1000`)
  return text
}

/**
 * @param {string} option
 * @param {string} text
 * @param {string[]} words
 */
function oneOf(option, text, words) {
  if (!words.includes(text)) throw new Error(`${option} ${JSON.stringify(text)} is none of ${words.join(', ')}`)
  return text
}
