import { type Distribution, versionOfDistribution } from '../twin/machine/distribution.ts'
import { bad, distributionOf, kubernetesVersionOf, nodeCountOf, seedOf, speedOf, wholeNumber } from './flag-values.ts'

/** Flags of `falkirk sandbox` as the command line gives them. */
export interface SandboxFlags {
  readonly kubeconfig?: string
  readonly join?: string
  readonly nodes?: string
  readonly pods?: string
  readonly distribution?: string
  readonly version?: string
  readonly scenario?: string
  readonly load?: string
  readonly speed?: string
  readonly seed?: string
  readonly port?: string
}

/** What is wanted of a sandbox. */
export interface SandboxSettings {
  readonly kubeconfig: string
  readonly cluster: ClusterWish
  readonly speed: number
  readonly seed: number
  /** 0: a free one. */
  readonly port: number
}

/** Where its cluster comes from. */
export type ClusterWish =
  | { readonly kind: 'Small'; readonly distribution: Distribution; readonly version: string }
  | {
      readonly kind: 'Generated'
      readonly nodes: number
      readonly pods?: number
      readonly distribution: Distribution
      readonly version: string
    }
  | { readonly kind: 'Loaded'; readonly file: string; readonly version: string | undefined }
  | { readonly kind: 'Scenario'; readonly name: string }

/** Of the API server when nobody asks for another. */
const defaultVersion = '1.33.5'

/** Reads the flags. Throws FK_BAD_SETTING with one sentence that names the flag. */
export function sandboxSettings(flags: SandboxFlags): SandboxSettings {
  const { kubeconfig, speed = '1', seed = '1', port = '0' } = flags
  if (kubeconfig === undefined) {
    throw bad('--kubeconfig is missing: name the file that a kubeconfig is to be put into (or, with --join, a cluster that is there)')
  }
  return {
    kubeconfig,
    cluster: clusterWish(flags),
    speed: speedOf(speed),
    seed: seedOf(seed),
    port: wholeNumber('--port', port, { least: 0, most: 65_535 }),
  }
}

function clusterWish(flags: SandboxFlags): ClusterWish {
  const { nodes, pods, scenario, load } = flags
  if (scenario !== undefined) {
    forbid(flags, '--scenario', ['load', 'nodes', 'pods', 'distribution', 'version'])
    return { kind: 'Scenario', name: scenario }
  }
  if (load !== undefined) {
    forbid(flags, '--load', ['nodes', 'pods', 'distribution'])
    return { kind: 'Loaded', file: load, version: flags.version === undefined ? undefined : versionOf(flags.version, 'kubeadm') }
  }
  const distribution = distributionOf(flags.distribution ?? 'k3s')
  const version = versionOf(flags.version ?? defaultVersion, distribution)
  if (nodes === undefined && pods === undefined) return { kind: 'Small', distribution, version }
  return {
    kind: 'Generated',
    nodes: nodeCountOf(nodes ?? '9'),
    ...(pods === undefined ? {} : { pods: wholeNumber('--pods', pods, { least: 0, most: 1_000_000 }) }),
    distribution,
    version,
  }
}

function forbid(flags: SandboxFlags, flag: string, others: readonly (keyof SandboxFlags)[]): void {
  const other = others.find((name) => flags[name] !== undefined)
  if (other !== undefined) throw bad(`${flag} brings a cluster along, so --${other} has nothing to say: leave one of them out`)
}

/** `1.30` and `v1.30.4` get what their distribution writes behind them. */
function versionOf(text: string, distribution: Distribution): string {
  return versionOfDistribution(kubernetesVersionOf(text).text, distribution)
}
