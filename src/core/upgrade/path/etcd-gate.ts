import type { ReleaseLine } from '../../version/distribution.ts'
import { compareEtcd, type EtcdRange, type EtcdVersion } from '../../version/etcd-version.ts'

/** A minor of etcd that may be entered only from a certain patch of the minor before. */
export interface EtcdGate {
  readonly id: string
  /** First version of the minor. */
  readonly into: EtcdVersion
  /** What every member has to run before; inclusive. */
  readonly least: EtcdVersion
  /** First minor of Kubernetes whose releases of a line may bring it. */
  readonly since: Readonly<Record<ReleaseLine, number>>
  readonly reason: string
  readonly source: string
}

/**
 * Source: etcd, "Avoiding Zombie Cluster Members When Upgrading to etcd v3.6" and the upgrade guide to v3.7; release notes of k3s and RKE2,
 * whose last patches of v1.33 bring etcd 3.6 already.
 */
export const etcdGates: readonly EtcdGate[] = [
  {
    id: 'etcd-3.5.26',
    into: [3, 6, 0],
    least: [3, 5, 26],
    since: { kubernetes: 34, k3s: 33, rke2: 33 },
    reason: 'members that were removed long ago can come back in etcd 3.6 and cost the quorum',
    source: 'https://etcd.io/blog/2025/zombie_members_upgrade/',
  },
  {
    id: 'etcd-3.6.11',
    into: [3, 7, 0],
    least: [3, 6, 11],
    since: { kubernetes: 37, k3s: 36, rke2: 36 },
    reason: 'etcd 3.7 can be entered from 3.6.11 on only, and does not start with an --experimental-* flag',
    source: 'https://etcd.io/docs/v3.7/upgrades/upgrade_3_7/',
  },
]

/** Whether etcd may go from one build's to the next one's. `Open`: no gate lies between. */
export type EtcdStep = { readonly verdict: 'Open' } | { readonly verdict: 'Met' | 'Unmet' | 'Unknown'; readonly gate: EtcdGate }

const open: EtcdStep = { verdict: 'Open' }

/** Where a step of etcd leads, by the line and the minor of Kubernetes that it comes with. */
export interface EtcdTarget {
  readonly line: ReleaseLine
  readonly minor: number
  readonly etcd: EtcdRange | undefined
}

/** Judges the step of etcd that comes with a release; what is not known is said to be `Unknown`, not guessed. */
export function judgeEtcdStep(from: EtcdRange | undefined, to: EtcdTarget): EtcdStep {
  const gate = etcdGates.findLast(
    ({ into, since }) => to.minor >= since[to.line] && !isBelow(to.etcd?.atMost, into) && !isFrom(from?.atLeast, into),
  )
  if (gate === undefined) return open
  if (isFrom(from?.atLeast, gate.least)) return { verdict: 'Met', gate }
  return { verdict: isFrom(to.etcd?.atLeast, gate.into) && isBelow(from?.atMost, gate.least) ? 'Unmet' : 'Unknown', gate }
}

/** True when the second build surely brings a lower etcd than the first one. */
export function lowersEtcd(from: EtcdRange | undefined, to: EtcdRange | undefined): boolean {
  return isBelow(to?.atMost, from?.atLeast ?? [0, 0, 0])
}

function isFrom(version: EtcdVersion | undefined, bound: EtcdVersion): boolean {
  return version !== undefined && compareEtcd(version, bound) >= 0
}

function isBelow(version: EtcdVersion | undefined, bound: EtcdVersion): boolean {
  return version !== undefined && compareEtcd(version, bound) < 0
}
