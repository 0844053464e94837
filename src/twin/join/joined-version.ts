import { FalkirkError } from '../../core/falkirk-error.ts'
import { type KubernetesVersion, parseVersion } from '../../core/version/kubernetes-version.ts'
import type { Distribution } from '../machine/machine.ts'

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

const suffixes: Readonly<Record<Distribution, string>> = { k3s: '+k3s1', rke2: '+rke2r1', kubeadm: '' }

/**
 * Version and distribution of kubelets that join a server of version `server`. Throws FK_BAD_SETTING for kubelets that are newer than it.
 * Source: Kubernetes version-skew policy, kubelet.
 */
export function joinedVersion(wish: VersionWish, server: string): JoinedVersion {
  const [theirs, wanted] = [parseVersion(server), parseVersion(wish.version ?? server)]
  if (wanted === undefined) return { version: wish.version ?? server, distribution: wish.distribution ?? 'kubeadm' }
  if (theirs !== undefined && isNewer(wanted, theirs)) {
    const message = `--version is "${wish.version}", and the API server is ${server}: kubelets are never newer than their API server`
    throw new FalkirkError('FK_BAD_SETTING', message)
  }
  const distribution = wish.distribution ?? distributionOf(wanted.vendor === undefined ? theirs : wanted)
  if (wanted.vendor !== undefined && distributionOf(wanted) === distribution) return { version: wanted.text, distribution }
  return { version: `${upstream(wanted)}${suffixes[distribution]}`, distribution }
}

function isNewer(one: KubernetesVersion, other: KubernetesVersion): boolean {
  return one.major > other.major || (one.major === other.major && one.minor > other.minor)
}

function distributionOf(version: KubernetesVersion | undefined): Distribution {
  const name = version?.vendor?.name
  return name === 'k3s' || name === 'rke2' ? name : 'kubeadm'
}

/** Without what a distribution has written behind it. */
function upstream({ text, vendor }: KubernetesVersion): string {
  return vendor === undefined ? text : text.slice(0, -(vendor.suffix.length + 1))
}
