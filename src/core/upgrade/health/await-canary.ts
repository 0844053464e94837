import { isControlPlane } from '../../plan/node-selection.ts'
import type { NodeAtWork, NodeFailure, NodeTurn, RunContext } from '../node/node-turn.ts'
import type { UpgradeAction, UpgradeEvent } from '../upgrade-decision.ts'
import { type CanaryFacts, type CanaryOrder, type CanaryPart, canaryName } from './canary.ts'
import { kubeProxyRollout, readsKubeProxy } from './kube-proxy-rollout.ts'
import { leaderHost, restartLeader } from './restart-leader.ts'

/** A leader that ends has a successor within 20 seconds, which lists everything anew; after this time something is wrong. */
const lateMs = 60_000
/** What has not come through is looked at again this often. */
const recheckMs = 2_000

/** Whether the controllers of a cluster are alive after a member of its control plane was changed. */
export type CanaryTurn =
  | { readonly kind: 'Through'; readonly events: readonly UpgradeEvent[] }
  | { readonly kind: 'Waiting'; readonly turn: Omit<NodeTurn, 'kind'> }
  | { readonly kind: 'Failed'; readonly failure: NodeFailure }

/**
 * After a change of the control plane every node may be Ready while controllers see nothing: a moment in which etcd has no leader leaves watches behind that
 * tell nothing more for minutes. So something has to go through the controllers before the next node is touched.
 */
export function awaitCanary(at: NodeAtWork, context: RunContext): CanaryTurn {
  if (!isControlPlane(at.node)) return { kind: 'Through', events: [] }
  const canary = context.facts.canary?.name === canaryName(at) ? context.facts.canary : undefined
  if (canary === undefined) return waiting(at, context, { actions: [], message: `${at.node.name} is back; waits for the controllers` })
  if (canary.leftOut !== undefined) return { kind: 'Through', events: [leftOut(at, canary.leftOut)] }
  if (canary.unanswered.length === 0) return awaitKubeProxy(at, canary, context)
  const message = `${at.node.name} is back; waits for the controllers: ${missing(canary)}`
  return context.nowMs < canary.sentAtMs + lateMs ? waiting(at, context, { actions: [], message }) : late(at, context, canary)
}

function awaitKubeProxy(at: NodeAtWork, canary: CanaryFacts, context: RunContext): CanaryTurn {
  const rollout = kubeProxyRollout(at, canary, context)
  if (rollout === undefined) return { kind: 'Through', events: [] }
  const { told, lateAtMs } = rollout
  if (context.nowMs < lateAtMs) return waiting(at, context, { actions: [], message: `${at.node.name} is back; waits: ${told}` })
  return { kind: 'Through', events: [{ type: 'Warning', reason: 'KubeProxyRollingOut', message: `goes on although ${told}` }] }
}

/** Takes back what `awaitCanary` has sent; nothing where there is none. */
export function withoutCanary(at: NodeAtWork): readonly UpgradeAction[] {
  return isControlPlane(at.node) ? [{ kind: 'RecallCanary', node: at.node.name, name: canaryName(at) }] : []
}

function late(at: NodeAtWork, context: RunContext, canary: CanaryFacts): CanaryTurn {
  const endsAtMs = canary.sentAtMs + Math.max(context.settings.soak.timeoutMs, 2 * lateMs)
  if (context.nowMs >= endsAtMs)
    return { kind: 'Failed', failure: { reason: 'ControllersBlind', message: blindMessage(at, canary, endsAtMs) } }
  const restart = restartLeader(at, context, { ...canary, why: missing(canary) })
  const what = `${at.node.name} is back, and controllers see nothing of what is made since: ${missing(canary)}`
  if (restart === undefined) return waiting(at, context, { actions: [], message: `${what}; ${restartHint(at, canary)}` })
  return waiting(at, context, { ...restart, message: `${what}; ${restart.message}` })
}

function waiting(at: NodeAtWork, context: RunContext, turn: Pick<NodeTurn, 'actions' | 'events' | 'message'>): CanaryTurn {
  const { facts, nowMs } = context
  const known = facts.canary?.name === canaryName(at) ? facts.canary : undefined
  const isLate = known !== undefined && known.unanswered.length > 0 && nowMs >= known.sentAtMs + lateMs
  const againAtMs = known === undefined ? nowMs : known.atMs + recheckMs
  const order: CanaryOrder = {
    name: canaryName(at),
    owner: ownerOf(facts.upgrade.metadata),
    isLate,
    readsKubeProxy: readsKubeProxy(at, context),
  }
  if (nowMs < againAtMs) return { kind: 'Waiting', turn: { ...turn, wakeAtMs: againAtMs } }
  return { kind: 'Waiting', turn: { ...turn, wakeAtMs: nowMs + recheckMs, asksCanary: order } }
}

function ownerOf({ name, uid }: { readonly name: string; readonly uid: string }): CanaryOrder['owner'] {
  return { name, uid }
}

const lacks: Readonly<Record<CanaryPart, string>> = {
  Service: 'a Service has no Endpoints',
  Job: 'a Job has no pod',
  PodDisruptionBudget: 'a PodDisruptionBudget has no status',
}

function missing({ unanswered }: CanaryFacts): string {
  return unanswered.map((part) => lacks[part]).join(', ')
}

function restartHint({ entry }: NodeAtWork, canary: CanaryFacts): string {
  const host = leaderHost(canary)
  const where = host === undefined ? 'its leader' : `${host}, which leads`
  const [vendor] = /\+(k3s|rke2)/.exec(entry.version)?.slice(1) ?? []
  const how =
    vendor === 'k3s'
      ? 'systemctl restart k3s'
      : 'crictl stop $(crictl ps -q --name kube-controller-manager), and the kubelet starts it again'
  return `they may come back by themselves within 8 minutes; else start kube-controller-manager anew on ${where}: ${how}`
}

function blindMessage(at: NodeAtWork, canary: CanaryFacts, endsAtMs: number): string {
  const minutes = Math.round((endsAtMs - canary.sentAtMs) / 60_000)
  const { restarted } = at.entry
  const tried = restarted === undefined ? '' : `, though kube-controller-manager of ${restarted.leader} was started anew`
  return `${at.node.name} is upgraded to ${at.entry.version}, and for ${minutes} minutes the controllers have seen nothing of what was made since${tried}: ${missing(canary)}; ${restartHint(at, canary)}`
}

function leftOut({ node }: NodeAtWork, why: string): UpgradeEvent {
  const message = `whether the controllers are alive after the upgrade of ${node.name} was not looked at: ${why}`
  return { type: 'Warning', reason: 'ControllersNotLookedAt', message }
}
