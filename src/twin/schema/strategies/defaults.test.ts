import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { storedAs } from '../../api/resource-type.ts'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { resourceTypes } from '../types/resource-types.ts'
import { strategyOf } from './strategy-of.ts'

interface Case {
  readonly input: DraftObject
  readonly stored: DraftObject
}

const cases: readonly Case[] = parse(readFileSync(new URL('testdata/defaults-1.20.yaml', import.meta.url), 'utf8'))
const types = resourceTypes(20)

function resourceOf(object: DraftObject): string {
  const [group = ''] = object.apiVersion?.includes('/') ? object.apiVersion.split('/') : ['']
  const type = types.find((candidate) => candidate.group === group && candidate.kind === object.kind)
  return storedAs(type ?? expect.fail(`no resource of ${object.apiVersion} ${object.kind}`))
}

function created(input: DraftObject, minor: number): DraftObject {
  const strategy = strategyOf(resourceOf(input))
  const context = { minor, nowMs: 0 }
  const draft = strategy.defaults?.(input, context) ?? input
  const generation = strategy.countsGeneration === true ? { generation: 1 } : {}
  const object = { ...draft, metadata: { ...draft.metadata, uid: 'UID', ...generation } } as KubeObject
  const { metadata, ...rest } = strategy.prepare?.(object, undefined, context) ?? object
  const { uid: _uid, ...known } = metadata
  return { ...rest, metadata: known }
}

describe('what a server 1.20 stores', () => {
  it.each(cases.map((one) => ({ ...one, name: `${one.input.kind} ${one.input.metadata?.name}` })))('$name', ({ input, stored }) => {
    expect(created(input, 20)).toEqual(stored)
  })

  it.each(cases.map(({ stored }) => stored))('leaves $kind $metadata.name alone when everything is there', (stored) => {
    const { defaults } = strategyOf(resourceOf(stored))
    const context = { minor: 20, nowMs: 0 }
    const once = defaults?.(stored, context) ?? stored
    expect(once).toEqual(stored)
  })
})
