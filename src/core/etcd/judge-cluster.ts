import { sizeText } from '../host/finding.ts'
import type { EtcdCluster, EtcdMember } from './cluster.ts'

/** Entries that a member may lag behind and count as up to date: what is written while the members are asked one after another. */
const mostLag = 1_000
/** Share of its quota above which the database is close to the alarm that makes it read-only. */
const mostOfQuota = 0.9

/** What has to be mended before a member may be taken away: a sentence each, with its host and the fix. */
export function judgeCluster(cluster: EtcdCluster): readonly string[] {
  return [
    ...cluster.silent.map(({ host, message }) => `${host}: ${message}`),
    ...cluster.problems,
    ...new Set(cluster.members.flatMap(({ seen }) => seen.answer.alarms).map(alarm)),
    ...leaders(cluster.members),
    ...cluster.members.flatMap((member) => judgeMember(member, cluster)),
  ]
}

function alarm(text: string): string {
  const fix = text.startsWith('NOSPACE')
    ? 'compact, defragment, then etcdctl alarm disarm'
    : 'find out which member differs (etcdctl endpoint hashkv --cluster) and replace it'
  return `the alarm ${text} is raised: ${fix}`
}

function leaders(members: readonly EtcdMember[]): readonly string[] {
  const known = [...new Set(members.flatMap(({ seen }) => seen.answer.status?.leader ?? []))]
  if (known.length === 0) return ['no member answers: start etcd, or correct the addresses in the inventory']
  if (known.includes('0')) return ['there is no leader: too few members are up, or they do not reach each other']
  return known.length === 1 ? [] : [`the members do not agree who leads (${known.join(', ')}): wait for an election to end, and ask again`]
}

/** What is wrong with one member; nothing when it may be counted on. */
export function judgeMember(member: EtcdMember, cluster: EtcdCluster): readonly string[] {
  const { host, seen } = member
  const { status, isHealthy, problems } = seen.answer
  const why = problems[0] === undefined ? '' : ` (${problems[0]})`
  if (seen.facts.active === 'exited') return [`${host}: no container of etcd runs: look at ${logOf(seen.facts)} there`]
  if (seen.facts.etcdctl === undefined) return [`${host} has no etcdctl beside etcd or on its path: install it`]
  if (seen.facts.active !== 'active') return [`${host}: ${seen.facts.unit} is ${seen.facts.active}: look at ${logOf(seen.facts)} there`]
  if (status === undefined) return [`${host} does not answer at ${seen.settings.endpoint}${why}`]
  const lag = lagOf(member, cluster)
  const { quotaBytes } = seen.settings
  return [
    ...(isHealthy ? [] : [`${host} is not healthy${why}`]),
    ...(status.isLearner || member.isLearner
      ? [`${host} is a learner: promote it (etcdctl member promote ${member.id}) or remove it`]
      : []),
    ...status.errors.map((error) => `${host} reports ${error}`),
    ...(lag > mostLag ? [`${host} is ${lag} entries behind: wait until it has caught up`] : []),
    ...(status.dbBytes > quotaBytes * mostOfQuota
      ? [
          `${host} has a database of ${sizeText(status.dbBytes / 1024)} of at most ${sizeText(quotaBytes / 1024)}: compact and defragment it`,
        ]
      : []),
    ...(seen.facts.root ? [] : [`${host}: scripts do not run as root there: set become: sudo in the inventory`]),
  ]
}

/** What tells why etcd of a host is not up. */
export function logOf({ kind, active, engine, unit }: EtcdMember['seen']['facts']): string {
  if (kind === 'unit' || active !== 'exited') return `journalctl -u ${unit}`
  const program = engine === undefined || engine === 'ctr' ? 'crictl' : engine
  return `${program} ps -a and ${program} logs`
}

/** Entries between what a member has applied and what the furthest of all has agreed on. */
function lagOf({ seen }: EtcdMember, { members }: EtcdCluster): number {
  const furthest = Math.max(...members.map((each) => each.seen.answer.status?.appliedIndex ?? 0))
  return Math.max(furthest - (seen.answer.status?.appliedIndex ?? 0), 0)
}
