import type { NodeFacts } from './node-facts.ts'

/**
 * True for a node that runs an API server, told by its role label. The value does not count: kubeadm leaves it empty, k3s writes `true`.
 * `master` is the name of the role before Kubernetes 1.20. Source: Kubernetes well-known labels.
 */
export function isControlPlaneNode(node: Pick<NodeFacts, 'labels'>): boolean {
  return Object.hasOwn(node.labels, 'node-role.kubernetes.io/control-plane') || Object.hasOwn(node.labels, 'node-role.kubernetes.io/master')
}
