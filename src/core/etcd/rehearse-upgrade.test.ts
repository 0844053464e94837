import { expect, it } from 'vitest'
import { testCluster, v } from './etcd-world.test-support.ts'
import { rehearseEtcdUpgrade } from './rehearse-upgrade.ts'

function commands(...args: Parameters<typeof rehearseEtcdUpgrade>): string {
  const rehearsal = rehearseEtcdUpgrade(...args)
  return rehearsal.kind === 'Refused'
    ? rehearsal.problems.join('\n')
    : rehearsal.commands.map(({ host, command }) => `${host}: ${command}`).join('\n')
}

it('goes over the way-point before 3.6, with a snapshot for each hop and the leader last in each', () => {
  const has = ['3.5.16', '3.5.26', '3.6.11']
  const cluster = testCluster(
    [{ isLeader: true }, {}, {}].map((member) => ({ ...member, version: v('3.5.16') })),
    has,
  )
  const said = commands(cluster, { to: v('3.6.11') })
  expect(said.match(/etcd\d: (?:etcdctl snapshot save|etcdctl move-leader a\d|apt-get install etcd\S+)/g)).toEqual([
    ...['etcd2: etcdctl snapshot save', 'etcd2: apt-get install etcd-server=3.5.26-1', 'etcd3: apt-get install etcd-server=3.5.26-1'],
    ...['etcd1: etcdctl move-leader a1', 'etcd1: apt-get install etcd-server=3.5.26-1'],
    ...['etcd1: etcdctl snapshot save', 'etcd1: apt-get install etcd-server=3.6.11-1', 'etcd3: apt-get install etcd-server=3.6.11-1'],
    ...['etcd2: etcdctl move-leader a0', 'etcd2: apt-get install etcd-server=3.6.11-1'],
  ])
})

it('by binaries puts each beside the old one', () => {
  const sha256 = new Map([
    ['etcd', 'a'.repeat(64)],
    ['etcdctl', 'b'.repeat(64)],
  ])
  const none = { available: [], installed: [] }
  const members = [{}, {}, {}].map(() => ({ facts: none }))
  const cluster = testCluster(members)
  const owned = cluster.members.map((member) => {
    const { package: _package, ...facts } = member.seen.facts
    return { ...member, seen: { ...member.seen, facts: { ...facts, binary: '/opt/etcd/bin/etcd' } } }
  })
  const said = commands({ ...cluster, members: owned }, { to: v('3.5.26'), binaries: [{ version: v('3.5.26'), sha256 }] })
  expect(said.split('\n').filter((line) => line.startsWith('etcd1: ') && !line.includes('snapshot'))).toEqual([
    'etcd1: put /opt/etcd/bin/etcd 3.5.26   (beside the old one, digest compared)',
    'etcd1: put /opt/etcd/bin/etcdctl 3.5.26   (beside the old one, digest compared)',
    'etcd1: cp /opt/etcd/bin/etcdctl /opt/etcd/bin/.etcdctl.falkirk-previous; mv the new one to /opt/etcd/bin/etcdctl',
    'etcd1: cp /opt/etcd/bin/etcd /opt/etcd/bin/.etcd.falkirk-previous; mv the new one to /opt/etcd/bin/etcd',
    'etcd1: systemctl restart etcd.service   (/opt/etcd/bin/etcd, unless its package has done so)',
    'etcd1: etcdctl endpoint health',
  ])
})

it('what would be refused is said', () => {
  expect(commands(testCluster([{}, { isDown: true }, {}]), { to: v('3.5.16') })).toMatch(/^etcd2: etcd\.service is failed/)
})
