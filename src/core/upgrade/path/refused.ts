import type { PathRefusal, RefusedPath } from './upgrade-path.ts'

/** Pages on which the rules stand. */
export const ruleSources = {
  skew: 'https://kubernetes.io/releases/version-skew-policy/',
  releases: 'https://kubernetes.io/releases/patch-releases/',
  kubeadm: 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/create-cluster-kubeadm/#version-skew-policy',
} as const

/** How a command brings newer release data. */
export const bringByFlag = 'with --releases FILE'

/** A refusal: one sentence, and the page that holds the rule. */
export function refused(reason: PathRefusal, message: string, source: string): RefusedPath {
  return { kind: 'Refused', reason, message, source }
}
