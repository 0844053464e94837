import { sizeText } from '../host/finding.ts'
import { compareEtcd, type EtcdVersion, etcdText } from '../version/etcd-version.ts'
import { type EtcdCluster, type EtcdMember, tolerated } from './cluster.ts'
import { type EtcdHop, nextHop, packagedAs, packagedVersions, settingProblems } from './hop.ts'
import { imageProblems, imageVersions, isInContainer } from './image-change.ts'
import { judgeCluster, judgeMember } from './judge-cluster.ts'
import { type BinarySet, changeId, type MemberChange, versionBefore } from './member-change.ts'
import { nextAttempt } from './member-recipe.ts'

export interface EtcdWish {
  readonly to: EtcdVersion
  /** Absent: by the packages of the hosts. */
  readonly binaries?: readonly BinarySet[]
  /** The hop for which this run has taken a snapshot, restored and compared it. */
  readonly backedUp?: EtcdVersion
}

/** What happens next to a cluster of etcd. */
export type EtcdAction =
  | { readonly kind: 'Complete' }
  /** Nothing may be begun: a sentence each. */
  | { readonly kind: 'Refused'; readonly problems: readonly string[] }
  | { readonly kind: 'Backup'; readonly from: EtcdMember; readonly version: EtcdVersion }
  | { readonly kind: 'MoveLeader'; readonly from: EtcdMember; readonly to: EtcdMember }
  | { readonly kind: 'Change'; readonly change: MemberChange; readonly attempt: number }
  /** The others have to be well first; whoever waits gives up some time. */
  | { readonly kind: 'Wait'; readonly problems: readonly string[] }

/** Room for packages and for the binary of before. */
const leastFreeKib = 262_144

/**
 * Decides from what the hosts show, and from nothing else: whoever comes after a kill goes on from here. One minor at a time, one member at a time,
 * followers first, the leader last and after it has handed over; nothing while another member is not well. Source: etcd's upgrade guides; I2 of the design.
 */
export function decideEtcdUpgrade(cluster: EtcdCluster, wish: EtcdWish): EtcdAction {
  const versions = runningVersions(cluster.members)
  const [lowest] = versions
  const highest = versions.at(-1)
  if (lowest === undefined || highest === undefined || cluster.problems.length > 0) return refused(judgeCluster(cluster))
  if (compareEtcd(highest, wish.to) > 0) {
    const ahead = cluster.members.find((member) => compareEtcd(runs(member) ?? lowest, wish.to) > 0)
    return refused([`${ahead?.host} runs ${etcdText(highest)}, which is above ${etcdText(wish.to)}: etcd is never taken back`])
  }
  if (compareEtcd(lowest, wish.to) === 0) return whenAllThere(cluster, wish)
  const hop = nextHop(lowest, wish.to, availableVersions(cluster.members, wish))
  if (hop.kind === 'Refused') return refused([hop.message])
  return inHop(cluster, wish, lowest, hop)
}

function whenAllThere(cluster: EtcdCluster, wish: EtcdWish): EtcdAction {
  const half = cluster.members.find((member) => standOf(member, wish.to) === 'Begun')
  if (half !== undefined) {
    const unmet = isInContainer(half) ? imageProblems(half, wish.to) : []
    return unmet.length > 0 ? refused(unmet) : changeOf(half, cluster, wish, wish.to)
  }
  const problems = judgeCluster(cluster)
  return problems.length === 0 ? { kind: 'Complete' } : { kind: 'Wait', problems }
}

function inHop(cluster: EtcdCluster, wish: EtcdWish, from: EtcdVersion, { version }: Extract<EtcdHop, { kind: 'Hop' }>): EtcdAction {
  const begun = cluster.members.filter((member) => standOf(member, version) === 'Begun')
  const old = cluster.members.filter((member) => standOf(member, version) === 'Old')
  const done = cluster.members.filter((member) => standOf(member, version) === 'Done')
  const isUnderway = begun.length + done.length > 0 || wish.backedUp !== undefined
  if (begun.length > 1) {
    return refused([
      `${begun.map(({ host }) => host).join(' and ')} are both in the middle of a change: bring all but one of them back by hand`,
    ])
  }
  const [candidate] = begun.length > 0 ? begun : [...old].sort(leaderLast)
  if (candidate === undefined) return { kind: 'Wait', problems: judgeCluster(cluster) }
  const unmet = [...hostProblems(cluster, wish, version), ...hopProblems(cluster, from, version)]
  if (unmet.length > 0) return refused(unmet)
  const others = othersProblems(cluster, begun.length > 0 ? candidate : undefined)
  if (others.length > 0) return isUnderway ? { kind: 'Wait', problems: others } : refused(others)
  if (!isUnderway || (begun.length + done.length === 0 && !isSame(wish.backedUp, version))) {
    return { kind: 'Backup', from: backupSource(cluster), version }
  }
  if (isLeader(candidate) && !isAtWork(candidate)) {
    return { kind: 'MoveLeader', from: candidate, to: successor(cluster, candidate, done) }
  }
  return changeOf(candidate, cluster, wish, version)
}

/** What each host can have. Of images nobody tells beforehand: one that is missing fails before its member is touched. */
function availableVersions(members: readonly EtcdMember[], { to, binaries }: EtcdWish): readonly EtcdVersion[] {
  const units = members.filter((member) => !isInContainer(member))
  if (units.length === 0) return imageVersions(to)
  return binaries?.map(({ version }) => version) ?? packagedVersions(units)
}

