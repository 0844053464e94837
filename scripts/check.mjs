import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { bootstrap } from './bootstrap.mjs'
import { changedFiles, goldenFiles } from './golden-files.mjs'
import { longFiles } from './long-files.mjs'
import { toolPath } from './paths.mjs'
import { elapsed } from './progress.mjs'
import { capture, program } from './run.mjs'
import { runVitest, sumCounts } from './vitest.mjs'

/**
 * @typedef {import('./vitest.mjs').Counts} Counts
 * @typedef {{ ok: boolean, output: string, note?: string, counts?: Counts }} Outcome
 */

/**
 * The gate before every commit: format and lint, types and the boundaries between rooms, dead code, unit tests, untouched golden files.
 * All of it runs at the same time. Each step says how long it took; one that failed shows its output.
 * @param {{ coverage?: boolean }} [options]
 * @returns {Promise<{ ok: boolean, counts: Counts }>}
 */
export async function check({ coverage = false } = {}) {
  const begin = performance.now()
  const outcomes = await Promise.all([
    gate('format and lint', () => tool('@biomejs/biome', 'bin/biome', ['ci', '--colors=off', '--error-on-warnings'])),
    gate('types and boundaries', () => tool('typescript', 'bin/tsc', ['-b'])),
    gate('dead code', () => tool('knip', 'bin/knip.js', ['--no-progress'])),
    gate('unit tests, golden files', () => unitTests(coverage)),
  ])
  const ok = outcomes.every((outcome) => outcome.ok)
  const long = longFiles()
  if (long.length > 0) process.stderr.write(`long files, each of which needs a reason: ${long.join(', ')}\n`)
  process.stderr.write(`${ok ? '✔ gate passed' : '✘ gate failed'} ${elapsed(begin)}\n`)
  return { ok, counts: outcomes.find((outcome) => outcome.counts)?.counts ?? sumCounts([]) }
}

/**
 * @param {string} title
 * @param {() => Promise<Outcome>} work
 */
async function gate(title, work) {
  const begin = performance.now()
  const outcome = await work()
  process.stderr.write(`${outcome.ok ? '✔' : '✘'} ${title}${outcome.note ?? ''} ${elapsed(begin)}\n`)
  if (outcome.output.trim() !== '') process.stderr.write(`${outcome.output.trimEnd()}\n`)
  return outcome
}

/**
 * @param {string} packageName
 * @param {string} bin
 * @param {string[]} args
 * @returns {Promise<Outcome>}
 */
async function tool(packageName, bin, args) {
  const { code, output } = await capture(process.execPath, [toolPath(packageName, bin), ...args])
  return { ok: code === 0, output: code === 0 ? '' : output }
}

/**
 * @param {boolean} coverage
 * @returns {Promise<Outcome>}
 */
async function unitTests(coverage) {
  const before = goldenFiles()
  const { code, output, counts } = await runVitest({ args: coverage ? ['--coverage'] : [] })
  const changed = changedFiles(before, goldenFiles())
  const goldens = changed.map((file) => `${file} was changed by the tests: it is rewritten by \`npm run golden\` alone`)
  const ok = code === 0 && changed.length === 0
  const shown = code === 0 ? coverageTable(output) : output
  return { ok, output: [shown, ...goldens].join('\n'), note: `, ${counts.passed} passed, ${counts.failed} failed`, counts }
}

/**
 * The coverage summary at the end of vitest's output, if there is one.
 * @param {string} output
 */
function coverageTable(output) {
  const begin = output.indexOf('Coverage summary')
  return begin === -1 ? '' : output.slice(output.lastIndexOf('\n', begin) + 1)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await program(async () => {
    await bootstrap()
    return (await check()).ok ? 0 : 1
  })
}
