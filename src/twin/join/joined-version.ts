import { FalkirkError } from '../../core/falkirk-error.ts'
import { compareMinor, type KubernetesVersion, parseVersion } from '../../core/version/kubernetes-version.ts'
import { type Distribution, distributionOfVersion, versionOfDistribution } from '../machine/distribution.ts'

/** What kubelets are to be; what is absent is as the API server is. */
export interface VersionWish {
  /** `v1.30.4`, with or without what a distribution writes behind it. */
  readonly version?: string
  readonly distribution?: Distribution
}

export interface JoinedVersion {
  readonly version: string
  readonly distribution: Distribution
}

/**
 * Version and distribution of kubelets that join a server of version `server`. Throws FK_BAD_SETTING for kubelets that are newer than it.
 * Source: Kubernetes version-skew policy, kubelet.
 */
export function joinedVersion(wish: VersionWish, server: string): JoinedVersion {
  const [theirs, wanted] = [parseVersion(server), parseVersion(wish.version ?? server)]
  if (wanted === undefined) return { version: wish.version ?? server, distribution: wish.distribution ?? 'kubeadm' }
  if (theirs !== undefined && compareMinor(wanted, theirs) === 1) {
    const message = `--version is "${wish.version}", and the API server is ${server}: kubelets are never newer than their API server`
    throw new FalkirkError('FK_BAD_SETTING', message)
  }
  const distribution = wish.distribution ?? distributionOfVersion(wanted.vendor === undefined ? theirs : wanted)
  if (wanted.vendor !== undefined && distributionOfVersion(wanted) === distribution) return { version: wanted.text, distribution }
  return { version: versionOfDistribution(upstream(wanted), distribution), distribution }
}

/** Without what a distribution has written behind it. */
function upstream({ text, vendor }: KubernetesVersion): string {
  return vendor === undefined ? text : text.slice(0, -(vendor.suffix.length + 1))
}
