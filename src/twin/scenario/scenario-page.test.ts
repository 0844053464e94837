import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { causeReasons } from './scenario-schema.ts'
import { nodeMoments, Step } from './scenario-steps.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const page = readFileSync(join(root, 'docs', 'scenarios.md'), 'utf8')

describe('docs/scenarios.md names', () => {
  it.each(readdirSync(join(root, 'scenarios')))('the scenario %s', (file) => {
    expect(page).toContain(`(../scenarios/${file})`)
  })

  it.each(Step.options.map(({ shape }) => shape.kind.value))('the step %s', (kind) => {
    expect(page).toContain(`\`${kind}\``)
  })

  it.each([...causeReasons, ...nodeMoments])('the word %s', (word) => {
    expect(page).toContain(`\`${word}\``)
  })
})
