import type { NodeFacts } from './node-facts.ts'

/**
 * Whether no kubelet is behind a node: what a virtual one reports is the version of a library, nothing on it can be replaced, and no skew policy holds
 * for it. Source: Virtual Kubelet, and clouds' nodes for pods without machines, carry this label.
 */
export function isVirtual({ labels }: Pick<NodeFacts, 'labels'>): boolean {
  return labels.type === 'virtual-kubelet'
}
