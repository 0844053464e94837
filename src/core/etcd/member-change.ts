import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { compareEtcd, type EtcdVersion, etcdText } from '../version/etcd-version.ts'
import type { EtcdMember } from './cluster.ts'

/** Binaries of one version on this machine: digests of `etcd`, `etcdctl` and `etcdutl`, as far as they are there. */
export interface BinarySet {
  readonly version: EtcdVersion
  readonly sha256: ReadonlyMap<string, string>
}

/** What is done to one member: which version, from where. */
export interface MemberChange {
  readonly member: EtcdMember
  readonly version: EtcdVersion
  /** Absent: by the host's packages, or by its image. */
  readonly binaries?: BinarySet
  /** All others are at the newer minor already: with this one the cluster's version rises. */
  readonly isLast: boolean
}

export const limits = { fetch: 900, install: 900, restart: 600 }
const seconds = { up: 180, steady: 3, lock: 300 }
/** Starts that may end by themselves before the new version is given up. */
const mostStarts = 3

/** Identity of a change: the same for whoever comes after a kill. */
export function changeId({
  member: {
    seen: { settings },
    id,
  },
  version,
}: Pick<MemberChange, 'member' | 'version'>): string {
  const parts = ['etcd', id, settings.name, etcdText(version)]
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts)))).slice(0, 12)
}

/** What a member was before it was given a version: of what runs and what lies there, one may be the new one already, or still, after a kill. */
export function versionBefore({ runs, disk, previous }: EtcdMember['seen']['facts'], version: EtcdVersion): EtcdVersion | undefined {
  return [runs, disk].find((each) => each !== undefined && compareEtcd(each, version) !== 0) ?? previous
}

/** How long and how often steps wait for the member. */
export function waitValues({ isLast, version }: MemberChange): Readonly<Record<string, string>> {
  return {
    version: etcdText(version),
    goes_forward: isLast ? 'yes' : 'no',
    wait_seconds: String(seconds.up),
    steady_seconds: String(seconds.steady),
    lock_seconds: String(seconds.lock),
    most_starts: String(mostStarts),
  }
}
