import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { conformancePage } from '../conformance/conformance-page.ts'
import { differences } from '../conformance/differences.ts'
import { concurrentAreas, exclusiveAreas, nodeAreas } from '../conformance/inventory.ts'

const file = 'docs/twin.md'
const begin = '<!-- conformance: npm run golden writes what follows -->'
const end = '<!-- conformance: end -->'

describe('conformance cases', () => {
  const titles = [...concurrentAreas, ...exclusiveAreas, ...nodeAreas].flatMap(({ title, cases }) =>
    cases.map((one) => `${title}: ${one.title}`),
  )

  it('are 200 at least, each with a title of its own', () => {
    expect(titles.length).toBeGreaterThanOrEqual(200)
    expect(new Set(titles).size).toBe(titles.length)
  })

  it.each(differences.map(({ of }) => of))('a difference is one of a case: %s', (of) => {
    expect(titles).toContain(of)
  })

  it('docs/twin.md lists all of them, with what differs', () => {
    const page = readFileSync(file, 'utf8')
    const [before = '', rest = ''] = page.split(begin)
    const [, after = ''] = rest.split(end)
    const wanted = `${before}${begin}\n\n${conformancePage()}\n\n${end}${after}`
    if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(file, wanted)
    else expect(page).toBe(wanted)
  })
})
