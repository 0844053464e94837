import { expect, it } from 'vitest'
import { statusOutput } from './status-command.ts'

it('prints the object as YAML once, and refuses to follow it so', () => {
  expect(statusOutput({ output: 'yaml' })).toBe('yaml')
  expect(statusOutput({ output: 'json', watch: true })).toBe('json')
  expect(() => statusOutput({ output: 'yaml', watch: true })).toThrow('--output is "yaml": write text or json')
})
