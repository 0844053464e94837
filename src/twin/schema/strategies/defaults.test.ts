import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { DraftObject } from '../../kube-object.ts'
import { createdObject, strategyFor } from './stored-object.test-support.ts'

interface Case {
  readonly input: DraftObject
  readonly stored: DraftObject
}

const cases: readonly Case[] = parse(readFileSync(new URL('testdata/defaults-1.20.yaml', import.meta.url), 'utf8'))

function created(input: DraftObject): DraftObject {
  const { metadata, ...rest } = createdObject(input, 20)
  const { uid: _uid, ...known } = metadata
  return { ...rest, metadata: known }
}

describe('what a server 1.20 stores', () => {
  it.each(cases.map((one) => ({ ...one, name: `${one.input.kind} ${one.input.metadata?.name}` })))('$name', ({ input, stored }) => {
    expect(created(input)).toEqual(stored)
  })

  it.each(cases.map(({ stored }) => stored))('leaves $kind $metadata.name alone when everything is there', (stored) => {
    const { defaults } = strategyFor(stored)
    const context = { minor: 20, nowMs: 0 }
    const once = defaults?.(stored, context) ?? stored
    expect(once).toEqual(stored)
  })
})
