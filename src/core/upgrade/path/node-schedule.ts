import { assertNever } from '../../assert-never.ts'
import type { Build } from '../../version/build-etcd.ts'
import type { Distribution } from '../../version/distribution.ts'
import { compareMinor, type KubernetesVersion, sameRelease } from '../../version/kubernetes-version.ts'
import { kubeletSkew, minorsBetween } from '../../version/version-skew.ts'
import type { NodesCause, WorkerPace } from './upgrade-path.ts'
import { distinct, isBelow, raised } from './version-set.ts'

/** What moves at one stop: first the API servers that are below it, then the nodes named here. */
export interface ScheduledStop {
  readonly build: Build
  /** Of the API servers before the stop, without repetition, oldest first. */
  readonly controlPlane: readonly KubernetesVersion[]
  /** Of the nodes before the stop, without repetition, oldest first. */
  readonly kubelets: readonly KubernetesVersion[]
  /** Those of them that move to the version of the stop. */
  readonly moving: readonly KubernetesVersion[]
  readonly cause: NodesCause
}

export interface NodeScheduleInput {
  readonly controlPlane: readonly KubernetesVersion[]
  readonly nodes: readonly KubernetesVersion[]
  readonly to: KubernetesVersion
  readonly stops: readonly Build[]
  readonly distribution: Distribution
  readonly workers: WorkerPace
  readonly unsupportedSkew: boolean
}

/** Whether a kubelet may stay while the API servers go on to a version; by whose rule it may not. */
export type Endurance = 'MayStay' | 'TooOld' | 'KubeadmRule'

/**
 * Judges a kubelet against an API server that is about to be upgraded to `next`. kubeadm up to v1.28 refuses to upgrade a control plane while
 * a kubelet is more than one minor below its target; from v1.29 on it follows the version-skew policy.
 * Source: Kubernetes version-skew policy; kubeadm version-skew policy.
 */
export function judgeEndurance(kubelet: KubernetesVersion, next: KubernetesVersion, distribution: Distribution): Endurance {
  const skew = kubeletSkew(kubelet, next)
  if (skew.verdict === 'Beyond' && skew.reason === 'TooOld') return 'TooOld'
  const strict = distribution === 'kubeadm' && next.minor <= 28 && minorsBetween(kubelet, next) > 1
  return strict ? 'KubeadmRule' : 'MayStay'
}

/**
 * Decides at which stops nodes move. Lazy: each as late as the next stop allows, and then as far as the control plane is, which takes the
 * fewest moves, as a newer kubelet never has to move earlier than an older one. What moves at a stop moves once all API servers are there.
 */
export function scheduleNodes(input: NodeScheduleInput): readonly ScheduledStop[] {
  const scheduled: ScheduledStop[] = []
  const stops = withFirstStop(input)
  let controlPlane = distinct(input.controlPlane)
  let kubelets = distinct(input.nodes)
  for (const [index, build] of stops.entries()) {
    const { moving, cause } = movesAt(build.version, kubelets, stops[index + 1]?.version, input)
    scheduled.push({ build, controlPlane, kubelets, moving, cause })
    controlPlane = distinct(controlPlane.map((version) => raised(version, build.version)))
    kubelets = distinct(kubelets.map((version) => (moving.includes(version) ? build.version : version)))
  }
  return scheduled
}

/** Where nodes have to move before the first stop, or when nothing but nodes is behind, the version that the control plane runs comes first. */
function withFirstStop(input: NodeScheduleInput): readonly Build[] {
  const { controlPlane, nodes, to, stops, distribution, workers } = input
  const [first] = stops
  if (first === undefined) return nodes.some((node) => !sameRelease(node, to)) ? [{ version: to }] : []
  // in the middle of a hop the first stop ends it, and is of a minor that runs already
  const newest = distinct(controlPlane).at(-1)
  if (newest === undefined || staysBehind(input) || compareMinor(newest, first.version) !== -1) return stops
  const behind = nodes.filter((node) => isBelow(node, newest))
  const held = behind.some((node) => causeFor(node, newest, first.version, { distribution, workers }) !== 'MayLag')
  return held ? [{ version: newest }, ...stops] : stops
}

/** Nodes that follow each minor have no need to lag. */
function staysBehind({ unsupportedSkew, workers }: NodeScheduleInput): boolean {
  return unsupportedSkew && workers === 'Lazy'
}

function movesAt(
  here: KubernetesVersion,
  kubelets: readonly KubernetesVersion[],
  next: KubernetesVersion | undefined,
  input: NodeScheduleInput,
): Pick<ScheduledStop, 'moving' | 'cause'> {
  const behind = kubelets.filter((kubelet) => isBelow(kubelet, here))
  if (kubelets.length === 0) return { moving: [], cause: 'NoNodes' }
  if (behind.length === 0) return { moving: [], cause: 'NotBehind' }
  if (next === undefined) return { moving: behind, cause: 'Target' }
  if (staysBehind(input)) return { moving: [], cause: 'MayLag' }
  const causes = behind.map((kubelet) => ({ kubelet, cause: causeFor(kubelet, here, next, input) }))
  const moving = causes.filter(({ cause }) => cause !== 'MayLag')
  return { moving: moving.map(({ kubelet }) => kubelet), cause: moving[0]?.cause ?? 'MayLag' }
}

function causeFor(
  kubelet: KubernetesVersion,
  here: KubernetesVersion,
  next: KubernetesVersion,
  { distribution, workers }: Pick<NodeScheduleInput, 'distribution' | 'workers'>,
): NodesCause {
  if (kubeletSkew(kubelet, here).verdict === 'Beyond') return 'TooOld'
  if (workers === 'EveryHop' && compareMinor(kubelet, here) === -1) return 'EveryHop'
  const endurance = judgeEndurance(kubelet, next, distribution)
  switch (endurance) {
    case 'MayStay':
      return 'MayLag'
    case 'TooOld':
      return 'NextHop'
    case 'KubeadmRule':
      return 'KubeadmRule'
    default:
      return assertNever(endurance)
  }
}
