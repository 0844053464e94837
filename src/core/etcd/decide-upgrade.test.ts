import { describe, expect, it } from 'vitest'
import { decideEtcdUpgrade, type EtcdAction } from './decide-upgrade.ts'
import { containerMember, podMember, type TestMember, testCluster, v } from './etcd-world.test-support.ts'
import { changeId } from './member-change.ts'

const old: TestMember = {}
const done: TestMember = { version: v('3.5.16') }
const to = v('3.5.16')
const backedUp = { to, backedUp: to }

/** In one line, as a person would say it. */
function said(action: EtcdAction): string {
  switch (action.kind) {
    case 'Complete':
      return 'complete'
    case 'Backup':
      return `backup from ${action.from.host}`
    case 'MoveLeader':
      return `${action.from.host} hands over to ${action.to.host}`
    case 'Change':
      return `change ${action.change.member.host}, attempt ${action.attempt}${action.change.isLast ? ', the last' : ''}`
    default:
      return `${action.kind}: ${action.problems.join(' | ')}`
  }
}

function decided(
  members: readonly TestMember[],
  wish: Parameters<typeof decideEtcdUpgrade>[1] = { to },
  available?: readonly string[],
): string {
  return said(decideEtcdUpgrade(testCluster(members, available), wish))
}

/** Outcomes of steps of the change of member `a0` to 3.5.16. */
function outcomes(...steps: readonly (readonly [step: string, attempt: number, exitCode: number])[]): NonNullable<TestMember['facts']> {
  const [member] = testCluster([old, old, old]).members
  const id = member === undefined ? '' : changeId({ member, version: to })
  return { step: steps.map(([step, attempt, exitCode]) => ({ id, step, attempt, exitCode })) }
}

describe('from the first look to the last', () => {
  it.each([
    { title: 'a snapshot comes before anything is touched', members: [old, old, old], says: 'backup from etcd1' },
    { title: 'from a follower', members: [{ isLeader: true }, old, old], says: 'backup from etcd2' },
    { title: 'followers first', members: [{ isLeader: true }, old, old], wish: backedUp, says: 'change etcd2, attempt 1' },
    { title: 'the next follower', members: [{ isLeader: true }, done, old], says: 'change etcd3, attempt 1' },
    { title: 'the leader hands over to one that is done', members: [done, { isLeader: true }, done], says: 'etcd2 hands over to etcd1' },
    { title: 'and comes last', members: [done, old, { ...done, isLeader: true }], says: 'change etcd2, attempt 1, the last' },
    { title: 'all are there', members: [done, done, done], says: 'complete' },
    {
      title: 'a patch is never the last that cannot be taken back',
      members: [{ version: v('3.4.20') }, old, old],
      wish: { to: v('3.4.23') },
      says: 'change etcd1, attempt 1',
    },
  ])('$title', ({ members, wish, says }) => {
    expect(decided(members, wish)).toBe(says)
  })
})

describe('after a kill or a failure', () => {
  const half = { disk: v('3.5.16'), isDown: true }
  it.each([
    {
      title: 'one in the middle of its change goes on',
      member: { ...half, facts: outcomes(['download-etcd', 1, 0]) },
      says: 'change etcd1, attempt 1',
    },
    { title: 'with its binary replaced and the old one at work', member: { disk: v('3.5.16') }, says: 'change etcd1, attempt 1' },
    {
      title: 'one that was taken back is tried anew',
      member: { facts: outcomes(['restart-etcd', 1, 1], ['restore-etcd', 1, 0]) },
      says: 'change etcd1, attempt 2',
    },
    {
      title: 'one whose taking back has failed too',
      member: { ...half, facts: outcomes(['restart-etcd', 1, 1], ['restore-etcd', 1, 1]) },
      says: 'change etcd1, attempt 2',
    },
    {
      title: 'one that has failed and was not taken back yet',
      member: { ...half, facts: outcomes(['restart-etcd', 1, 1]) },
      says: 'change etcd1, attempt 1',
    },
    {
      title: 'one whose packages were not fetched',
      member: { facts: outcomes(['download-etcd', 3, 100]) },
      says: 'change etcd1, attempt 4',
    },
    {
      title: 'one that somebody has taken back by hand',
      member: { facts: outcomes(['install-etcd', 1, 0], ['restart-etcd', 1, 0]) },
      says: 'change etcd1, attempt 2',
    },
  ])('$title', ({ member, says }) => {
    expect(decided([member, old, old])).toBe(says)
  })

  it('an unfinished one comes before all others, and goes on when all the rest are done', () => {
    expect(decided([done, { disk: v('3.5.16') }, old])).toBe('change etcd2, attempt 1')
    expect(decided([done, { disk: v('3.5.16'), isDown: true }, done])).toBe('change etcd2, attempt 1, the last')
  })
})

