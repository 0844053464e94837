import { describe, expect, it } from 'vitest'
import { testCluster, v } from './etcd-world.test-support.ts'
import { type EtcdCourse, endOfWait, moveProblem, quorumSentence, stopKind, storesStopHop } from './judge-course.ts'

const fresh: EtcdCourse = { hasActed: false, moves: 0 }

describe('the course of an upgrade of etcd', () => {
  it.each([
    [false, 'Refused'],
    [true, 'Stopped'],
  ] as const)('that has acted: %s, is %s when it cannot go on', (hasActed, kind) => {
    expect(stopKind({ ...fresh, hasActed })).toBe(kind)
  })

  it.each([
    { waited: undefined, end: undefined },
    { waited: 300_000, end: undefined },
    { waited: 300_001, end: ['etcd2 is not healthy (waited 5 min for it)'] },
  ])('waits for five minutes without a pause ($waited ms)', ({ waited, end }) => {
    const course = waited === undefined ? fresh : { ...fresh, waitsSinceMs: 1_000 }
    expect(endOfWait(['etcd2 is not healthy'], course, 1_000 + (waited ?? 0))).toEqual(end)
  })

  it.each([
    { moves: 2, problem: undefined },
    { moves: 3, problem: 'etcd1 leads again after it has handed over 3 times: look at its clock and network' },
  ])('has a leader hand over three times, no more (moved $moves times)', ({ moves, problem }) => {
    expect(moveProblem('etcd1', { ...fresh, moves })).toBe(problem)
  })

  it.each([
    { stores: ['the old store has another member'], to: '3.5.26', stops: false },
    { stores: ['the old store has another member'], to: '3.6.5', stops: true },
    { stores: [], to: '3.6.5', stops: false },
  ])('goes to $to with stores that say $stores: stops $stops', ({ stores, to, stops }) => {
    expect(storesStopHop(stores, v(to))).toBe(stops)
  })
})

describe('what is left of a cluster', () => {
  it.each([
    { down: [], sentence: '3 of 3 members serve: nothing is lost; mend what is said above, and run the same command again' },
    {
      down: [1],
      sentence:
        '2 of 3 members serve, which is a quorum: etcd goes on; bring etcd2 up (journalctl -u etcd.service), and run the same command again',
    },
    { down: [0, 1], sentence: '1 of 3 members serve, which is no quorum: etcd takes no writes until one more is up' },
  ])('of which members $down are down is told', ({ down, sentence }) => {
    const members = [0, 1, 2].map((index) => ({ isDown: (down as readonly number[]).includes(index) }))
    expect(quorumSentence(testCluster(members))).toBe(sentence)
  })
})
