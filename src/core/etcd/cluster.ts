import type { EtcdHostFacts } from './host-facts.ts'
import type { ListedMember, MemberFacts } from './member-facts.ts'
import type { MemberSettings } from './member-settings.ts'

/** What came of looking at one host of the inventory. */
export type LookedHost =
  | {
      readonly kind: 'Seen'
      readonly host: string
      readonly facts: EtcdHostFacts
      readonly settings: MemberSettings
      readonly answer: MemberFacts
    }
  /** It cannot be reached, or runs no etcd that Falkirk can work on: one sentence. */
  | { readonly kind: 'Silent'; readonly host: string; readonly message: string }

export type SeenHost = Extract<LookedHost, { kind: 'Seen' }>

/** A member with the host that it runs on. */
export interface EtcdMember {
  readonly host: string
  readonly id: string
  readonly name: string
  readonly isLearner: boolean
  readonly seen: SeenHost
}

/** A cluster as its hosts tell of it. */
export interface EtcdCluster {
  /** Absent: no member answers. */
  readonly id?: string
  /** In the order of their hosts. */
  readonly members: readonly EtcdMember[]
  /** Hosts that cannot be worked on, with the reason. */
  readonly silent: readonly { readonly host: string; readonly message: string }[]
  /** How many members the cluster has, with and without a host. */
  readonly size: number
  /** Why the hosts are not one cluster, or not all of it: a sentence each. */
  readonly problems: readonly string[]
}

/** Puts together what each host tells. What does not fit together is a problem, not a guess. */
export function clusterOf(hosts: readonly LookedHost[]): EtcdCluster {
  const seen = hosts.filter((host): host is SeenHost => host.kind === 'Seen')
  const silent = hosts.flatMap((host) => (host.kind === 'Silent' ? [{ host: host.host, message: host.message }] : []))
  const answers = seen.filter(({ answer }) => answer.members !== undefined)
  const listed = answers[0]?.answer.members ?? []
  const members = seen.flatMap((host) => memberOf(host, listed) ?? [])
  const id = seen.find(({ answer }) => answer.status !== undefined)?.answer.status?.clusterId
  return {
    ...(id === undefined ? {} : { id }),
    members,
    silent,
    size: listed.length || hosts.length,
    problems: [
      ...oneCluster(seen),
      ...oneList(answers),
      ...eachHasOne({ seen, listed, members, silent: silent.length }),
      ...twice(seen, members),
    ],
  }
}

/** By what it says itself; where it is down, by the name that it is started with. */
function memberOf(seen: SeenHost, listed: readonly ListedMember[]): EtcdMember | undefined {
  const own = seen.answer.status?.memberId
  const found = listed.find(({ id, name }) => (own === undefined ? name === seen.settings.name : id === own))
  if (found !== undefined)
    return { host: seen.host, id: found.id, name: found.name || seen.settings.name, isLearner: found.isLearner, seen }
  return undefined
}

function oneCluster(seen: readonly SeenHost[]): readonly string[] {
  const known = seen.flatMap(({ host, answer: { status } }) => (status === undefined ? [] : [{ host, id: status.clusterId }]))
  const [first] = known
  return known
    .filter(({ id }) => id !== first?.id)
    .map(({ host, id }) => `${host} is of another cluster (${id}) than ${first?.host} (${first?.id}): correct the inventory`)
}

function oneList(answers: readonly SeenHost[]): readonly string[] {
  const [first] = answers
  const wanted = listText(first)
  return answers
    .filter((each) => listText(each) !== wanted)
    .map(({ host }) => `${host} tells of other members than ${first?.host}: compare etcdctl member list on both, and mend that first`)
}

function listText(seen: SeenHost | undefined): string {
  const members = seen?.answer.members?.map(({ id, name, peerUrls }) => `${id} ${name} ${peerUrls.toSorted().join(' ')}`) ?? []
  return members.toSorted().join('\n')
}

interface Placed {
  readonly seen: readonly SeenHost[]
  readonly listed: readonly ListedMember[]
  readonly members: readonly EtcdMember[]
  readonly silent: number
}

function eachHasOne({ seen, listed, members, silent }: Placed): readonly string[] {
  const placed = new Set(members.map(({ id }) => id))
  const homeless = listed.filter(({ id }) => !placed.has(id))
  const strangers = seen.filter(({ host }) => listed.length > 0 && !members.some((member) => member.host === host))
  return [
    // those of hosts that are away
    ...homeless.slice(silent).map(({ id, name }) => `member ${name || id} has no host in the inventory: add it below etcd.hosts`),
    ...strangers.map(({ host, settings }) => `${host} runs an etcd called ${settings.name}, which is no member of this cluster`),
  ]
}

/** Two names for one machine, or one member twice. */
function twice(seen: readonly SeenHost[], members: readonly EtcdMember[]): readonly string[] {
  const machines = seen.map(({ host, facts }) => ({ host, what: facts.boot, is: 'the same machine as' }))
  const ids = members.map(({ host, id }) => ({ host, what: id, is: 'the same member as' }))
  return [machines, ids].flatMap((all) =>
    all.flatMap(({ host, what, is }, index) => {
      const other = all.findIndex((each) => each.what === what)
      return other === index ? [] : [`${host} is ${is} ${all[other]?.host}: correct the address of one of them in the inventory`]
    }),
  )
}

/** How many members may be away without harm to the rest. Source: raft; more than half have to agree. */
export function tolerated(size: number): number {
  return Math.floor((size - 1) / 2)
}
