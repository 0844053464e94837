import type { EtcdVersion } from '../version/etcd-version.ts'
import { type EtcdCluster, tolerated } from './cluster.ts'
import { judgeMember, logOf } from './judge-cluster.ts'

/** What one process knows of an upgrade beside what the hosts show; all of it may be lost with it. */
export interface EtcdCourse {
  /** A member was touched, or its leadership was. */
  readonly hasActed: boolean
  /** How often leaders were told to hand over since the last snapshot. */
  readonly moves: number
  /** Since when it waits without a pause: epoch milliseconds. */
  readonly waitsSinceMs?: number
}

/** A member that has been restarted is waited for so long, ms: a follower may have to be sent the whole database. */
const mostWaitMs = 300_000
/** A leader that stays where it is after so many words is looked at by a person. */
const mostMoves = 3
/** From this minor of 3 on members are read from the new store alone. Source: etcd's upgrade guide to 3.6; version-rules 4. */
const newStoreMinor = 6

/** How a run ends that cannot go on: what was touched stays as the sentences say. */
export function stopKind({ hasActed }: EtcdCourse): 'Refused' | 'Stopped' {
  return hasActed ? 'Stopped' : 'Refused'
}

/** Why it is waited no longer, a sentence each; undefined: it is waited on. */
export function endOfWait(problems: readonly string[], { waitsSinceMs = Number.POSITIVE_INFINITY }: EtcdCourse, nowMs: number) {
  if (nowMs - waitsSinceMs <= mostWaitMs) return undefined
  return problems.map((problem) => `${problem} (waited ${mostWaitMs / 60_000} min for it)`)
}

/** Why this member is not told once more to hand over; undefined: it is. */
export function moveProblem(host: string, { moves }: EtcdCourse): string | undefined {
  if (moves < mostMoves) return undefined
  return `${host} leads again after it has handed over ${mostMoves} times: look at its clock and network`
}

/** Whether stores that list other members than the cluster keep it from that version. */
export function storesStopHop(stores: readonly string[], to: EtcdVersion): boolean {
  return stores.length > 0 && to[1] >= newStoreMinor
}

/** How many members serve, what that means, and what is to be done; for people, after a member was not upgraded. */
export function quorumSentence(cluster: EtcdCluster): string {
  const well = cluster.members.filter((member) => judgeMember(member, cluster).length === 0)
  const away = cluster.size - well.length
  const counts = `${well.length} of ${cluster.size} members serve`
  if (away === 0) return `${counts}: nothing is lost; mend what is said above, and run the same command again`
  if (away > tolerated(cluster.size)) return `${counts}, which is no quorum: etcd takes no writes until one more is up`
  const first = cluster.members.find((member) => !well.includes(member))
  const log = first === undefined ? 'journalctl -u etcd' : logOf(first.seen.facts)
  return `${counts}, which is a quorum: etcd goes on; bring ${first?.host ?? 'the other'} up (${log}), and run the same command again`
}
