import { FalkirkError } from '../../../core/falkirk-error.ts'
import { parseVersion } from '../../../core/version/kubernetes-version.ts'
import { type Distribution, versionOfDistribution } from '../../machine/distribution.ts'
import { clusterCidrFor } from '../../pod-network.ts'

/** Nodes of one kind: what `kubectl get nodes -l pool=NAME` shows. */
export interface PoolWish {
  readonly name: string
  /** Of the workers that are there; all pools get the same unless told. */
  readonly share?: number
  readonly labels?: Readonly<Record<string, string>>
}

/** What a generated cluster shall be; what is left out is as in a common one. */
export interface GenerateOptions {
  /** All nodes, control planes among them: 1 to 20,000. */
  readonly nodes: number
  /** All pods, those of DaemonSets among them. Without it the cluster has its system pods alone. */
  readonly pods?: number
  /** Control planes; 3 of five nodes and more, else 1. */
  readonly masters?: number
  readonly distribution?: Distribution
  /** `v1.32.1`, `v1.32.1+k3s1`; a suffix that is missing is put there. v1.32.1 unless told. */
  readonly version?: string
  /** 1 to 26; 3 unless told. */
  readonly zones?: number
  readonly pools?: readonly PoolWish[]
  readonly seed?: number
  /** The time at which the cluster is as it is, epoch milliseconds; 0 unless told. */
  readonly nowMs?: number
}

/** A `GenerateOptions` in which everything is there and fits. */
export interface ClusterShape {
  readonly nodes: number
  readonly pods: number
  readonly masters: number
  readonly distribution: Distribution
  readonly version: string
  readonly minor: number
  readonly zones: readonly string[]
  readonly pools: readonly Required<PoolWish>[]
  readonly seed: number
  readonly nowMs: number
  /** IPv4 range of all pods, a /24 for each node. */
  readonly clusterCidr: string
}

/** Pods that fit on a node beside what the system needs. Source: Kubernetes, Considerations for large clusters (110 pods a node). */
const podsPerNode = 100

/** Throws `FalkirkError` FK_BAD_SETTING for what no cluster can be. */
export function clusterShape(options: GenerateOptions): ClusterShape {
  const { nodes, distribution = 'k3s', seed = 1, nowMs = 0 } = options
  const version = versionOfDistribution(options.version ?? 'v1.32.1', distribution)
  const minor = parseVersion(version)?.minor
  if (minor === undefined) throw bad(`version is "${version}": write a version of Kubernetes such as v1.32.1`)
  requireWhole('nodes', nodes, 1, 20_000)
  const masters = options.masters ?? (nodes >= 5 ? 3 : 1)
  requireWhole('masters', masters, 1, nodes)
  const zones = options.zones ?? 3
  requireWhole('zones', zones, 1, 26)
  const pods = options.pods ?? 0
  requireWhole('pods', pods, 0, Math.max(1, nodes - masters) * podsPerNode)
  const pools = (options.pools ?? [{ name: 'general' }]).map(({ name, share = 1, labels = {} }) => ({ name, share, labels }))
  const zoneNames = Array.from({ length: zones }, (_, index) => `zone-${String.fromCharCode(97 + index)}`)
  const clusterCidr = clusterCidrFor(nodes)
  return { nodes, pods, masters, distribution, version, minor, zones: zoneNames, pools, seed, nowMs, clusterCidr }
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw bad(`${name} is ${value}: a cluster of this kind has a whole number of them, from ${least} to ${most}`)
}

function bad(message: string): FalkirkError {
  return new FalkirkError('FK_BAD_SETTING', message)
}
