import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { metadataProblems } from '../../api/metadata-problems.ts'
import type { DraftObject } from '../../kube-object.ts'
import { createdObject, strategyFor, typeOf } from './stored-object.test-support.ts'

interface Case {
  readonly object: DraftObject
  readonly causes: readonly string[]
}

const cases: readonly Case[] = parse(readFileSync(new URL('testdata/refusals-1.20.yaml', import.meta.url), 'utf8'))

/** As a set: the real server goes through its maps in any order. */
function causesOf(input: DraftObject): readonly string[] {
  const object = createdObject(input, 20)
  const own = strategyFor(input).validate?.(object, undefined, { minor: 20, nowMs: 0 }) ?? []
  return [...metadataProblems(typeOf(input), object), ...own].map(({ reason, field, message }) => `${reason} ${field}: ${message}`).sort()
}

describe('what a server 1.20 refuses', () => {
  it.each(cases.map((one, i) => ({ ...one, title: `${i} ${one.object.kind}` })))('$title', ({ object, causes }) => {
    expect(causesOf(object)).toEqual([...causes].sort())
  })
})
