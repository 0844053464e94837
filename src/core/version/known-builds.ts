import type { ReleaseLine } from './distribution.ts'
import { compareEtcd, type EtcdRange, type EtcdVersion } from './etcd-version.ts'
import { compareVersions, type KubernetesVersion } from './kubernetes-version.ts'
import type { Build, Releases } from './releases.ts'

/** Releases of one minor of Kubernetes 1, newest first, without pre-releases. Empty when none is known. */
export function knownBuilds(releases: Releases, line: ReleaseLine, minor: number): readonly Build[] {
  return (releases.minors.get(minor)?.builds[line] ?? []).filter(({ version }) => version.preRelease === undefined)
}

/**
 * What is known of a version: when it came out, and of its etcd what its own entry and the releases around it in the same minor allow to
 * say, as a line never lowers etcd within a minor.
 */
export function describeBuild(releases: Releases, line: ReleaseLine, version: KubernetesVersion): Build {
  const builds = releases.minors.get(version.minor)?.builds[line] ?? []
  const notNewer = builds.filter((build) => isAtMost(build.version, version))
  const notOlder = builds.filter((build) => isAtMost(version, build.version))
  const released = notNewer.find((build) => compareVersions(build.version, version) === 0)?.released
  const etcd = etcdRange(
    notNewer.flatMap(({ etcd }) => (etcd?.atLeast === undefined ? [] : [etcd.atLeast])),
    notOlder.flatMap(({ etcd }) => (etcd?.atMost === undefined ? [] : [etcd.atMost])),
  )
  return { version, ...(released === undefined ? {} : { released }), ...(etcd === undefined ? {} : { etcd }) }
}

function isAtMost(a: KubernetesVersion, b: KubernetesVersion): boolean {
  const order = compareVersions(a, b)
  return order === -1 || order === 0
}

function etcdRange(lowest: readonly EtcdVersion[], highest: readonly EtcdVersion[]): EtcdRange | undefined {
  const atLeast = lowest.toSorted(compareEtcd).at(-1)
  const atMost = highest.toSorted(compareEtcd)[0]
  if (atLeast === undefined && atMost === undefined) return undefined
  return { ...(atLeast === undefined ? {} : { atLeast }), ...(atMost === undefined ? {} : { atMost }) }
}

/** The newest minor of Kubernetes 1 of which the line has a release; undefined when it has none. */
export function newestMinor(releases: Releases, line: ReleaseLine): number | undefined {
  const minors = [...releases.minors.values()].filter(({ builds }) => builds[line].length > 0).map(({ minor }) => minor)
  return minors.length === 0 ? undefined : Math.max(...minors)
}
