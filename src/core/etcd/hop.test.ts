import { describe, expect, it } from 'vitest'
import { etcdText } from '../version/etcd-version.ts'
import { testCluster, v } from './etcd-world.test-support.ts'
import { nextHop, settingProblems } from './hop.ts'

describe('the next version on the way', () => {
  it.each([
    { title: 'a patch', from: '3.5.16', to: '3.5.26', has: ['3.5.26'], hop: '3.5.26' },
    { title: 'one minor', from: '3.4.23', to: '3.5.16', has: ['3.5.16'], hop: '3.5.16' },
    { title: 'the highest patch of each minor between', from: '3.3.27', to: '3.5.26', has: ['3.4.20', '3.4.34', '3.5.26'], hop: '3.4.34' },
    { title: '3.5.26 before 3.6', from: '3.5.16', to: '3.6.11', has: ['3.5.20', '3.5.26', '3.6.11'], hop: '3.5.26' },
    { title: '3.6 from 3.5.26 on', from: '3.5.26', to: '3.6.11', has: ['3.6.11'], hop: '3.6.11' },
    { title: '3.6.11 before 3.7', from: '3.6.5', to: '3.7.1', has: ['3.6.9', '3.6.12', '3.7.1'], hop: '3.6.12' },
    { title: 'a patch of 3.5 that leads on to 3.6', from: '3.4.30', to: '3.6.11', has: ['3.5.16', '3.5.27', '3.6.11'], hop: '3.5.27' },
  ])('$title: $from → $to by $hop', ({ from, to, has, hop }) => {
    const next = nextHop(v(from), v(to), has.map(v))
    expect(next.kind === 'Hop' ? etcdText(next.version) : next.message).toBe(hop)
  })

  it.each([
    { from: '3.5.16', to: '3.4.23', has: ['3.4.23'], says: '3.4.23 is below 3.5.16, which runs: etcd is never taken back' },
    {
      from: '3.4.23',
      to: '3.5.26',
      has: ['3.4.23', '3.5.16'],
      says: '3.5.26 is not to be had on every host: their repositories have 3.4.23, 3.5.16',
    },
    { from: '3.4.23', to: '3.5.1', has: ['3.5.1'], says: '3.5.1 can lose data after a crash: take 3.5.3 or later (etcd, CHANGELOG-3.5)' },
    {
      from: '3.5.16',
      to: '3.6.11',
      has: ['3.5.20', '3.6.11'],
      says: /^before 3\.6, each member has to run 3\.5\.26 or a later patch of 3\.5, and not every host/,
    },
    { from: '3.4.23', to: '3.6.11', has: ['3.5.16', '3.6.11'], says: /on the way to 3\.6\.11, each member has to run 3\.5\.26/ },
  ])('refuses $from → $to', ({ from, to, has, says }) => {
    expect(nextHop(v(from), v(to), has.map(v))).toEqual({
      kind: 'Refused',
      message: expect.stringMatching(says instanceof RegExp ? says : literal(says)),
    })
  })
})

function literal(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
}

describe('settings that the next minor does not take', () => {
  it.each([
    { argument: '--debug', from: '3.4.23', to: '3.5.16', says: ['etcd1 sets --debug, which etcd 3.5 does not know any more'] },
    { argument: '--logger=capnslog', from: '3.4.23', to: '3.5.16', says: ['etcd1 sets --logger=capnslog'] },
    { argument: '--logger=zap', from: '3.4.23', to: '3.5.16', says: [] },
    { argument: '--enable-v2=true', from: '3.5.26', to: '3.6.11', says: ['etcd1 sets --enable-v2'] },
    { argument: '--proxy=on', from: '3.5.26', to: '3.6.11', says: ['etcd1 sets --proxy'] },
    { argument: '--experimental-initial-corrupt-check=true', from: '3.5.26', to: '3.6.11', says: [] },
    {
      argument: '--experimental-initial-corrupt-check=true',
      from: '3.6.11',
      to: '3.7.1',
      says: ['etcd1 sets --experimental-initial-corrupt-check'],
    },
    { argument: '--debug', from: '3.4.23', to: '3.4.34', says: [] },
  ])('$argument from $from to $to', ({ argument, from, to, says }) => {
    const [member] = testCluster([{ facts: { argument: ['--name=etcd1', argument] } }]).members
    const said = member === undefined ? [] : settingProblems(member, v(from), v(to))
    expect(said).toEqual(says.map((text) => expect.stringContaining(text)))
  })
})
