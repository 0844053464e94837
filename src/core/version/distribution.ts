import { assertNever } from '../assert-never.ts'
import type { KubernetesVersion } from './kubernetes-version.ts'

/** Who puts the parts of a node together. `upstream`: Kubernetes' own binaries without kubeadm, as kubespray's workers or hand-made clusters have. */
export const distributions = ['kubeadm', 'k3s', 'rke2', 'upstream'] as const
export type Distribution = (typeof distributions)[number]

/** Whose releases a distribution installs. */
export type ReleaseLine = 'kubernetes' | 'k3s' | 'rke2'

/** Whose releases a distribution installs: kubeadm and hand-made clusters take those of Kubernetes itself. */
export function releaseLine(distribution: Distribution): ReleaseLine {
  switch (distribution) {
    case 'kubeadm':
    case 'upstream':
      return 'kubernetes'
    case 'k3s':
    case 'rke2':
      return distribution
    default:
      return assertNever(distribution)
  }
}

/**
 * The line a version belongs to: by `+k3s1` and `+rke2r1`, else Kubernetes' own. Undefined for other vendors' builds (`-gke.100`), whose
 * upgrades are theirs, and for builds that name nobody.
 */
export function lineOf({ vendor }: KubernetesVersion): ReleaseLine | undefined {
  if (vendor === undefined) return 'kubernetes'
  return vendor.name === 'k3s' || vendor.name === 'rke2' ? vendor.name : undefined
}

/** The distribution that a version alone tells of; a bare version counts as kubeadm's. Undefined for other vendors' builds. */
export function distributionOfVersion(version: KubernetesVersion): Distribution | undefined {
  const line = lineOf(version)
  return line === 'kubernetes' ? 'kubeadm' : line
}
