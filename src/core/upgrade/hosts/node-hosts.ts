import { apiPathRisk } from '../../api-path/judge-api-path.ts'
import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { isVirtual } from '../../kubernetes/virtual-node.ts'
import { isControlPlane } from '../../plan/node-selection.ts'
import type { HostOrder } from '../../recipe/host-order.ts'
import { compareUpstream, parseVersion } from '../../version/kubernetes-version.ts'
import type { UpgradeSettings } from '../api/upgrade-settings.ts'
import { nextAttempt } from '../jobs/node-jobs.ts'
import { releaseBinaries } from '../jobs/release-binaries.ts'
import { hostWorkOf } from '../jobs/upgrade-image.ts'
import { isReached, staysAsItIs } from '../node/node-goal.ts'
import { failing, type NodeAtWork, type NodeFailure, type NodeTurn, type RunContext, working } from '../node/node-turn.ts'
import { awayTimeoutMs, type ChangeLimits, changeTimeoutMs, type StepMeans, type StepName, type StepWork } from '../node/step-work.ts'
import { isBelow } from '../path/version-set.ts'
import { editsRisk } from '../run/known-risks.ts'
import { changesText, hasRuntime } from './host-changes.ts'
import type { HostState, HostWork } from './host-work.ts'
import { isNoted } from './os-note.ts'

/** The status has room for a few lines. */
const longestMessage = 900

/** Packages, and a reboot of half an hour. */
const osLimitMs = 2 * changeTimeoutMs

/** Failures that come when the recipe has ended well. */
const afterChange: ReadonlySet<NodeFailure['reason']> = new Set(['NotReached', 'NotReady', 'SoakFailed', 'ControllersBlind'])

/**
 * Steps on the host of a node, over SSH from where the controller runs. The controller remembers none of them: who comes after a kill asks for the
 * same again, and finds it at work or done on the host.
 */
export const hostSteps: StepMeans = {
  look,
  begin,
  late: (at, step, { message }) => ({ reason: step === 'Stage' ? 'StageFailed' : 'HostUnknown', message: lateMessage(at, message) }),
  stageLimitMs: changeTimeoutMs,
  changeLimits,
  stageRetries: ({ settings }) => settings.failure.retries,
  failureReason: ({ next }) => (next === 'Unknown' ? 'HostUnknown' : 'HostFailed'),
  mayBeChanging: (at) => at.entry.failure?.reason === 'HostUnknown' || (at.host?.step === 'Change' && isAtWork(at)),
  // a new attempt finds what is at work, and tries anew what has failed
  continued: (at) => ({ attempt: nextAttempt(at) }),
  isChanged: (at) => isReached(at) && afterChange.has(at.entry.failure?.reason as NodeFailure['reason']),
  leave: (at) => (isAtWork(at) ? [{ kind: 'LeaveHost', node: at.node.name }] : []),
}

function look(at: NodeAtWork, { settings }: RunContext, step: StepName): StepWork {
  const { node, entry, host } = at
  if (host === undefined || !isOf(host, at, step) || isAcceptedSince(host, settings)) return { kind: 'NotBegun' }
  switch (host.state.kind) {
    case 'Complete':
      return host.state
    case 'AtWork':
      return { kind: 'AtWork', message: `${node.name}: ${host.says ?? `its host is being ${whatIsDone(entry)}`}` }
    case 'Failed':
      return { kind: 'Failed', message: failureText(node.name, host.state), endedAtMs: host.state.atMs, next: nextOf(host.state, step) }
  }
}

function whatIsDone(entry: NodeAtWork['entry']): string {
  return staysAsItIs(entry) ? `changed: ${changesText(entry)}` : `brought to ${entry.version}`
}

/** Packages may take an hour to be installed; the host may be away for as long as its reboot may take, and whoever waits for it says when it is not back. */
function changeLimits({ entry: { os, runtime } }: NodeAtWork): ChangeLimits {
  const moreMs = (os === undefined ? 0 : osLimitMs) + (runtime === undefined ? 0 : changeTimeoutMs)
  const readyMs = changeTimeoutMs + moreMs
  return { readyMs, awayMs: moreMs === 0 ? awayTimeoutMs : readyMs }
}

