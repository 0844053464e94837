import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { applyMergePatch } from '../../api/patch/merge-patch.ts'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { createdObject, strategyFor } from './stored-object.test-support.ts'

interface Case {
  readonly old: DraftObject
  readonly change: object
  readonly causes: readonly string[]
}

const cases: readonly Case[] = parse(readFileSync(new URL('testdata/refused-changes-1.20.yaml', import.meta.url), 'utf8'))
const context = { minor: 20, nowMs: 0 }

/** The object as it is stored, with what the API server has added in the meantime. */
function stored(input: DraftObject): KubeObject {
  const object = createdObject(input, 20)
  return object.kind === 'Service' ? merged(object, { spec: { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] } }) : object
}

function merged(object: KubeObject, change: object): KubeObject {
  return applyMergePatch(object, change) as KubeObject
}

/** As a set: the real server says some things twice. */
function causesOf(old: KubeObject, next: KubeObject): ReadonlySet<string> {
  const strategy = strategyFor(old)
  const draft = (strategy.defaults?.(next, context) ?? next) as KubeObject
  const prepared = strategy.prepare?.(draft, old, context) ?? draft
  return new Set(strategy.validate?.(prepared, old, context)?.map(({ reason, field, message }) => `${reason} ${field}: ${message}`))
}

describe('what a server 1.20 lets nobody change', () => {
  it.each(cases.map((one, i) => ({ ...one, title: `${i} ${one.old.kind}` })))('$title', ({ old, change, causes }) => {
    const before = stored(old)
    expect(causesOf(before, merged(before, change))).toEqual(new Set(causes))
  })

  it.each(cases.map(({ old }) => old))('lets $kind be written as it is', (old) => {
    const before = stored(old)
    expect(causesOf(before, before)).toEqual(new Set())
  })
})
