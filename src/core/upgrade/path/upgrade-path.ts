import type { Distribution } from '../../version/distribution.ts'
import type { EtcdVersion } from '../../version/etcd-version.ts'
import type { KubernetesVersion } from '../../version/kubernetes-version.ts'
import type { Releases } from '../../version/releases.ts'

/**
 * A risk that people take by its name. `UnsupportedSkew`: nodes lag further behind than the version-skew policy allows, and move once, at the
 * end. `PreRelease`: the target may be an alpha, a beta or a release candidate.
 */
export const pathRisks = ['UnsupportedSkew', 'PreRelease'] as const
export type PathRisk = (typeof pathRisks)[number]

/** `Lazy`: nodes skip hops as far as the rules of skew allow. `EveryHop`: they follow each minor. */
export type WorkerPace = 'Lazy' | 'EveryHop'

/** What runs now. Versions may stand there more than once; half-way clusters have several. */
export interface ClusterVersions {
  /** Of each API server; at least one. */
  readonly controlPlane: readonly KubernetesVersion[]
  /** Of each kubelet that is not on a control-plane node; as old as the oldest API server when left out, empty for none. */
  readonly nodes?: readonly KubernetesVersion[]
}

/** Versions that people want a control plane to stop at. */
export interface NamedStops {
  readonly versions: readonly KubernetesVersion[]
  /** What is done where a minor is not named: its last patch is taken, or the path is refused as it would skip the minor. */
  readonly between: 'LastPatch' | 'Nothing'
}

export interface PathRequest {
  readonly from: ClusterVersions
  readonly to: KubernetesVersion
  /** By the version of the control plane when left out. */
  readonly distribution?: Distribution
  readonly workers: WorkerPace
  readonly releases: Releases
  /** How whoever asks brings newer release data: a clause; `with --releases FILE` when left out. */
  readonly bringReleases?: string
  readonly stops?: NamedStops
  readonly acceptedRisks?: readonly PathRisk[]
  /** Of k3s and RKE2: `Other` for SQLite and external databases. `Etcd` when left out. */
  readonly datastore?: 'Etcd' | 'Other'
  /** The lowest version that a member of etcd runs, where it was looked at; by the version of Kubernetes when left out. */
  readonly etcd?: EtcdVersion
}

/** Why there is no path. */
export type PathRefusal =
  | 'Downgrade'
  | 'SkippedMinor'
  | 'UnknownVersion'
  | 'BeyondReleaseData'
  | 'PreRelease'
  | 'OtherDistribution'
  | 'UnsupportedDistribution'

/** No path: one sentence with the rule and what to do, and where the rule stands. */
export interface RefusedPath {
  readonly kind: 'Refused'
  readonly reason: PathRefusal
  readonly message: string
  readonly source: string
}

export type PathResult = { readonly kind: 'Path'; readonly path: UpgradePath } | RefusedPath

/**
 * Something that has to be true before a part of a hop. `Check`: versions alone do not tell whether it is. `Required`: it is not, by all that
 * is known. `MetByPath`: an earlier stop of this path sees to it.
 */
export interface WayPoint {
  readonly id: string
  readonly when: 'BeforeControlPlane' | 'BeforeNodes'
  readonly state: 'Check' | 'Required' | 'MetByPath'
  /** What has to be true. */
  readonly needs: string
  /** What happens otherwise. */
  readonly reason: string
  /** A page that says so. */
  readonly source: string
}

/** A change that a hop brings, in a few words. */
export interface HopNote {
  readonly text: string
  readonly link: string
}

/** Why nodes move at a hop, or why they need not. */
export type NodesCause = 'Target' | 'EveryHop' | 'NextHop' | 'KubeadmRule' | 'TooOld' | 'MayLag' | 'NotBehind' | 'NoNodes'

/** What nodes do after the control plane of a hop. */
export interface HopNodes {
  readonly required: boolean
  /** One sentence. */
  readonly reason: string
  readonly cause: NodesCause
  /** Versions whose nodes move now, oldest first; empty when none does. */
  readonly from: readonly string[]
  /** What they move to. */
  readonly to?: string
}

/** One version that the control plane stops at: first every API server, then the nodes that have to follow. */
export interface Hop {
  readonly version: string
  /** From the oldest API server; both are the same when only nodes have something to do. */
  readonly controlPlane: { readonly from: string; readonly to: string }
  readonly nodes: HopNodes
  readonly wayPoints: readonly WayPoint[]
  readonly notes: readonly HopNote[]
  /** Rules of skew that are broken at this hop, by an accepted risk or already; one sentence each. */
  readonly risks: readonly string[]
}

/** The way of a cluster from what it runs to a version. This shape is printed as JSON and stays: fields are added, never renamed. */
export interface UpgradePath {
  /** The oldest API server. */
  readonly from: string
  readonly to: string
  readonly distribution: Distribution
  readonly workers: WorkerPace
  /** Review date of the release data. */
  readonly reviewed: string
  /** How often the nodes that move most often move. */
  readonly nodeMoves: number
  readonly hops: readonly Hop[]
}
