import type { RunStep } from '../recipe-step.ts'
import type { KubeadmNode } from './kubeadm-node.ts'
import { ownApi } from './node-parameters.ts'
import { handOverLibrary, handOverScript, takeOverScript } from './scripts/hand-over-steps.ts'
import { kubeadmLibrary } from './scripts/kubeadm-library.ts'
import { reconnectKubeletScript } from './scripts/reconnect-kubelet-step.ts'

type Parameters = Readonly<Record<string, string>>

/** Seconds after which connections come to this node again, whatever has become of its change. */
const handOverSeconds = 1_800

const common = { kind: 'Run' as const, disturbs: false, limitSeconds: 120 }

/** Before the control plane of a node is replaced. A cluster with one member has nobody to hand over to, and an IPv6 one is left to its balancer. */
export function handOver(node: KubeadmNode, parameters: Parameters): readonly RunStep[] {
  if (!isHandedOver(node)) return []
  return [
    {
      ...common,
      name: 'hand-over-api',
      does: 'passes new connections for this API server on to another member, until it serves again',
      commands: [ruleCommand(node, '-I')],
      script: `${kubeadmLibrary}${handOverLibrary}${handOverScript}`,
      parameters: { ...parameters, hand_over_seconds: String(handOverSeconds) },
    },
  ]
}

/** Where etcd runs on the same node and is replaced with its control plane. */
export function reconnectKubelet(node: KubeadmNode, parameters: Parameters): readonly RunStep[] {
  if (!isHandedOver(node) || node.layout.etcd?.kind !== 'Stacked') return []
  return [
    {
      ...common,
      name: 'reconnect-kubelet',
      does: 'restarts the kubelet, so that it uses another API server while the etcd of this one is replaced',
      limitSeconds: 600,
      commands: ['systemctl daemon-reload', 'systemctl restart kubelet'],
      script: `${kubeadmLibrary}${handOverLibrary}${reconnectKubeletScript}`,
      parameters,
    },
  ]
}

/** When it serves as the target. */
export function takeOver(node: KubeadmNode, parameters: Parameters): readonly RunStep[] {
  if (!isHandedOver(node)) return []
  return [
    {
      ...common,
      name: 'take-over-api',
      does: 'takes connections for this API server itself again',
      commands: [ruleCommand(node, '-D')],
      script: `${kubeadmLibrary}${handOverLibrary}${takeOverScript}`,
      parameters,
    },
  ]
}

function isHandedOver(node: KubeadmNode): boolean {
  return node.isControlPlane && !ownApi(node).includes('[')
}

function ruleCommand(node: KubeadmNode, verb: '-I' | '-D'): string {
  const port = ownApi(node).split(':').at(-1)
  return `iptables -t nat ${verb} PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport ${port} --syn -j DNAT --to-destination MEMBER`
}
