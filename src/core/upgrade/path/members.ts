import type { Build } from '../../version/build-etcd.ts'
import type { Distribution } from '../../version/distribution.ts'
import { compareEtcd, type EtcdRange, type EtcdVersion } from '../../version/etcd-version.ts'
import { isBelow } from './version-set.ts'

/** What the members of a control plane run, without repetition, oldest first; half-way through a hop there are several. */
export type Members = readonly Build[]

/**
 * What they run once those below a stop have been brought to it. kubeadm leaves a member of etcd alone that is newer than its own.
 */
export function afterStop(members: Members, stop: Build, distribution: Distribution): Members {
  const raised = members.map((member) => {
    if (!isBelow(member.version, stop.version)) return member
    const etcd = distribution === 'kubeadm' ? higherRange(member.etcd, stop.etcd) : stop.etcd
    return { ...stop, ...(etcd === undefined ? {} : { etcd }) }
  })
  return raised.filter(({ version }, index) => raised.findIndex((other) => other.version.text === version.text) === index)
}

/** What is known of the lowest etcd among members: gates ask for every one of them. */
export function lowestEtcd(members: Members): EtcdRange | undefined {
  const bounds = members.map(({ etcd }) => etcd)
  const atLeast = bounds.some((etcd) => etcd?.atLeast === undefined) ? undefined : lowest(bounds.map((etcd) => etcd?.atLeast))
  const atMost = lowest(bounds.map((etcd) => etcd?.atMost))
  return rangeOf(atLeast, atMost)
}

function lowest(versions: readonly (EtcdVersion | undefined)[]): EtcdVersion | undefined {
  return versions.filter((version) => version !== undefined).toSorted(compareEtcd)[0]
}

function higherRange(a: EtcdRange | undefined, b: EtcdRange | undefined): EtcdRange | undefined {
  const atMost = a?.atMost === undefined || b?.atMost === undefined ? undefined : higher(a.atMost, b.atMost)
  return rangeOf(higher(a?.atLeast, b?.atLeast), atMost)
}

function higher(a: EtcdVersion | undefined, b: EtcdVersion | undefined): EtcdVersion | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return compareEtcd(a, b) >= 0 ? a : b
}

function rangeOf(atLeast: EtcdVersion | undefined, atMost: EtcdVersion | undefined): EtcdRange | undefined {
  if (atLeast === undefined && atMost === undefined) return undefined
  return { ...(atLeast === undefined ? {} : { atLeast }), ...(atMost === undefined ? {} : { atMost }) }
}
