import { compareUpstream, compareVersions, type KubernetesVersion } from '../../version/kubernetes-version.ts'

/** True when something has to be changed to run the version: it runs an older one, or another build of the same. */
export function isBelow(running: KubernetesVersion, version: KubernetesVersion): boolean {
  const order = compareVersions(running, version)
  return order === -1 || order === undefined
}

/** What runs after a stop: the stop, unless it ran something newer. */
export function raised(running: KubernetesVersion, stop: KubernetesVersion): KubernetesVersion {
  return isBelow(running, stop) ? stop : running
}

/** Without repetition, oldest first. */
export function distinct(versions: readonly KubernetesVersion[]): readonly KubernetesVersion[] {
  const byText = new Map(versions.map((version) => [version.text, version]))
  return [...byText.values()].toSorted((a, b) => compareVersions(a, b) ?? compareUpstream(a, b))
}
