import type { Node } from 'kubernetes-types/core/v1'
import type { UserInfo } from '../../../api/user-info.ts'
import { as, type DraftObject } from '../../../kube-object.ts'
import { type AdmissionVerdict, admitted, refused } from './admission-verdict.ts'

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }
const userPrefix = 'system:node:'

/** A new node takes no pods until somebody has seen it ready. Source: Kubernetes, Taint Nodes by Condition. */
export function admitNewNode(draft: DraftObject): DraftObject {
  const spec = as<Node>(draft).spec ?? {}
  const taints = spec.taints ?? []
  if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect)) return draft
  return { ...draft, spec: { ...spec, taints: [...taints, notReady] } }
}

/** The node whose kubelet a user is; `undefined` for everybody else. */
export function nodeOfUser({ username, groups }: UserInfo): string | undefined {
  return username.startsWith(userPrefix) && groups.includes('system:nodes') ? username.slice(userPrefix.length) : undefined
}

/** A kubelet writes its own node only, and not its taints. Source: Kubernetes, NodeRestriction admission controller. */
export function admitKubelet(draft: DraftObject, old: DraftObject | undefined, user: UserInfo): AdmissionVerdict {
  const node = nodeOfUser(user)
  const name = draft.metadata?.name ?? ''
  if (node === undefined) return admitted(draft)
  if (name !== node) return refused(`node "${node}" is not allowed to modify node "${name}"`)
  const restricted = restrictedLabels(draft, old)
  if (restricted.length > 0) return refused(`is not allowed to modify labels: ${restricted.join(', ')}`)
  const changed =
    old !== undefined && JSON.stringify(as<Node>(draft).spec?.taints ?? []) !== JSON.stringify(as<Node>(old).spec?.taints ?? [])
  return changed ? refused(`node "${node}" is not allowed to modify taints`) : admitted(draft)
}

/** Labels by which an administrator keeps nodes apart. */
function restrictedLabels(draft: DraftObject, old: DraftObject | undefined): readonly string[] {
  const next = draft.metadata?.labels ?? {}
  const before = old?.metadata?.labels ?? {}
  const names = [...new Set([...Object.keys(next), ...Object.keys(before)])].filter((key) => next[key] !== before[key])
  return names.filter((key) => key.split('/')[0]?.endsWith('node-restriction.kubernetes.io')).sort()
}
