import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wrapIndented, wrapText } from './wrap-text.ts'

describe('a text in a narrow terminal', () => {
  it.each([
    { text: 'one two three', columns: 7, lines: ['one two', 'three'] },
    { text: 'one', columns: 80, lines: ['one'] },
    { text: '', columns: 80, lines: [''] },
    { text: 'see registry.example/rancher/k3s-upgrade now', columns: 20, lines: ['see', 'registry.example/ran', 'cher/k3s-upgrade now'] },
  ])('is broken between words, and within them where it must be: "$text" on $columns', ({ text, columns, lines }) => {
    expect(wrapText(text, columns)).toEqual(lines)
  })

  it('moves what follows the first line to the right', () => {
    expect(wrapIndented('one two three four', 10, '  ')).toEqual(['one two', '  three', '  four'])
  })

  it('never loses a character and never is too wide', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
        for (const lines of [wrapText(text, columns), wrapIndented(text, columns, '  ')]) {
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
          expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
        }
      }),
    )
  })
})
