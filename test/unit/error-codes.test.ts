import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { errorCodes } from '../../src/core/falkirk-error.ts'

it('docs/errors.md has one section for each error code, in alphabetical order, and no other', () => {
  const headings = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^## (.*)$/gm)].map((match) => match[1])
  expect(headings).toEqual([...errorCodes].sort())
})
