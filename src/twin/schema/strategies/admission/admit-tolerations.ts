import type { Pod, Toleration } from 'kubernetes-types/core/v1'
import { as, type DraftObject } from '../../../kube-object.ts'

const defaultSeconds = 300
const lasting = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

/**
 * A pod that stays for five minutes on a node that is not ready or cannot be reached, unless it says how long itself.
 * Source: Kubernetes, Taints and Tolerations, DefaultTolerationSeconds.
 */
export function admitTolerations(draft: DraftObject): DraftObject {
  const spec = as<Pod>(draft).spec
  if (spec === undefined) return draft
  const tolerations = spec.tolerations ?? []
  const missing = lasting.filter((key) => !tolerations.some((toleration) => covers(toleration, key)))
  if (missing.length === 0) return draft
  const added = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: defaultSeconds }))
  return { ...draft, spec: { ...spec, tolerations: [...tolerations, ...added] } }
}

function covers({ key, effect }: Toleration, wanted: string): boolean {
  return (!key || key === wanted) && (!effect || effect === 'NoExecute')
}