/** `Begun`: something of the change is on the host, and its end is not. */
function standOf(member: EtcdMember, version: EtcdVersion): 'Done' | 'Begun' | 'Old' {
  const { facts, answer } = member.seen
  const id = changeId({ member, version })
  if (facts.at_work.some((unit) => unit.includes(id))) return 'Begun'
  const isThere = [facts.disk, facts.runs, answer.status?.version].every((each) => each !== undefined && compareEtcd(each, version) >= 0)
  if (isThere) return 'Done'
  const isNew = [facts.disk, facts.runs].some((each) => each !== undefined && compareEtcd(each, version) >= 0)
  return isNew || facts.step.some((outcome) => outcome.id === id) ? 'Begun' : 'Old'
}

function changeOf(member: EtcdMember, cluster: EtcdCluster, wish: EtcdWish, version: EtcdVersion): EtcdAction {
  const binaries = wish.binaries?.find((set) => isSame(set.version, version))
  const others = cluster.members.filter(({ id }) => id !== member.id)
  const before = versionBefore(member.seen.facts, version)
  const isNewMinor = before === undefined || before[1] < version[1]
  const isLast = isNewMinor && others.every((other) => (runs(other)?.[1] ?? version[1]) >= version[1])
  const change = { member, version, isLast, ...(binaries === undefined ? {} : { binaries }) }
  return { kind: 'Change', change, attempt: nextAttempt(change) }
}

/** All must be well before one is taken; the one in the middle of its change is expected not to be. */
function othersProblems(cluster: EtcdCluster, begun: EtcdMember | undefined): readonly string[] {
  if (begun === undefined) return judgeCluster(cluster)
  const own = judgeMember(begun, cluster)
  return judgeCluster(cluster).filter((problem) => !own.includes(problem))
}

function hopProblems({ members, size }: EtcdCluster, from: EtcdVersion, version: EtcdVersion): readonly string[] {
  const hasLogins = members.some(({ seen }) => seen.answer.authentication === true)
  return [
    ...(tolerated(size) < 1
      ? [`${size === 1 ? 'one member' : `${size} members`} cannot spare one: add members until there are three`]
      : []),
    ...(hasLogins && from[1] < 5 && version[1] === 5
      ? [
          'logins are switched on (etcdctl auth enable), with which members of 3.4 and 3.5 do not work together: etcdctl auth disable, upgrade, and switch them on again',
        ]
      : []),
    ...members.flatMap((member) => settingProblems(member, from, version)),
  ]
}

function hostProblems({ members }: EtcdCluster, { binaries }: EtcdWish, version: EtcdVersion): readonly string[] {
  return members.flatMap((member) => {
    const { facts } = member.seen
    const free = facts.free_kib ?? leastFreeKib
    const where = isInContainer(member) ? 'in /var/lib' : `beside ${facts.binary}`
    const room =
      free < leastFreeKib ? [`${member.host} has ${sizeText(free)} free ${where}: make room, at least ${sizeText(leastFreeKib)}`] : []
    if (isInContainer(member)) return [...room, ...imageProblems(member, version), ...binariesProblem(member, binaries)]
    return [...room, ...(binaries === undefined ? packageProblem(member, version) : ownerProblem(member))]
  })
}

function packageProblem(member: EtcdMember, version: EtcdVersion): readonly string[] {
  const { facts } = member.seen
  if (facts.package === undefined || facts.manager === undefined) {
    return [`${facts.binary} on ${member.host} comes from no package of apt: name a folder with binaries (--binaries)`]
  }
  return packagedAs(member, version) === undefined
    ? [`${member.host} cannot have ${etcdText(version)}: its repositories do not have it`]
    : []
}

function ownerProblem({ host, seen: { facts } }: EtcdMember): readonly string[] {
  if (facts.package === undefined) return []
  return [`${facts.binary} on ${host} belongs to the package ${facts.package}, whose manager would put it back: leave --binaries out`]
}

/** One that is of no use to any member is a mistake. */
function binariesProblem({ host, seen }: EtcdMember, binaries: EtcdWish['binaries']): readonly string[] {
  return binaries === undefined ? [] : [`etcd on ${host} comes from the image ${seen.facts.image}: leave --binaries out`]
}

function backupSource(cluster: EtcdCluster): EtcdMember {
  const [first] = [...cluster.members].sort(leaderLast)
  if (first === undefined) throw new RangeError('a cluster without members has been judged well')
  return first
}

/** Who is at the new version first: then it does not have to hand over again. */
function successor(cluster: EtcdCluster, leader: EtcdMember, done: readonly EtcdMember[]): EtcdMember {
  const found = done.find(({ id }) => id !== leader.id) ?? cluster.members.find(({ id }) => id !== leader.id)
  if (found === undefined) throw new RangeError('a cluster that can spare a member has another')
  return found
}

export function isLeader({ id, seen }: EtcdMember): boolean {
  return seen.answer.status?.leader === id
}

function isAtWork({ seen }: EtcdMember): boolean {
  return seen.facts.at_work.length > 0
}

function leaderLast(a: EtcdMember, b: EtcdMember): number {
  return Number(isLeader(a)) - Number(isLeader(b))
}

/** What a member runs; what lies on its disk while it is down. */
function runs({ seen: { answer, facts } }: EtcdMember): EtcdVersion | undefined {
  return answer.status?.version ?? facts.runs ?? facts.disk
}

function runningVersions(members: readonly EtcdMember[]): readonly EtcdVersion[] {
  return members
    .map(runs)
    .filter((version) => version !== undefined)
    .toSorted(compareEtcd)
}

function isSame(a: EtcdVersion | undefined, b: EtcdVersion | undefined): boolean {
  return a === undefined || b === undefined ? a === b : compareEtcd(a, b) === 0
}

function refused(problems: readonly string[]): EtcdAction {
  return { kind: 'Refused', problems }
}
