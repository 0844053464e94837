import { lineOf } from '../../core/version/distribution.ts'
import { type KubernetesVersion, parseVersion } from '../../core/version/kubernetes-version.ts'

export const distributions = ['k3s', 'rke2', 'kubeadm'] as const

/** How Kubernetes came to a machine, which decides what an upgrade changes on it. */
export type Distribution = (typeof distributions)[number]

const suffixes: Readonly<Record<Distribution, string>> = { k3s: '+k3s1', rke2: '+rke2r1', kubeadm: '' }

/** The distribution that a version tells of; kubeadm where it is nobody's, or another vendor's. */
export function distributionOfVersion(version: KubernetesVersion | undefined): Distribution {
  const line = version === undefined ? undefined : lineOf(version)
  return line === 'k3s' || line === 'rke2' ? line : 'kubeadm'
}

/** The version as a distribution writes it: `v1.30.4` is `v1.30.4+k3s1` of k3s. One that names its builder stays, and so does what is no version. */
export function versionOfDistribution(text: string, distribution: Distribution): string {
  const version = parseVersion(text)
  if (version === undefined) return text
  return version.vendor === undefined ? `${version.text}${suffixes[distribution]}` : version.text
}
