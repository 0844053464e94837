import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runUpgradeStory } from './run-upgrade-story.ts'
import { jobStory, sshStory } from './upgrade-story.ts'
import { keepUpgradeStory, readUpgradeStory } from './upgrade-story-file.ts'

const kept = join(import.meta.dirname, 'stories')
const asked = process.env.FALKIRK_TWIN_STORY
const files = asked === undefined ? readdirSync(kept).map((name) => join(kept, name)) : [asked]

/** What random runs once found; FALKIRK_TWIN_STORY names one file to tell instead. */
describe('a story that once went wrong', () => {
  it.each(files.map((file) => ({ file, name: basename(file, '.yaml') })))('$name', async ({ file }) => {
    const { phase, violations } = await runUpgradeStory(readUpgradeStory(file))
    if (asked !== undefined) process.stdout.write(`${file}: ${phase}\n`)
    expect(violations).toEqual([])
  })
})

describe.skipIf(asked !== undefined)('the file of a story', () => {
  let folder = ''

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'falkirk-stories-'))
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('tells the same story again, whatever it is', () => {
    const property = fc.property(fc.oneof(jobStory, sshStory), (story) => {
      const file = keepUpgradeStory(folder, 'any', story, 'found\nhere')
      expect(readUpgradeStory(file)).toEqual(JSON.parse(JSON.stringify(story)))
    })
    fc.assert(property, { numRuns: 50, seed: 1 })
  })

  it.each([
    { text: 'servers: 2\n', problem: /seed is missing: set it to a whole number/ },
    { text: '[]\n', problem: /the object is a list: set it to an object with fields/ },
  ])('that is none is refused in one sentence: $text', ({ text, problem }) => {
    const file = join(folder, 'wrong.yaml')
    writeFileSync(file, text)
    expect(() => readUpgradeStory(file)).toThrow(problem)
  })
})
