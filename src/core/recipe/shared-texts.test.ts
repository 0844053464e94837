import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sharedTexts } from './shared-texts.ts'

const line = fc.constantFrom("a='1'", 'b $x', 'c\\', '', '`d`')
const text = fc.array(line, { maxLength: 6 }).map((lines) => lines.map((one) => `${one}\n`).join(''))

it('gives each text back as it was', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (texts) => {
      const { assignments, names } = sharedTexts(texts)
      const script = `${assignments}${names.map((name) => `printf '%s;' "${name}"\n`).join('')}`
      expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(texts.map((one) => `${one};`).join(''))
    }),
    { numRuns: 50 },
  )
})

it('has what texts begin with once', () => {
  const library = 'library\n'.repeat(100)
  const more = `${library}${'more\n'.repeat(100)}`
  const { assignments, names } = sharedTexts([`${library}x\n`, `${more}y\n`, `${more}z\n`])
  expect(assignments.length).toBeLessThan(more.length + 100)
  expect(names).toEqual(['$text_0$text_1', '$text_0$text_2$text_3', '$text_0$text_2$text_4'])
})
