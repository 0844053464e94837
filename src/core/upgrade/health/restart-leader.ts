import { timestamp } from '../../kubernetes/timestamp.ts'
import { hostnameOf } from '../../plan/node-selection.ts'
import type { HostOrder } from '../../recipe/host-order.ts'
import { hostWorkOf } from '../jobs/upgrade-image.ts'
import { type NodeAtWork, type NodeTurn, patchNode, type RunContext } from '../node/node-turn.ts'
import type { CanaryFacts } from './canary.ts'

/** What is done about controllers that see nothing. */
export type RestartTurn = Pick<NodeTurn, 'actions' | 'events'> & { readonly message: string }

/**
 * Over SSH the leader of kube-controller-manager is started anew, once for each node that is waited for: whoever leads then reads everything anew. Undefined
 * where that is not done from here: by Jobs, on k3s and RKE2, which have it in one process with the API server, or where nobody knows who leads.
 */
export function restartLeader(
  at: NodeAtWork,
  context: RunContext,
  canary: CanaryFacts & { readonly why: string },
): RestartTurn | undefined {
  const { entry, node } = at
  if (entry.restarted !== undefined) return followRestart(at, context, entry.restarted)
  const leader = leaderOf(canary, context)
  if (entry.via !== 'SSH' || context.facts.reachesHosts !== true || leader === undefined || !isKubeadm(context)) return undefined
  const message = `kube-controller-manager of ${leader} is started anew, because after the upgrade of ${node.name} it sees nothing of what is made: ${canary.why}`
  return {
    actions: [patchNode(at, { entry: { ...entry, restarted: { leader, at: timestamp(context.nowMs) } } })],
    events: [{ type: 'Warning', reason: 'ControllersBlind', message }],
    message,
  }
}

function isKubeadm(context: RunContext): boolean {
  const work = hostWorkOf(context)
  return work.kind === 'Host' && work.distribution === 'kubeadm'
}

/** Source: client-go's leader election: the hostname and a random id, with `_` between them. */
export function leaderHost({ leader }: Pick<CanaryFacts, 'leader'>): string | undefined {
  return leader?.split('_', 1)[0]
}

function leaderOf(canary: CanaryFacts, { facts }: RunContext): string | undefined {
  const host = leaderHost(canary)
  return facts.nodes.find((node) => node.name === host || hostnameOf(node) === host)?.name
}

/** The host itself knows what was done: who comes after a kill asks for the same again. */
function followRestart(
  { node, entry }: NodeAtWork,
  { facts }: RunContext,
  restarted: { readonly leader: string; readonly at: string },
): RestartTurn {
  const { leader, at } = restarted
  const order: HostOrder = {
    run: entry.run,
    node: leader,
    step: 'RestartControllers',
    distribution: 'kubeadm',
    version: entry.version,
    part: 'ControlPlane',
    occasion: `${node.name} ${at}`,
  }
  const work = facts.hostWork?.get(leader)
  const isOfThis = work !== undefined && work.step === order.step && work.run === order.run && work.occasion === order.occasion
  if (!isOfThis)
    return {
      actions: [{ kind: 'RunHost', node: leader, order, attempt: 1 }],
      message: `kube-controller-manager of ${leader} is started anew`,
    }
  switch (work.state.kind) {
    case 'AtWork':
      return { actions: [], message: `kube-controller-manager of ${leader} is started anew` }
    case 'Complete':
      return { actions: [], message: `kube-controller-manager of ${leader} was started anew` }
    case 'Failed':
      return { actions: [], message: `kube-controller-manager of ${leader} could not be started anew (${work.state.message})` }
  }
}
