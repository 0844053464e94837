import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { toolPath } from './paths.mjs'
import { capture, watchRun } from './run.mjs'

/**
 * @typedef {{ passed: number, failed: number, skipped: number, names: string[] }} Counts `names`: of what failed, by file and title.
 * @typedef {{ code: number, output: string, counts: Counts }} VitestRun
 * @typedef {object} VitestReport What the JSON reporter writes, as far as it is read.
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ name: string, status: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[]} testResults
 */

/**
 * Runs vitest once and counts its tests by the JSON reporter.
 * @param {{ args?: string[], env?: NodeJS.ProcessEnv, live?: boolean, node?: string }} [options] `live`: the output goes to the terminal as it
 *   comes. `node`: the binary to run it with, this one unless told.
 * @returns {Promise<VitestRun>}
 */
export async function runVitest({ args = [], env = {}, live = false, node = process.execPath } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-vitest-'))
  const report = join(folder, 'report.json')
  const all = [toolPath('vitest', 'vitest.mjs'), 'run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  try {
    const { code, output } = live ? { code: await watchRun(node, all, { env }), output: '' } : await capture(node, all, { env })
    return { code, output, counts: readCounts(report) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {readonly Counts[]} runs
 * @returns {Counts}
 */
export function sumCounts(runs) {
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) => runs.reduce((total, run) => total + run[key], 0)
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), names: runs.flatMap((run) => run.names) }
}

/**
 * The counts of a report; a test file that did not even load counts as one failure. No report (vitest did not start) is one failure too.
 * @param {string} file
 * @returns {Counts}
 */
function readCounts(file) {
  /** @type {VitestReport} */
  let report
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 1, skipped: 0, names: ['vitest did not start'] }
  }
  return countTests(report)
}

/**
 * @param {VitestReport} report
 * @returns {Counts}
 */
export function countTests(report) {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((t) => t.status !== 'failed'),
  )
  const names = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => `${relative('.', name)}: ${test.fullName}: ${stripVTControlCharacters(test.failureMessages[0] ?? '').split('\n')[0]}`),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
    names: [...names, ...broken.map(({ name }) => `${relative('.', name)} did not load`)],
  }
}
