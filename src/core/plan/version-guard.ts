import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { isVirtual } from '../kubernetes/virtual-node.ts'
import { compareMinor, compareUpstream, compareVersions, type KubernetesVersion, parseVersion } from '../version/kubernetes-version.ts'
import { controlPlaneHop, kubeletSkew, minorsBetween } from '../version/version-skew.ts'
import { isControlPlane } from './node-selection.ts'
import type { Allowance } from './plan-options.ts'

/** Whether a Plan may change one node now. `message` is one sentence with the evidence and the fix. */
export type VersionVerdict =
  | { readonly verdict: 'Go' }
  | {
      readonly verdict: 'Blocked'
      readonly reason: 'Downgrade' | 'SkippedMinor' | 'KubeletAboveApiServer' | 'SkewTooWide'
      readonly message: string
    }

export interface VersionGuardInput {
  readonly target: KubernetesVersion
  readonly node: NodeFacts
  /** Whether `node` runs an API server, which then changes together with its kubelet. */
  readonly controlPlane: boolean
  /** Every node of the cluster, `node` included or not. */
  readonly nodes: readonly NodeFacts[]
  /** `gitVersion` of the API server that answered; of several servers it may be any. */
  readonly apiServer: string
  readonly allow: ReadonlySet<Allowance>
}

/** A node and the version it runs, read. */
interface Running {
  readonly name: string
  readonly version: KubernetesVersion
}

const go: VersionVerdict = { verdict: 'Go' }
const kubernetesImage = /(?:^|[-_.])(?:k3s|rke2|kubeadm|kubelet|kubernetes|k8s)/

/**
 * The version of Kubernetes that a Plan brings, undefined for a Plan about something else (an OS package, a tool).
 * It is Kubernetes when the version carries a k3s or RKE2 release number, or is any Kubernetes version and the repository of the
 * upgrade image is named after Kubernetes, e.g. `k3s-upgrade`, `kubeadm`. A major of 0 is never Kubernetes: k3OS wrote `v0.21.5-k3s2r1`.
 */
export function kubernetesTarget(plan: { readonly image: string; readonly latestVersion: string }): KubernetesVersion | undefined {
  const version = parseVersion(plan.latestVersion)
  if (version === undefined || version.major === 0) return undefined
  const { vendor } = version
  const own = (vendor?.name === 'k3s' || vendor?.name === 'rke2') && vendor.counter !== undefined
  return own || kubernetesImage.test(repositoryName(plan.image)) ? version : undefined
}

/** The last part of an image's repository: neither registry (`registry.k8s.io`), nor tag, nor digest. */
function repositoryName(image: string): string {
  const path = image.split('@')[0] ?? ''
  return path.slice(path.lastIndexOf('/') + 1).split(':')[0] ?? ''
}

/**
 * Judges whether a node may be brought to a version now: nothing is lowered, a control plane moves one minor at a time, and no pair of
 * API server and kubelet leaves the version-skew policy through this change. What is beyond the policy already does not block a change
 * that makes it no worse. A node whose version is unknown is judged by the others. Source: Kubernetes version-skew policy.
 */
export function judgeVersion(input: VersionGuardInput): VersionVerdict {
  const { target, node, allow } = input
  const current = parseVersion(node.kubeletVersion)
  if (current !== undefined && compareVersions(target, current) === -1 && !allow.has('downgrade')) {
    return blocked(
      'Downgrade',
      `${node.name} runs ${current.text} and ${target.text} is lower`,
      'set a version that is not lower',
      'downgrade',
    )
  }
  return input.controlPlane ? judgeControlPlane(input, current) : judgeWorker(input, current)
}

function judgeControlPlane(input: VersionGuardInput, current: KubernetesVersion | undefined): VersionVerdict {
  const { target, node, allow } = input
  if (current !== undefined && !allow.has('skip')) {
    const hop = controlPlaneHop(current, target)
    if (hop.verdict === 'Refused' && hop.reason === 'SkippedMinor') {
      const step = `go to the last v${current.major}.${current.minor + 1} first, one minor version at a time`
      return blocked(
        'SkippedMinor',
        `${node.name} runs ${current.text} and ${target.text} would skip a minor version of its control plane`,
        step,
        'skip',
      )
    }
  }
  // a patch changes no skew
  if (allow.has('skew') || (current !== undefined && compareMinor(target, current) === 0)) return go
  const others = running(input.nodes.filter((other) => other.name !== node.name))
  return apiServersApart(input, others, current) ?? kubeletsLeftBehind(input, others, current) ?? go
}

/** API servers of one cluster may be one minor apart at most; those that are further apart may come closer. */
function apiServersApart(
  { target, node, nodes }: VersionGuardInput,
  others: readonly Running[],
  current: KubernetesVersion | undefined,
): VersionVerdict | undefined {
  const servers = new Set(nodes.filter(isControlPlane).map((n) => n.name))
  const apart = others.filter(({ name, version }) => {
    const after = Math.abs(minorsBetween(version, target))
    return servers.has(name) && after > 1 && (current === undefined || after > Math.abs(minorsBetween(version, current)))
  })
  const worst = oldest(apart)
  if (worst === undefined) return undefined
  const many = apart.length === 1 ? 'a control-plane node is' : `${apart.length} control-plane nodes are`
  const evidence = `with ${node.name} at ${target.text}, ${many} more than one minor version away, worst ${named(worst)}`
  return blocked('SkewTooWide', evidence, 'bring the control-plane nodes together first', 'skew')
}