/** The order of another step, attempt or version is not the one that is asked about. */
function isOf({ run, step, version, attempt }: HostWork, { entry }: NodeAtWork, asked: StepName): boolean {
  return step === asked && run === entry.run && version === entry.version && attempt === entry.attempt
}

/** It may wait for what need not be mended any more. */
function isAcceptedSince({ state, apiPath }: HostWork, { acceptedRisks }: UpgradeSettings): boolean {
  return state.kind === 'AtWork' && apiPath === 'Prove' && acceptedRisks.has(apiPathRisk)
}

function isAtWork({ host, entry }: NodeAtWork): boolean {
  return host?.state.kind === 'AtWork' && host.run === entry.run
}

/** Of a host that was lost in a step which disturbs nothing, nothing has to be known. */
function nextOf({ how }: Extract<HostState, { kind: 'Failed' }>, step: StepName): Extract<StepWork, { kind: 'Failed' }>['next'] {
  if (how === 'Lost' && step === 'Change') return 'Unknown'
  return how === 'Refused' ? 'Stop' : 'Again'
}

function failureText(node: string, { message, lines }: Extract<HostState, { kind: 'Failed' }>): string {
  const text = `${node}: ${message}`
  const last = lines.slice(-3).join(' | ')
  return (last === '' ? text : `${text}; before that: ${last}`).slice(0, longestMessage)
}

function lateMessage({ node, entry }: NodeAtWork, told: string): string {
  const minutes = changeTimeoutMs / 60_000
  return `${told}; what brings ${node.name} to ${entry.version} has not ended in ${minutes} minutes: look at the host, then continue`
}

function begin(at: NodeAtWork, context: RunContext, step: StepName): NodeTurn {
  const { node, entry } = at
  const work = hostWorkOf(context)
  if (work.kind === 'None') return failing({ reason: 'NoRecipe', message: work.message })
  if (!context.facts.reachesHosts) return working([], { message: `${node.name} waits: ${noInventory}` })
  const { nodes, upgrade } = context.facts
  const isTouched = upgrade.status?.hop?.controlPlaneSince !== undefined
  const { os, runtime, run, version } = entry
  const changes = { ...(os && { os }), ...(runtime && { runtime }), ...(staysAsItIs(entry) ? { kubernetes: 'Stays' as const } : {}) }
  const asked = { ...changes, node, run, version, step, distribution: work.distribution }
  const order = hostOrder(asked, { nodes, settings: context.settings, isTouched })
  return working([{ kind: 'RunHost', node: node.name, order, attempt: entry.attempt }])
}

interface OrderedCluster {
  readonly nodes: readonly NodeFacts[]
  readonly settings: UpgradeSettings
  /** The run has touched a control plane of this hop. */
  readonly isTouched?: boolean
}

/** What is asked of the host of a node while the nodes of the cluster are these; the same in the same words, whoever asks. */
export function hostOrder(
  asked: Omit<HostOrder, 'node' | 'part' | 'binaries' | 'oldestKubelet' | 'kubeletSkew' | 'alone' | 'manifestEdits' | 'apiPath'> & {
    readonly node: NodeFacts
  },
  cluster: OrderedCluster,
): HostOrder {
  const { node, run, version, step, distribution, os, runtime, kubernetes } = asked
  const known = { run, node: node.name, step, distribution, version }
  const changes = { ...(os && { os }), ...(runtime && { runtime }), ...(kubernetes && { kubernetes }) }
  const part = partOf(node, cluster.nodes, kubernetes === 'Stays' ? hadChanges(run, cluster.settings) : hasReached(version))
  const apiPath = proofOf({ step, part, distribution }, cluster)
  if (kubernetes === 'Stays') return { ...known, part, ...apiPath, ...changes }
  const binaries = releaseBinaries(node, { version, distribution }, cluster.settings.recipe)
  return {
    ...known,
    part,
    ...binaries,
    ...skewOf(node, { ...cluster, distribution }),
    ...kubeadmOf({ ...known, part }, cluster),
    ...apiPath,
    ...changes,
  }
}

