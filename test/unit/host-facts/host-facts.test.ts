import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseHostFacts } from '../../../src/core/host/host-facts.ts'
import { factsOf } from './fake-root.ts'
import { hostLayouts } from './host-layouts.ts'

const golden = join(import.meta.dirname, '../../../src/core/host/testdata')

describe('the facts script', () => {
  it.each(Object.entries(hostLayouts))('finds what there is on a host of kind %s, and no secret', (name, host) => {
    const file = join(golden, `${name}.facts.json`)
    const output = factsOf(host)
    const text = `${JSON.stringify(JSON.parse(output), null, 2)}\n`
    if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(file, text)
    expect(text).toBe(readFileSync(file, 'utf8'))
    expect(output).not.toMatch(/hunter2|c2VjcmV0|secret/)
    expect(parseHostFacts(output)).toMatchObject({ kind: 'Facts' })
  })
})
