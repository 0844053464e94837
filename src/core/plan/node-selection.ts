import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { compileSelector } from '../kubernetes/label-selector.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { Plan } from './plan.ts'
import { planLabel } from './plan-label.ts'

/** The label by which `status.applying` and node affinity know a node; it need not be the node's name. */
export const hostnameLabel = 'kubernetes.io/hostname'

const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']

/** The node's hostname label, or its name when it has none. */
export function hostnameOf(node: Pick<NodeFacts, 'name' | 'labels'>): string {
  return node.labels[hostnameLabel] ?? node.name
}

/** Whether the node has the role of a control-plane node; kubeadm before v1.20 called it master. */
export function isControlPlane(node: Pick<NodeFacts, 'labels'>): boolean {
  return controlPlaneLabels.some((label) => Object.hasOwn(node.labels, label))
}

/**
 * The nodes that a Plan is for: they match `spec.nodeSelector` and have a hostname label. Without a selector there are none.
 * Source: system-upgrade-controller v0.20.
 */
export function eligibleNodes(plan: Plan, nodes: readonly NodeFacts[]): readonly NodeFacts[] {
  const isSelected = compileSelector(plan.spec.nodeSelector)
  return nodes.filter((node) => Object.hasOwn(node.labels, hostnameLabel) && isSelected(node.labels))
}

/** Makes the judge of whether a Plan has nothing to do on a node: its label there holds this hash, or says `disabled`. */
export function doneJudge(plan: Plan, hash: string): (node: Pick<NodeFacts, 'labels'>) => boolean {
  const label = planLabel(plan.metadata.name)
  return ({ labels }) => labels[label] === hash || labels[label] === 'disabled'
}

/** The nodes in the order of their names; the same array when they are in order already. */
export function sortedByName(nodes: readonly NodeFacts[]): readonly NodeFacts[] {
  const inOrder = nodes.every((node, i) => i === 0 || (nodes[i - 1]?.name ?? '') <= node.name)
  return inOrder ? nodes : nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * What candidates are ordered by: pseudo-random, but the same for one Plan object and hash.
 * Source: system-upgrade-controller v0.20.
 */
export function orderKey(nodeUid: string, planUid: string, hash: string): string {
  return bytesToHex(sha256(utf8ToBytes(nodeUid + planUid + hash)))
}

/** The `count` candidates with the lowest order keys, lowest first. Each key is asked for once, and only `count` are kept in order. */
export function firstCandidates(candidates: readonly NodeFacts[], count: number, keyOf: (node: NodeFacts) => string): readonly NodeFacts[] {
  const first: { readonly key: string; readonly node: NodeFacts }[] = []
  if (count <= 0) return []
  for (const node of candidates) {
    const key = keyOf(node)
    const last = first.at(-1)
    if (first.length >= count && last !== undefined && key >= last.key) continue
    first.splice(placeOf(key, first), 0, { key, node })
    if (first.length > count) first.pop()
  }
  return first.map(({ node }) => node)
}

/** Behind the entries with the same or a lower key. */
function placeOf(key: string, sorted: readonly { readonly key: string }[]): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle]?.key ?? '') <= key) low = middle + 1
    else high = middle
  }
  return low
}
