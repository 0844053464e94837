/** The stage of a version that is not released yet, lowest first. */
type Stage = 'alpha' | 'beta' | 'rc'

/** `alpha.2`, `rc.0`, `rc1`; `commits` counts those since the tag in a version built from source (`alpha.2.123`). */
export interface PreRelease {
  readonly stage: Stage
  readonly number: number
  readonly commits: number
}

/** What a distribution appends: `k3s1`, `rke2r3`, `gke.100`, `eks-5e0fdde`. */
export interface VendorBuild {
  /** `k3s`, `rke2`, `gke`, `eks`, `aliyun` ...; `build` when the suffix names nobody (a commit, `dirty`). */
  readonly name: string
  /** The vendor's own release number; absent when the suffix carries none, e.g. a commit hash. */
  readonly counter?: number
  /** The suffix as written. */
  readonly suffix: string
}

/** A version of Kubernetes as any distribution writes it. */
export interface KubernetesVersion {
  /** As its vendor writes it, with a leading `v`: `v1.24.6+k3s1`, also when it was read from `1.24.6-k3s1`. */
  readonly text: string
  readonly major: number
  readonly minor: number
  readonly patch: number
  /** Absent for a release. */
  readonly preRelease?: PreRelease
  /** Absent for an upstream build. */
  readonly vendor?: VendorBuild
}

/** Which of two comes first: -1 the first, 1 the second, 0 neither. */
export type Order = -1 | 0 | 1

const pattern =
  /^v?(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-(alpha|beta|rc)\.?(\d{1,9})(?:\.(\d{1,9}))?(?=[-+]|$))?(?:([-+])([0-9A-Za-z][0-9A-Za-z._+-]*))?$/

/** A Git tag or label is shorter by far; a limit keeps hostile input cheap. */
const longestVersion = 256

/**
 * Reads a version of upstream Kubernetes, k3s, RKE2 or a cloud's distribution; the `v` may be missing and `+` may have become `-`
 * as in image tags and labels. Undefined for everything else, `v1.24` and numbers with leading zeros included.
 * Source: Kubernetes version-skew policy; release naming of k3s and RKE2.
 */
export function parseVersion(text: string): KubernetesVersion | undefined {
  const match = text.length > longestVersion ? null : pattern.exec(text)
  if (match === null) return undefined
  const [, major, minor, patch, stage, number, commits, separator, suffix] = match
  const vendor = suffix === undefined ? undefined : vendorBuild(suffix)
  const pre = stage === undefined ? '' : text.slice(text.indexOf('-'), suffix === undefined ? undefined : -(suffix.length + 1))
  return {
    text: `v${major}.${minor}.${patch}${pre}${vendor === undefined ? '' : `${writtenWithPlus(vendor) ? '+' : separator}${suffix}`}`,
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    ...(stage === undefined ? {} : { preRelease: { stage: stage as Stage, number: Number(number), commits: Number(commits ?? 0) } }),
    ...(vendor === undefined ? {} : { vendor }),
  }
}

/** k3s and RKE2 always write `+`; for the others the separator that was read is the best knowledge there is. */
function writtenWithPlus(vendor: VendorBuild): boolean {
  return vendor.name === 'k3s' || vendor.name === 'rke2'
}

function vendorBuild(suffix: string): VendorBuild {
  const rancher = /^(?:k3s|rke2r)(\d{1,9})$/.exec(suffix)
  if (rancher !== null) return { name: suffix.startsWith('k3s') ? 'k3s' : 'rke2', counter: Number(rancher[1]), suffix }
  const counted = /^([a-z][a-z0-9]*)\.(\d{1,9})$/.exec(suffix)
  if (counted?.[1] !== undefined) return { name: counted[1], counter: Number(counted[2]), suffix }
  const named = /^(k3s|rke2|[a-z]+(?=[-.]))/.exec(suffix)
  return { name: named?.[1] ?? 'build', suffix }
}

/**
 * The order of two versions: numbers, then alpha < beta < rc < release, then the vendor's counter as a number.
 * Undefined when only the vendor part differs and no common counter tells the order: counters of two vendors, or two commits.
 * Not SemVer: there `+k3s1` equals `+k3s2`, and `-gke.100` comes before the release it was made from.
 */
export function compareVersions(a: KubernetesVersion, b: KubernetesVersion): Order | undefined {
  const upstream = compareUpstream(a, b)
  if (upstream !== 0 || a.vendor?.suffix === b.vendor?.suffix) return upstream
  if (a.vendor?.name !== b.vendor?.name || a.vendor?.counter === undefined || b.vendor?.counter === undefined) return undefined
  return order(a.vendor.counter, b.vendor.counter)
}

/** The order of the upstream versions inside two versions, whoever built them. */
export function compareUpstream(a: KubernetesVersion, b: KubernetesVersion): Order {
  return order(a.major, b.major) || order(a.minor, b.minor) || order(a.patch, b.patch) || comparePreRelease(a.preRelease, b.preRelease)
}

/** The order of `major.minor`, which is all that the skew policy looks at. */
export function compareMinor(a: KubernetesVersion, b: KubernetesVersion): Order {
  return order(a.major, b.major) || order(a.minor, b.minor)
}

/** True when both name the same build of the same vendor, `+` or `-`, with or without `v`. */
export function sameRelease(a: KubernetesVersion, b: KubernetesVersion): boolean {
  return compareVersions(a, b) === 0
}

/** The version as labels, image tags and `status.latestVersion` carry it: every `+` becomes `-`. */
export function mungeVersion(version: string): string {
  return version.replaceAll('+', '-')
}

const stages: readonly Stage[] = ['alpha', 'beta', 'rc']

function comparePreRelease(a: PreRelease | undefined, b: PreRelease | undefined): Order {
  if (a === undefined || b === undefined) return order(a === undefined ? 1 : 0, b === undefined ? 1 : 0)
  return order(stages.indexOf(a.stage), stages.indexOf(b.stage)) || order(a.number, b.number) || order(a.commits, b.commits)
}

function order(a: number, b: number): Order {
  if (a === b) return 0
  return a < b ? -1 : 1
}