describe('never when the quorum would not survive it', () => {
  const behind: TestMember = { ...done, status: { appliedIndex: 10 } }
  it.each([
    {
      title: 'a member is down before',
      members: [old, { isDown: true }, old],
      says: 'Refused: etcd2: etcd.service is failed: look at journalctl -u etcd.service there',
    },
    { title: 'one that has been restarted has not caught up', members: [behind, old, old], says: 'Wait: etcd1 is 4990 entries behind' },
    {
      title: 'another is down while one is in the middle',
      members: [{ disk: v('3.5.16') }, { isDown: true }, old],
      says: 'Wait: etcd2: etcd.service is failed: look at journalctl -u etcd.service there',
    },
    {
      title: 'two are in the middle',
      members: [{ disk: v('3.5.16') }, { disk: v('3.5.16') }, old],
      says: 'Refused: etcd1 and etcd2 are both in the middle of a change: bring all but one of them back by hand',
    },
    { title: 'two members', members: [old, old], says: 'Refused: 2 members cannot spare one: add members until there are three' },
    { title: 'one member', members: [old], says: 'Refused: one member cannot spare one: add members until there are three' },
    {
      title: 'there is no leader',
      members: [old, old, old].map((member) => ({ ...member, status: { leader: '0' } })),
      says: 'Refused: there is no leader: too few members are up, or they do not reach each other',
    },
    {
      title: 'a learner',
      members: [{ status: { isLearner: true } }, old, old],
      says: 'Refused: etcd1 is a learner: promote it (etcdctl member promote a0) or remove it',
    },
    {
      title: 'an alarm',
      members: [{ answer: { alarms: ['NOSPACE of a0'] } }, old, old],
      says: 'Refused: the alarm NOSPACE of a0 is raised: compact, defragment, then etcdctl alarm disarm',
    },
    {
      title: 'logins, from 3.4 to 3.5',
      members: [{ answer: { authentication: true } }, old, old],
      says: /^Refused: logins are switched on/,
    },
    {
      title: 'a member above the version wanted',
      members: [{ version: v('3.5.20') }, old, old],
      says: 'Refused: etcd1 runs 3.5.20, which is above 3.5.16: etcd is never taken back',
    },
    {
      title: 'two clusters',
      members: [{ status: { clusterId: 'c2' } }, old, old],
      says: /etcd2 is of another cluster \(c1\) than etcd1 \(c2\)/,
    },
    { title: 'one machine twice', members: [{ facts: { boot: 'boot-1' } }, old, old], says: /etcd2 is the same machine as etcd1/ },
    {
      title: 'no room',
      members: [{ facts: { free_kib: 1024 } }, old, old],
      says: /^Refused: etcd1 has 1 MiB free beside \/usr\/bin\/etcd/,
    },
  ])('$title', ({ members, says }) => {
    const text = decided(members)
    if (says instanceof RegExp) expect(text).toMatch(says)
    else expect(text.startsWith(says)).toBe(true)
  })

  it('a version that a host cannot have is refused before anything is touched', () => {
    expect(decided([old, old, old], { to: v('3.5.26') })).toBe(
      'Refused: 3.5.26 is not to be had on every host: their repositories have 3.4.23, 3.5.16',
    )
    expect(decided([{ facts: { available: [] } }, old, old])).toBe(
      'Refused: 3.5.16 is not to be had on every host: their repositories have none at all',
    )
  })

  it('binaries are for an etcd that no package owns, and packages for one that has them', () => {
    const binaries = [{ version: to, sha256: new Map([['etcd', 'a'.repeat(64)]]) }]
    expect(decided([old, old, old], { to, binaries })).toMatch(/^Refused: \/usr\/bin\/etcd on etcd1 belongs to the package etcd-server/)
  })
})

describe('members in containers', () => {
  const pods = (...members: readonly TestMember[]) => members.map(podMember)

  it.each([
    { title: 'go to any version, as nobody lists the tags of a registry', members: pods(old, old, old), says: 'change etcd1, attempt 1' },
    { title: 'the leader last', members: pods(done, done, old), says: 'etcd3 hands over to etcd1' },
    {
      title: 'one whose manifest is written and whose old container still runs',
      members: pods(old, { disk: to }, old),
      says: 'change etcd2, attempt 1',
    },
    { title: 'one whose old container has ended', members: pods(old, { disk: to, isDown: true }, old), says: 'change etcd2, attempt 1' },
    { title: 'all are there', members: pods(done, done, done), says: 'complete' },
    {
      title: 'and not while one has no container',
      members: pods(old, { isDown: true }, old),
      says: 'Wait: etcd2: no container of etcd runs: look at crictl ps -a and crictl logs there',
    },
  ])('$title', ({ members, says }) => {
    expect(decided(members, backedUp, [])).toBe(says)
  })

  it('of units that start them are taken as well, and refused where their tag stands twice', () => {
    const members = [old, old, old].map(containerMember)
    expect(decided(members, backedUp, [])).toBe('change etcd1, attempt 1')
    const places = ['/etc/etcd.env', '/usr/local/bin/etcd'].map((path) => ({ path, times: 1 }))
    expect(decided([containerMember({ facts: { place: places } }), ...members.slice(1)], backedUp, [])).toBe(
      'Refused: etcd1: v3.4.23 stands in /etc/etcd.env and /usr/local/bin/etcd: leave it in one place, once, and come again',
    )
  })

  it('take no binaries', () => {
    const binaries = [{ version: to, sha256: new Map([['etcd', 'a'.repeat(64)]]) }]
    expect(decided(pods(old, old, old), { to, binaries })).toMatch(
      /^Refused: etcd on etcd1 comes from the image registry\.k8s\.io\/etcd:3\.4\.23-0: leave --binaries out/,
    )
  })

  it('go over the way-point before 3.6', () => {
    const action = decideEtcdUpgrade(testCluster(pods(done, done, done)), { to: v('3.6.12'), backedUp: v('3.5.26') })
    expect(action).toMatchObject({ kind: 'Change', change: { version: [3, 5, 26] } })
  })
})
