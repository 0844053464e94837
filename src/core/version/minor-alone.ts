import type { ReleaseLine } from './distribution.ts'
import { knownBuilds } from './known-builds.ts'
import type { KubernetesVersion } from './kubernetes-version.ts'
import type { Releases } from './releases.ts'

/** A minor of Kubernetes 1 without a patch. */
export interface MinorAlone {
  readonly minor: number
  /** Its newest release that is known; undefined when none is. */
  readonly newest: KubernetesVersion | undefined
}

/** Reads a minor alone, such as `v1.34`; undefined for anything else. Pre-releases do not count. */
export function minorAlone(text: string, releases: Releases, line: ReleaseLine): MinorAlone | undefined {
  const digits = /^v?1\.(\d{1,3})$/.exec(text)?.[1]
  if (digits === undefined) return undefined
  const minor = Number(digits)
  return { minor, newest: knownBuilds(releases, line, minor)[0]?.version }
}
