import type { HostFacts } from '../../host/host-facts.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import { type HostOrder, hostOrderId } from '../host-order.ts'
import type { RunStep } from '../recipe-step.ts'
import { moveLeader, verifyControlPlane } from './change-recipe.ts'
import { handOver, takeOver } from './hand-over.ts'
import { imageTag, type KubeadmNode, kubeadmNode } from './kubeadm-node.ts'
import { nodeParameters } from './node-parameters.ts'

/**
 * Before a control-plane node of kubeadm reboots, or its runtime stops all that runs there: another member of etcd leads, as an election by time leaves writes
 * waiting, and new connections go to another API server.
 */
export function leaveSteps(order: HostOrder, facts: HostFacts): readonly RunStep[] {
  const node = controlPlane(order, facts)
  if (node === undefined) return []
  const parameters = parametersOf(node)
  const lead = node.layout.etcd?.kind === 'Stacked' ? [{ ...moveLeader(parameters), name: 'leave-etcd-lead' }] : []
  return [...lead, ...handOver(node, parameters).map((step) => ({ ...step, name: 'leave-api' }))]
}

/** Afterwards it serves as what it was, before anything else is changed there or on another node. */
export function awaitSteps(order: HostOrder, facts: HostFacts): readonly RunStep[] {
  const node = controlPlane(order, facts)
  if (node === undefined) return []
  const parameters = parametersOf(node)
  const does = `waits until the control plane of this node serves as ${node.target.text}`
  return [
    { ...verifyControlPlane(node, parameters), name: 'await-control-plane', does },
    ...takeOver(node, parameters).map((step) => ({ ...step, name: 'return-api' })),
  ]
}

/** As it is, without a version to go to; undefined for a worker, and where it is no host of kubeadm. */
function controlPlane(order: HostOrder, facts: HostFacts): KubeadmNode | undefined {
  const running = parseVersion(imageTag(facts, 'kube-apiserver'))
  if (order.distribution !== 'kubeadm' || order.part === 'Worker' || running === undefined) return undefined
  return kubeadmNode(order, facts, running)
}

function parametersOf(node: KubeadmNode): Readonly<Record<string, string>> {
  return nodeParameters(node, hostOrderId(node.order, []))
}
