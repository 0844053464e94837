import { expect, it } from 'vitest'
import { judgedOnce } from './judged-once.ts'

it('judges each text once, and tells apart what is no version', () => {
  const asked: (string | undefined)[] = []
  const minor = judgedOnce((version) => {
    asked.push(version?.text)
    return version?.minor
  })
  expect(['v1.30.4+k3s1', '', 'v1.31.5+k3s1', 'v1.30.4+k3s1', ''].map(minor)).toEqual([30, undefined, 31, 30, undefined])
  expect(asked).toEqual(['v1.30.4+k3s1', undefined, 'v1.31.5+k3s1'])
})