/**
 * A control plane may be further than others without this run: somebody has begun by hand, or the runtime was there. So whoever remembers none that the run has
 * touched has the way to the API proven. k3s has balancers of its own.
 */
function proofOf(
  { step, part, distribution }: Pick<HostOrder, 'step' | 'part' | 'distribution'>,
  cluster: OrderedCluster,
): Pick<HostOrder, 'apiPath'> {
  const isFirst = part === 'FirstControlPlane' || (part === 'ControlPlane' && cluster.isTouched !== true)
  if (step !== 'Stage' || distribution !== 'kubeadm' || !isFirst) return {}
  return { apiPath: cluster.settings.acceptedRisks.has(apiPathRisk) ? 'Accepted' : 'Prove' }
}

/** What kubeadm has to know of the cluster and of the run. Whoever goes on with a change says the same: nodes that are cordoned for a while count as there. */
function kubeadmOf(
  { node, step, part, distribution }: Pick<HostOrder, 'node' | 'step' | 'part' | 'distribution'>,
  { nodes, settings }: OrderedCluster,
): Pick<HostOrder, 'alone' | 'manifestEdits'> {
  if (distribution !== 'kubeadm' || part === 'Worker') return {}
  const isAlone = nodes.every((other) => other.name === node || isVirtual(other))
  return {
    ...(isAlone ? { alone: true } : {}),
    ...(step === 'Stage' && settings.acceptedRisks.has(editsRisk) ? { manifestEdits: 'Drop' } : {}),
  }
}

/** One clause with the fix. */
export const noInventory =
  'spec.node.via is SSH, and this controller has no inventory: run falkirk run --inventory FILE where the hosts can be reached'

function partOf(node: NodeFacts, nodes: readonly NodeFacts[], isDone: (node: NodeFacts) => boolean): HostOrder['part'] {
  if (!isControlPlane(node)) return 'Worker'
  const others = nodes.filter((other) => other.name !== node.name && isControlPlane(other))
  return others.some(isDone) ? 'ControlPlane' : 'FirstControlPlane'
}

/** A member of the control plane counts as further when its kubelet is: that comes last. */
function hasReached(version: string): (node: NodeFacts) => boolean {
  const wanted = parseVersion(version)
  return ({ kubeletVersion }) => {
    const running = parseVersion(kubeletVersion)
    return running !== undefined && wanted !== undefined && !isBelow(running, wanted)
  }
}

/** Where Kubernetes stays as it is, the run's note tells it; of a runtime alone, what the kubelet reports. */
function hadChanges(run: string, { os, runtime }: UpgradeSettings): (node: NodeFacts) => boolean {
  return (node) => (os === undefined ? runtime !== undefined && hasRuntime(node, runtime) : isNoted(node.osNote, run, os))
}

/**
 * What kubeadm asks about kubelets before it upgrades a control plane. The node's own is left out: it changes on the way, and who goes on with the
 * same order has to say the same.
 */
function skewOf(
  node: NodeFacts,
  {
    nodes,
    settings,
    distribution,
  }: { readonly nodes: readonly NodeFacts[]; readonly settings: UpgradeSettings; readonly distribution: HostOrder['distribution'] },
): Pick<HostOrder, 'oldestKubelet' | 'kubeletSkew'> {
  if (distribution !== 'kubeadm' || !isControlPlane(node)) return {}
  const others = nodes.filter((other) => other.name !== node.name && !isVirtual(other))
  const oldest = others.flatMap(({ kubeletVersion }) => parseVersion(kubeletVersion) ?? []).toSorted(compareUpstream)[0]
  return {
    ...(oldest === undefined ? {} : { oldestKubelet: oldest.text }),
    ...(settings.acceptedRisks.has('UnsupportedSkew') ? { kubeletSkew: 'Accepted' } : {}),
  }
}
