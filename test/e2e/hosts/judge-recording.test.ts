import { describe, expect, it } from 'vitest'
import type { RecordedLine, RecordedNode, RecordedPod } from '../../rig/cluster-recorder/recording.ts'
import { judgeRecording } from './judge-recording.ts'

const [before, after] = ['v1.20.2+k3s1', 'v1.21.14+k3s1']
const expected = {
  servers: ['s1', 's2'],
  path: [before, after],
  foreignCordons: ['a2'],
  maxAgentsAway: 1,
  maxSkew: 2,
  staying: ['up/controller-'],
}
const at = Date.parse('2026-11-21T12:00:00Z')
const stamp = '2026-11-21T12:00:00.000Z '

const node = (key: string, facts: Partial<RecordedNode> = {}): RecordedLine => ({
  kind: 'Node',
  atMs: at,
  key,
  facts: { version: before, ready: true, unschedulable: false, marks: [], ...facts },
})
const pod = (key: string, facts: Partial<RecordedPod> = {}): RecordedLine => ({
  kind: 'Pod',
  atMs: at,
  key,
  facts: { node: 's1', ready: true, ending: false, app: 'web', owner: 'ReplicaSet', ...facts },
})
const answered: RecordedLine = { kind: 'Answered', atMs: at, count: 20 }
const begin = [node('s1'), node('s2'), node('a1'), node('a2', { unschedulable: true }), answered]
const change = (key: string) => [
  node(key, { unschedulable: true }),
  node(key, { unschedulable: true, version: after }),
  node(key, { version: after }),
]
const rest = [...change('s2'), ...change('a1'), node('a2', { unschedulable: true, version: after })]
const whole = [...begin, ...change('s1'), ...rest]

describe('a recording of an upgrade', () => {
  it('of one node after the other has nothing against it', () => {
    expect(judgeRecording(whole, expected)).toEqual([])
  })

  it.each<[string, RecordedLine[], string]>([
    [
      'a request failed',
      [...whole, { kind: 'Refused', atMs: at, url: 'http://s1/', why: 'ECONNREFUSED' }],
      `${stamp}http://s1/: ECONNREFUSED`,
    ],
    [
      'a mark is left',
      [...whole, node('a1', { version: after, marks: ['falkirk.dev/run'] })],
      'at the end a1 is left with falkirk.dev/run',
    ],
    ['a node is left cordoned', [...whole, node('a1', { version: after, unschedulable: true })], 'at the end a1 is cordoned'],
    ['a node is left behind', [...begin, ...change('s1'), ...change('s2'), ...change('a1')], 'at the end a2 runs v1.20.2+k3s1'],
    [
      'a cordon of somebody was taken',
      [...begin, node('a2'), ...change('s1'), ...rest],
      `${stamp}a2 lost the cordon that somebody gave it`,
    ],
    [
      'a node was changed in use',
      [...begin, node('s1', { version: after }), ...rest],
      `${stamp}s1 was changed to v1.21.14+k3s1 while it was schedulable`,
    ],
    [
      'a node was changed undrained',
      [...begin, pod('default/web-1'), ...change('s1'), ...rest],
      `${stamp}s1 was changed while default/web-1 served on it`,
    ],
    [
      'two servers were away',
      [...begin, node('s2', { ready: false }), ...change('s1'), ...rest],
      `${stamp}servers s1 and s2 are away together`,
    ],
    [
      'a server and an agent were away',
      [...begin, node('a1', { ready: false }), ...change('s1'), ...rest],
      `${stamp}a1 is away beside server s1`,
    ],
    [
      'an agent was first',
      [...begin, ...change('a1'), ...change('s1'), ...change('s2'), node('a2', { unschedulable: true, version: after })],
      `${stamp}an agent of 1.21 is newer than a server of 1.20`,
    ],
    [
      'a node went back',
      [...whole, node('a2', { unschedulable: true }), node('a2', { unschedulable: true, version: after })],
      `${stamp}a2 went from ${after} to ${before}`,
    ],
    [
      'a budget was broken',
      [...whole, { kind: 'Budget', atMs: at, key: 'default/web', facts: { healthy: 0, desired: 1 } }],
      `${stamp}budget default/web has 0 healthy pods and wants 1`,
    ],
    ['nothing was asked', whole.filter(({ kind }) => kind !== 'Answered'), 'no request was answered'],
  ])('in which %s', (_, lines, finding) => {
    expect(judgeRecording(lines, expected)).toContain(finding)
  })

  it('may have the controller go on where it is', () => {
    expect(judgeRecording([...begin, pod('up/controller-1'), ...change('s1'), ...rest], expected)).toEqual([])
  })
})
