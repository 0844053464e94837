import { type Build, withNeighbouringEtcd } from './build-etcd.ts'
import type { ReleaseLine } from './distribution.ts'
import { compareVersions, type KubernetesVersion } from './kubernetes-version.ts'
import type { Releases } from './releases.ts'

/** Releases of one minor of Kubernetes 1, newest first, without pre-releases. Empty when none is known. */
export function knownBuilds(releases: Releases, line: ReleaseLine, minor: number): readonly Build[] {
  return (releases.minors.get(minor)?.builds[line] ?? []).filter(({ version }) => version.preRelease === undefined)
}

/** What is known of a version: its own entry, or what the releases around it in the same minor allow to say of its etcd. */
export function describeBuild(releases: Releases, line: ReleaseLine, version: KubernetesVersion): Build {
  const builds = releases.minors.get(version.minor)?.builds[line] ?? []
  const own = builds.find((build) => compareVersions(build.version, version) === 0)
  return own ?? withNeighbouringEtcd({ version }, builds)
}

/** The newest minor of Kubernetes 1 of which the line has a release; undefined when it has none. */
export function newestMinor(releases: Releases, line: ReleaseLine): number | undefined {
  const minors = [...releases.minors.values()].filter(({ builds }) => builds[line].length > 0).map(({ minor }) => minor)
  return minors.length === 0 ? undefined : Math.max(...minors)
}
