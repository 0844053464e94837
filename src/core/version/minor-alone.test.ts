import { expect, it } from 'vitest'
import { minorAlone } from './minor-alone.ts'
import { shippedReleases } from './shipped-releases.ts'

const releases = shippedReleases()

it.each([
  { text: 'v1.29', line: 'kubernetes', newest: 'v1.29.15' },
  { text: '1.30', line: 'k3s', newest: 'v1.30.14+k3s2' },
  { text: 'v1.32', line: 'rke2', newest: 'v1.32.13+rke2r1' },
  { text: 'v1.99', line: 'k3s', newest: undefined },
] as const)('$text of $line has $newest as its newest release', ({ text, line, newest }) => {
  expect(minorAlone(text, releases, line)?.newest?.text).toBe(newest)
})

it.each(['v1.29.1', 'v2.1', '1', 'latest', 'v1.29+k3s1', ''])('"%s" is no minor alone', (text) => {
  expect(minorAlone(text, releases, 'kubernetes')).toBeUndefined()
})
