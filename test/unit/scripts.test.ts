import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { changedFiles } from '../../scripts/golden-files.mjs'
import { licenceTexts } from '../../scripts/licences.mjs'
import { loadTypeScript } from '../../scripts/load-typescript.mjs'
import { countTests, sumCounts } from '../../scripts/vitest.mjs'

const report = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 }
const passes = { status: 'passed', fullName: 'a drain ends', failureMessages: [] }
const fails = { status: 'failed', fullName: 'a drain waits', failureMessages: ['\u001b[31mexpected 1 to be 2\u001b[39m\n    at …'] }
const failedTest = { name: resolve('test/drain.test.ts'), status: 'failed', assertionResults: [passes, fails] }
const broken = { name: resolve('test/broken.test.ts'), status: 'failed', assertionResults: [] as (typeof passes)[] }

describe('the closing line of npm test', () => {
  it('counts what vitest counts', () => {
    expect(countTests({ ...report, testResults: [failedTest] })).toEqual({
      passed: 5,
      failed: 1,
      skipped: 3,
      names: ['test/drain.test.ts: a drain waits: expected 1 to be 2'],
    })
  })

  it('counts a file that could not be loaded as one failure', () => {
    const { failed, names } = countTests({ ...report, testResults: [failedTest, broken] })
    expect([failed, names.at(-1)]).toEqual([2, 'test/broken.test.ts did not load'])
  })

  it('counts a file whose set-up failed after its tests were found as one failure', () => {
    const skipped = { ...passes, status: 'skipped' }
    expect(countTests({ ...report, testResults: [{ ...broken, assertionResults: [skipped] }] }).failed).toBe(2)
  })

  it('sums over all runs', () => {
    const runs = [
      { passed: 1, failed: 2, skipped: 3, names: ['one'] },
      { passed: 10, failed: 20, skipped: 30, names: ['two', 'three'] },
    ]
    expect(sumCounts(runs)).toEqual({ passed: 11, failed: 22, skipped: 33, names: ['one', 'two', 'three'] })
  })
})

it('golden files that were written, changed or removed are named', () => {
  const before = new Map([
    ['same', '1'],
    ['changed', '1'],
    ['removed', '1'],
  ])
  const after = new Map([
    ['same', '1'],
    ['changed', '2'],
    ['written', '1'],
  ])
  expect(changedFiles(before, after)).toEqual(['changed', 'removed', 'written'])
})

it('the licences in the image are those of the packages in the bundle, each once', () => {
  const text = licenceTexts('.', [
    'src/cli/main.ts',
    'node_modules/pino/lib/a.js',
    'node_modules/pino/lib/b.js',
    'node_modules/@noble/hashes/sha2.js',
  ])
  expect(text.match(/^(pino|@noble\/hashes) \d+\.\d+\.\d+ \(MIT\)$/gm)).toEqual([
    expect.stringMatching(/^@noble/),
    expect.stringMatching(/^pino/),
  ])
  expect(text.match(/Permission is hereby granted/g)).toHaveLength(2)
})

it('a TypeScript module that a script loads still knows where its source is', async () => {
  const { folder } = await loadTypeScript('test/unit/testdata/where-am-i.ts')
  expect(folder).toBe(new URL('testdata/', import.meta.url).href)
})
