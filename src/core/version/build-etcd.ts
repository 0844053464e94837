import { compareEtcd, type EtcdRange, type EtcdVersion } from './etcd-version.ts'
import { compareVersions, type KubernetesVersion } from './kubernetes-version.ts'

/** One release of a line: its version, the day it came out (`2026-02-03`), what is known of the etcd that it brings. */
export interface Build {
  readonly version: KubernetesVersion
  readonly released?: string
  readonly etcd?: EtcdRange
}

/** A build of which is also known what those around it in the same minor tell of its etcd: a line never lowers etcd within a minor. */
export function withNeighbouringEtcd(build: Build, builds: readonly Build[]): Build {
  const lowest = [build, ...builds.filter(({ version }) => compareVersions(version, build.version) === -1)]
  const highest = [build, ...builds.filter(({ version }) => compareVersions(build.version, version) === -1)]
  const atLeast = lowest.flatMap(({ etcd }) => (etcd?.atLeast === undefined ? [] : [etcd.atLeast])).toSorted(compareEtcd)
  const atMost = highest.flatMap(({ etcd }) => (etcd?.atMost === undefined ? [] : [etcd.atMost])).toSorted(compareEtcd)
  const etcd = rangeOf(atLeast.at(-1), atMost[0])
  return etcd === undefined ? build : { ...build, etcd }
}

function rangeOf(atLeast: EtcdVersion | undefined, atMost: EtcdVersion | undefined): EtcdRange | undefined {
  if (atLeast === undefined && atMost === undefined) return undefined
  return { ...(atLeast === undefined ? {} : { atLeast }), ...(atMost === undefined ? {} : { atMost }) }
}
