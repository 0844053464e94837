import { FalkirkError } from '../core/falkirk-error.ts'
import { nearestText } from '../core/nearest-text.ts'
import { parseVersion } from '../core/version/kubernetes-version.ts'

/** Flags of `falkirk sandbox` as the command line gives them. */
export interface SandboxFlags {
  readonly kubeconfig: string
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

const distributions = ['k3s', 'rke2', 'kubeadm'] as const
type Distribution = (typeof distributions)[number]

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
/** Minors of Kubernetes 1 that a twin can be. */
const oldestMinor = 14
const newestMinor = 37

/** Reads the flags. Throws FK_BAD_SETTING with one sentence that names the flag. */
export function sandboxSettings(flags: SandboxFlags): SandboxSettings {
  const { kubeconfig, speed = '1', seed = '1', port = '0' } = flags
  return {
    kubeconfig,
    cluster: clusterWish(flags),
    speed: speedOf(speed),
    seed: wholeNumber('--seed', seed, { least: 0, most: 2 ** 32 - 1 }),
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
    nodes: wholeNumber('--nodes', nodes ?? '9', { least: 1, most: 20_000 }),
    ...(pods === undefined ? {} : { pods: wholeNumber('--pods', pods, { least: 0, most: 1_000_000 }) }),
    distribution,
    version,
  }
}

function forbid(flags: SandboxFlags, flag: string, others: readonly (keyof SandboxFlags)[]): void {
  const other = others.find((name) => flags[name] !== undefined)
  if (other !== undefined) throw bad(`${flag} brings a cluster along, so --${other} has nothing to say: leave one of them out`)
}

function distributionOf(text: string): Distribution {
  const known = distributions.find((one) => one === text)
  if (known !== undefined) return known
  const near = nearestText(text, distributions)
  throw bad(`--distribution is "${text}": write ${distributions.join(', ')}${near === undefined ? '' : `; is it ${near}?`}`)
}

/** `1.30` and `v1.30.4` get what their distribution writes behind them. */
function versionOf(text: string, distribution: Distribution): string {
  const bare = /^v?1\.\d{1,3}$/.test(text) ? `${text}.0` : text
  const version = parseVersion(bare)
  if (version?.major !== 1) throw bad(`--version is "${text}": write a version of Kubernetes such as v1.30.4`)
  if (version.minor < oldestMinor || version.minor > newestMinor) {
    throw bad(`--version is "${text}": a sandbox can be any version from v1.${oldestMinor} to v1.${newestMinor}`)
  }
  if (version.vendor !== undefined || distribution === 'kubeadm') return version.text
  return `${version.text}+${distribution === 'k3s' ? 'k3s1' : 'rke2r1'}`
}

function speedOf(text: string): number {
  const speed = Number(/^(\d+(?:\.\d+)?)x?$/.exec(text)?.[1])
  if (speed >= 0.1 && speed <= 1000) return speed
  throw bad(`--speed is "${text}": write how many times as fast as real time, from 0.1x to 1000x`)
}

function wholeNumber(flag: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw bad(`${flag} is "${text}": write a whole number from ${least} to ${most}`)
}

function bad(message: string): FalkirkError {
  return new FalkirkError('FK_BAD_SETTING', message)
}
