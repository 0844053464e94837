import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareStores, storedMembers } from './stored-members.ts'

/** `etcdctl snapshot save` of a real etcd 3.4.23 with one member. */
const snapshot = gunzipSync(readFileSync('src/core/etcd/testdata/three-four.snapshot.db.gz'))
const reader = (bytes: Uint8Array) => (at: number, length: number) => bytes.subarray(at, at + length)

it('reads the members that the database itself holds', () => {
  expect(storedMembers(reader(snapshot))).toEqual([{ id: '28860e7f5a5626c2', name: 'm1', peerUrls: ['http://127.0.0.1:33412'] }])
})

it('says of anything else that it is none, and ends', () => {
  expect(storedMembers(reader(new Uint8Array(0)))).toBe(undefined)
  expect(storedMembers(reader(new TextEncoder().encode('a letter, and no database at all'.repeat(400))))).toBe(undefined)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(snapshot.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }), (changes) => {
      const damaged = Uint8Array.from(snapshot)
      for (const [at, byte] of changes) damaged[at] = byte
      storedMembers(reader(damaged))
    }),
    { numRuns: 200 },
  )
})

it('finds members that are in one store alone', () => {
  const stored = [
    { id: 'a', name: 'etcd1', peerUrls: [] },
    { id: 'dead', name: 'etcd0', peerUrls: [] },
  ]
  const listed = [
    { id: 'a', name: 'etcd1' },
    { id: 'b', name: 'etcd2' },
  ]
  expect(compareStores(listed, stored)).toEqual([
    expect.stringMatching(/^the database holds a member dead \(etcd0\) that was removed long ago and comes back with etcd 3\.6/),
    expect.stringMatching(/^the database does not hold the member b \(etcd2\)/),
  ])
  expect(compareStores(listed, undefined)).toEqual(['the snapshot is no database of etcd, or a damaged one'])
})
