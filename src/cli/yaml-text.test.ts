import { expect, it } from 'vitest'
import { yamlText } from './yaml-text.ts'

it.each(['on', 'no', 'y', '2026-09-27', '2026-11-23T06:11:59Z', '1:30', '1.30', 'true', '0o7', '017'])(
  'quotes the text %s for readers of YAML 1.1',
  (text) => {
    expect(yamlText({ text })).toBe(`text: "${text}"\n`)
  },
)

it('leaves what nobody mistakes, and writes twice what is there twice', () => {
  const one = { version: 'v1.34.2+k3s1' }
  expect(yamlText([one, one, 3, true])).toBe('- version: v1.34.2+k3s1\n- version: v1.34.2+k3s1\n- 3\n- true\n')
})
