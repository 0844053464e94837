import { assertNever } from '../../assert-never.ts'
import type { Build } from '../../version/build-etcd.ts'
import { compareEtcd, etcdText } from '../../version/etcd-version.ts'
import type { KubernetesVersion } from '../../version/kubernetes-version.ts'
import { kubeletSkew, minorsBetween } from '../../version/version-skew.ts'
import { knownNotes } from './hop-note-data.ts'
import { afterStop, lowestEtcd, type Members } from './members.ts'
import { judgeEndurance, type ScheduledStop } from './node-schedule.ts'
import type { PathContext } from './path-context.ts'
import { stepOf } from './pick-build.ts'
import { ruleSources } from './refused.ts'
import type { HopNodes, HopNote } from './upgrade-path.ts'

/** What nodes do at a stop, in words. */
export function nodesOf(stop: ScheduledStop, next: Build | undefined, context: PathContext): HopNodes {
  const { moving, cause } = stop
  const from = moving.map(({ text }) => text)
  const to = moving.length === 0 ? {} : { to: stop.build.version.text }
  return { required: moving.length > 0, reason: reasonOf(stop, next, context), cause, from, ...to }
}

function reasonOf(stop: ScheduledStop, next: Build | undefined, context: PathContext): string {
  const { moving, cause, build } = stop
  const oldest = moving[0] ?? stop.kubelets[0]
  const kubelet = minorText(oldest)
  switch (cause) {
    case 'Target':
      return 'this is where they have to be in the end'
    case 'EveryHop':
      return 'nodes follow each minor, as workers is EveryHop'
    case 'NextHop':
      return `a ${kubelet} kubelet is too old for the ${minorText(next?.version)} API servers that come next`
    case 'KubeadmRule':
      return `kubeadm ${minorText(next?.version)}, which comes next, refuses a kubelet of ${kubelet}`
    case 'TooOld':
      return `a ${kubelet} kubelet is beyond the version-skew policy of ${minorText(build.version)} API servers now`
    case 'MayLag':
      return lagText(stop, next, context)
    case 'NotBehind':
      return `no node is below ${build.version.text}`
    case 'NoNodes':
      return 'there are no nodes besides the control plane'
    default:
      return assertNever(cause)
  }
}

function lagText({ kubelets }: ScheduledStop, next: Build | undefined, { distribution }: PathContext): string {
  const late = kubelets.find((kubelet) => next !== undefined && judgeEndurance(kubelet, next.version, distribution) !== 'MayStay')
  if (late !== undefined) return 'they stay behind until the end, as the risk UnsupportedSkew is accepted'
  return `a ${minorText(kubelets[0])} kubelet may run beside ${minorText(next?.version)} API servers`
}

/** Rules that the cluster breaks once the control plane is at a stop: by the risk that was accepted, else because it breaks them already. */
export function risksOf({ build, kubelets }: ScheduledStop, { distribution, request }: PathContext): readonly string[] {
  const accepted = request.acceptedRisks?.includes('UnsupportedSkew') ?? false
  const [before, after] = accepted ? ['UnsupportedSkew: ', 'nobody supports this'] : ['', 'this is so already, and ends with this hop']
  return kubelets.flatMap((kubelet) => {
    const endurance = judgeEndurance(kubelet, build.version, distribution)
    if (endurance === 'MayStay') return []
    const skew = kubeletSkew(kubelet, build.version)
    const own = `kubeadm ${minorText(build.version)} refuses a kubelet of ${minorText(kubelet)} unless it is forced`
    return [`${before}${skew.verdict === 'Within' ? own : skew.message}; ${after}`]
  })
}

/** What changes with a stop, in a few words each. */
export function notesOf(stop: ScheduledStop, before: Members, next: Build | undefined, context: PathContext): readonly HopNote[] {
  const { build, controlPlane } = stop
  const oldest = controlPlane[0] ?? build.version
  const known = knownNotes.filter(
    ({ minor, distributions }) =>
      oldest.minor < minor && minor <= build.version.minor && (distributions?.includes(context.distribution) ?? true),
  )
  return [
    ...patchNote(stop, context),
    ...gateNote(before, build, next, context),
    ...etcdNote(before, build, context),
    ...kubeadmNodesNote(stop, context),
    ...known.map(({ text, link }) => ({ text, link })),
  ]
}

/** A version that the release data do not list may be newer than they are, or a slip of the pen. */
function patchNote({ build, controlPlane }: ScheduledStop, { request, line }: PathContext): readonly HopNote[] {
  const moves = controlPlane.some((version) => version.text !== build.version.text)
  const last = request.releases.minors.get(build.version.minor)?.builds[line][0]?.version
  if (!moves || last === undefined || build.version.patch <= last.patch) return []
  return [{ text: `newer than the release data of ${request.releases.reviewed}`, link: ruleSources.releases }]
}

/** Why the stop is not the last patch: it opens the way of etcd to the next one. */
function gateNote(before: Members, build: Build, next: Build | undefined, context: PathContext): readonly HopNote[] {
  if (next === undefined || stepOf(before, next, context).verdict === 'Met') return []
  const step = stepOf(afterStop(before, build, context.distribution), next, context)
  if (step.verdict !== 'Met') return []
  return [{ text: `brings etcd ${etcdText(step.gate.least)}, which has to run before ${next.version.text}`, link: step.gate.source }]
}

function etcdNote(before: Members, { etcd, version }: Build, { etcdWithBuild }: PathContext): readonly HopNote[] {
  const [low, high] = [lowestEtcd(before)?.atMost, etcd?.atLeast]
  if (!etcdWithBuild || low === undefined || high === undefined || before[0]?.version.text === version.text) return []
  if (compareEtcd([low[0], low[1], 0], [high[0], high[1], 0]) >= 0) return []
  const minors = `${etcdText([low[0], low[1], Number.POSITIVE_INFINITY])} to ${etcdText([high[0], high[1], Number.POSITIVE_INFINITY])}`
  return [{ text: `etcd ${minors}: take a snapshot first`, link: 'https://etcd.io/docs/latest/upgrades/' }]
}

/** kubeadm documents upgrade node minor by minor; on a worker it fetches the configuration of the kubelet and no more. */
function kubeadmNodesNote({ moving, build }: ScheduledStop, { distribution }: PathContext): readonly HopNote[] {
  const far = moving.some((kubelet) => minorsBetween(kubelet, build.version) > 1)
  if (distribution !== 'kubeadm' || !far) return []
  return [{ text: 'nodes pass several minors in one drain; kubeadm documents one at a time', link: ruleSources.kubeadm }]
}

/** `v1.28`, also of several versions in one minor. */
function minorText(version: KubernetesVersion | undefined): string {
  return version === undefined ? 'the' : `v${version.major}.${version.minor}`
}