/** Every kubelet must stay within the policy of the API server that is about to change. */
function kubeletsLeftBehind(
  { target, node }: VersionGuardInput,
  others: readonly Running[],
  current: KubernetesVersion | undefined,
): VersionVerdict | undefined {
  const lowers = current !== undefined && compareMinor(target, current) === -1
  const worse = lowers ? 'NewerThanApiServer' : 'TooOld'
  const beyond = others.filter(({ version }) => {
    const skew = kubeletSkew(version, target)
    return skew.verdict === 'Beyond' && skew.reason === worse
  })
  const worst = lowers ? newest(beyond) : oldest(beyond)
  if (worst === undefined) return undefined
  const kubelets = beyond.length === 1 ? 'a kubelet' : `${beyond.length} kubelets`
  const evidence = `${node.name} at ${target.text} would leave ${kubelets} beyond the version-skew policy, worst ${named(worst)}`
  return blocked('SkewTooWide', evidence, `${lowers ? 'lower' : 'upgrade or remove'} ${beyond.length === 1 ? 'it' : 'them'} first`, 'skew')
}

function judgeWorker(input: VersionGuardInput, current: KubernetesVersion | undefined): VersionVerdict {
  const { target, node, allow } = input
  if (allow.has('skew')) return go
  const servers = apiServers(input)
  const below = oldest(servers.filter((server) => compareMinor(target, server.version) === 1))
  if (below !== undefined) {
    const evidence = `${node.name} would get kubelet ${target.text}, newer than ${named(below)}`
    return blocked('KubeletAboveApiServer', evidence, 'upgrade the servers first', 'skew')
  }
  if (current === undefined || compareMinor(target, current) !== -1) return go
  const above = newest(servers.filter((server) => kubeletSkew(target, server.version).verdict === 'Beyond'))
  if (above === undefined) return go
  const evidence = `${node.name} would get kubelet ${target.text}, too old for ${named(above)}`
  return blocked('SkewTooWide', evidence, 'set a version within the version-skew policy', 'skew')
}

/** The API server that answered, and every control-plane node by its kubelet, which changes together with its server. */
function apiServers({ nodes, apiServer }: VersionGuardInput): readonly Running[] {
  const answered = parseVersion(apiServer)
  const servers = running(nodes.filter(isControlPlane))
  return answered === undefined ? servers : [{ name: 'the API server', version: answered }, ...servers]
}

/** A virtual kubelet reports the version of a library, and no skew policy holds for it. */
function running(nodes: readonly NodeFacts[]): readonly Running[] {
  return nodes.flatMap((node) => {
    const version = isVirtual(node) ? undefined : parseVersion(node.kubeletVersion)
    return version === undefined ? [] : [{ name: node.name, version }]
  })
}

function oldest(candidates: readonly Running[]): Running | undefined {
  return candidates.reduce<Running | undefined>(
    (a, b) => (a === undefined || compareUpstream(b.version, a.version) === -1 ? b : a),
    undefined,
  )
}

function newest(candidates: readonly Running[]): Running | undefined {
  return candidates.reduce<Running | undefined>(
    (a, b) => (a === undefined || compareUpstream(b.version, a.version) === 1 ? b : a),
    undefined,
  )
}

function named({ name, version }: Running): string {
  return `${name} (${version.text})`
}

function blocked(
  reason: Exclude<VersionVerdict, { verdict: 'Go' }>['reason'],
  evidence: string,
  fix: string,
  risk: Allowance,
): VersionVerdict {
  return { verdict: 'Blocked', reason, message: `${evidence}; ${fix}, or accept it with the annotation falkirk.dev/allow: ${risk}` }
}

/**
 * Why the answer of a channel is not followed: it is lower than the version in use, as when a channel server forgets its newest releases, or no version
 * at all, as from a login page. Undefined when it is neither, or when the version in use is not Kubernetes. `image` is the upgrade image of the Plan;
 * without it only versions that carry a k3s or RKE2 release number are judged.
 */
export function backwardsChannelAnswer(current: string, answer: string, image = ''): string | undefined {
  const used = kubernetesTarget({ image, latestVersion: current })
  if (used === undefined) return undefined
  const answered = parseVersion(answer)
  if (answered === undefined) return `the channel answered ${answer}, which is no version of Kubernetes; check spec.channel`
  if (compareVersions(answered, used) !== -1) return undefined
  const fix = 'check spec.channel, or accept it with the annotation falkirk.dev/allow: downgrade'
  return `the channel answered ${answered.text}, lower than ${used.text} in use; ${fix}`
}
