import { expect, it } from 'vitest'
import { KnownFailures } from './known-failures.ts'

it('why Jobs have failed is known until they are gone and another fails', () => {
  let jobs = [{ uid: 'a' }, { uid: 'b' }]
  const failures = new KnownFailures({ values: () => jobs })
  failures.add('a', { log: 'first' })
  failures.add('b', { log: 'second' })
  expect([...failures.all.keys()]).toEqual(['a', 'b'])
  jobs = [{ uid: 'b' }, { uid: 'c' }]
  failures.add('c', { log: 'third' })
  expect([...failures.all.entries()]).toEqual([
    ['b', { log: 'second' }],
    ['c', { log: 'third' }],
  ])
})
