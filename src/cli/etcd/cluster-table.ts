import type { EtcdCluster, EtcdMember } from '../../core/etcd/cluster.ts'
import { isLeader } from '../../core/etcd/decide-upgrade.ts'
import { judgeMember } from '../../core/etcd/judge-cluster.ts'
import { etcdText } from '../../core/version/etcd-version.ts'
import { alignColumns } from '../align-columns.ts'

/** One line a host. */
export function clusterTable(cluster: EtcdCluster): string {
  const header = ['HOST', 'MEMBER', 'ID', 'VERSION', 'ROLE', 'TERM', 'INDEX', 'APPLIED', 'DB', 'STATE']
  const rows = [
    ...cluster.members.map((member) => memberCells(member, cluster)),
    ...cluster.silent.map(({ host }) => [host, ...Array(8).fill('-'), 'not reached']),
  ]
  return alignColumns([header, ...rows]).join('\n')
}

function memberCells(member: EtcdMember, cluster: EtcdCluster): readonly string[] {
  const { status } = member.seen.answer
  const numbers =
    status === undefined ? ['-', '-', '-', '-'] : [status.raftTerm, status.raftIndex, status.appliedIndex, bytesText(status.dbBytes)]
  return [member.host, member.name, member.id, versionText(member), roleOf(member), ...numbers.map(String), stateOf(member, cluster)]
}

/** With what lies on the disk, where that is another. */
function versionText({ seen: { answer, facts } }: EtcdMember): string {
  const runs = answer.status?.version ?? facts.runs
  const disk = facts.disk === undefined ? '?' : etcdText(facts.disk)
  if (runs === undefined) return disk
  return facts.disk === undefined || etcdText(runs) === disk ? etcdText(runs) : `${etcdText(runs)} (disk: ${disk})`
}

export function roleOf(member: EtcdMember): 'leader' | 'follower' | 'learner' | '-' {
  const { status } = member.seen.answer
  if (status === undefined) return '-'
  if (status.isLearner || member.isLearner) return 'learner'
  return isLeader(member) ? 'leader' : 'follower'
}

export function stateOf(member: EtcdMember, cluster: EtcdCluster): string {
  const { answer, facts } = member.seen
  if (answer.status === undefined && facts.active === 'exited') return 'no container'
  if (answer.status === undefined)
    return facts.active === 'active' ? 'does not answer' : `${facts.kind === 'pod' ? 'kubelet' : 'unit'} ${facts.active}`
  return judgeMember(member, cluster).length === 0 ? 'healthy' : 'not well'
}

function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1)
  return `${Math.round(bytes / 2 ** (10 * power))} ${units[power]}`
}
