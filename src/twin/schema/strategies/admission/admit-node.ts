import type { Node, Pod } from 'kubernetes-types/core/v1'
import { sameJson } from '../../../api/same-json.ts'
import { nodeOfUser, type UserInfo } from '../../../api/user-info.ts'
import { as, type DraftObject } from '../../../kube-object.ts'
import { type AdmissionVerdict, admitted, refused } from './admission-verdict.ts'

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }
const mirror = 'kubernetes.io/config.mirror'

/** A new node takes no pods until somebody has seen it ready. Source: Kubernetes, Taint Nodes by Condition. */
export function admitNewNode(draft: DraftObject): DraftObject {
  const spec = as<Node>(draft).spec ?? {}
  const taints = spec.taints ?? []
  if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect)) return draft
  return { ...draft, spec: { ...spec, taints: [...taints, notReady] } }
}

/** A kubelet writes its own node only, and neither its taints nor labels that are not its own. Source: Kubernetes, NodeRestriction. */
export function admitKubelet(draft: DraftObject, old: DraftObject | undefined, user: UserInfo): AdmissionVerdict {
  const node = nodeOfUser(user)
  const name = draft.metadata?.name ?? ''
  if (node === undefined) return admitted(draft)
  if (name !== node) return refused(`node "${node}" is not allowed to modify node "${name}"`)
  const labels = changedLabels(draft, old).filter(isForbiddenLabel).join(', ')
  if (old === undefined) {
    return labels === '' ? admitted(draft) : refused(`node "${node}" is not allowed to set the following labels: ${labels}`)
  }
  if (!sameJson(as<Node>(draft).spec?.taints, as<Node>(old).spec?.taints)) return refused(`node "${node}" is not allowed to modify taints`)
  return labels === '' ? admitted(draft) : refused(`is not allowed to modify labels: ${labels}`)
}

function changedLabels(draft: DraftObject, old: DraftObject | undefined): readonly string[] {
  const next = draft.metadata?.labels ?? {}
  const before = old?.metadata?.labels ?? {}
  const names = new Set([...Object.keys(next), ...Object.keys(before)])
  return [...names].filter((key) => next[key] !== before[key]).sort()
}

/** Labels of Kubernetes that a kubelet may set, beside those below `kubelet.kubernetes.io` and `node.kubernetes.io`. */
const kubeletLabels = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.kubernetes.io/zone',
  'failure-domain.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
])

/** By labels a node could draw pods to itself; those below `node-restriction.kubernetes.io` keep nodes apart. */
function isForbiddenLabel(label: string): boolean {
  const [prefix = ''] = label.includes('/') ? label.split('/') : ['']
  const isBelow = (domain: string) => prefix === domain || prefix.endsWith(`.${domain}`)
  if (isBelow('node-restriction.kubernetes.io')) return true
  if (kubeletLabels.has(label) || isBelow('kubelet.kubernetes.io') || isBelow('node.kubernetes.io')) return false
  return isBelow('kubernetes.io') || isBelow('k8s.io')
}

/** A kubelet creates mirror pods of its own node only, and they refer to nothing else. */
export function admitKubeletPod(draft: DraftObject, user: UserInfo, nodeUid: string | undefined): AdmissionVerdict {
  const node = nodeOfUser(user)
  if (node === undefined) return admitted(draft)
  const why = podProblem(as<Pod>(draft), node) ?? ownerProblem(draft, node, nodeUid)
  return why === undefined ? admitted(draft) : refused(why)
}

function podProblem({ metadata, spec }: Pod, node: string): string | undefined {
  if (metadata?.annotations?.[mirror] === undefined) {
    return `pod does not have "${mirror}" annotation, node "${node}" can only create mirror pods`
  }
  if (spec?.nodeName !== node) return `node "${node}" can only create pods with spec.nodeName set to itself`
  if (spec.serviceAccountName) return `node "${node}" can not create pods that reference a service account`
  const volumes = spec.volumes ?? []
  if (volumes.some(({ secret }) => secret)) return `node "${node}" can not create pods that reference secrets`
  if (volumes.some(({ configMap }) => configMap)) return `node "${node}" can not create pods that reference configmaps`
  const claims = volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim)
  return claims ? `node "${node}" can not create pods that reference persistentvolumeclaims` : undefined
}

function ownerProblem({ metadata }: DraftObject, node: string, nodeUid: string | undefined): string | undefined {
  const [owner, ...others] = metadata?.ownerReferences ?? []
  if (others.length > 0) return `node "${node}" can only create pods with a single owner reference set to itself`
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    return `node "${node}" can only create pods with an owner reference set to itself`
  }
  if (owner.controller !== true) return `node "${node}" can only create pods with a controller owner reference set to itself`
  return owner.uid === nodeUid ? undefined : `node ${node} UID mismatch: expected ${owner.uid} got ${nodeUid ?? ''}`
}
