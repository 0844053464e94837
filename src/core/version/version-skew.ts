import { compareMinor, compareVersions, type KubernetesVersion } from './kubernetes-version.ts'

/** Whether a kubelet may talk to an API server. */
export type KubeletSkew =
  | { readonly verdict: 'Within' }
  | { readonly verdict: 'Beyond'; readonly reason: 'NewerThanApiServer' | 'TooOld'; readonly message: string }

/** Whether an API server may be replaced by another version in one step. */
export type ControlPlaneHop =
  | { readonly verdict: 'Allowed' }
  | { readonly verdict: 'Refused'; readonly reason: 'Downgrade' | 'SkippedMinor'; readonly message: string }

/**
 * How many minors an API server may be ahead of this kubelet (inclusive): 3 from kubelet 1.25 on, 2 before.
 * The limit hangs on the kubelet, so one rule serves all times. Source: Kubernetes version-skew policy, KEP-3935.
 */
function maxKubeletSkew(kubelet: KubernetesVersion): number {
  return kubelet.major === 1 && kubelet.minor < 25 ? 2 : 3
}

/**
 * Judges a kubelet against one API server by minor versions, as the policy does: never newer, and not too old.
 * With several API servers every one of them has to be asked. kube-proxy follows the same rule.
 * Source: Kubernetes version-skew policy.
 */
export function kubeletSkew(kubelet: KubernetesVersion, apiServer: KubernetesVersion): KubeletSkew {
  if (compareMinor(kubelet, apiServer) === 1) {
    const message = `kubelet ${kubelet.text} is newer than API server ${apiServer.text}; a kubelet may never be newer`
    return { verdict: 'Beyond', reason: 'NewerThanApiServer', message }
  }
  const most = maxKubeletSkew(kubelet)
  if (minorsBetween(kubelet, apiServer) <= most) return { verdict: 'Within' }
  const message = `kubelet ${kubelet.text} is too old for API server ${apiServer.text}; at most ${most} minor versions may lie between`
  return { verdict: 'Beyond', reason: 'TooOld', message }
}

/**
 * Judges one step of an API server: never down (a vendor's counter included), at most one minor up, single servers too.
 * A step between builds that cannot be ordered (another vendor, another commit) of the same upstream version is allowed.
 * Source: Kubernetes version-skew policy, "skipping minor versions is not supported".
 */
export function controlPlaneHop(from: KubernetesVersion, to: KubernetesVersion): ControlPlaneHop {
  if (compareVersions(to, from) === -1) {
    return { verdict: 'Refused', reason: 'Downgrade', message: `${to.text} is lower than ${from.text}; a control plane is never lowered` }
  }
  if (minorsBetween(from, to) <= 1) return { verdict: 'Allowed' }
  const message = `${from.text} to ${to.text} skips a minor version; go to the last v${from.major}.${from.minor + 1} first, one minor at a time`
  return { verdict: 'Refused', reason: 'SkippedMinor', message }
}

/**
 * Minor versions from the older to the newer; negative when `newer` is the older one, infinite across majors.
 */
export function minorsBetween(older: KubernetesVersion, newer: KubernetesVersion): number {
  if (older.major !== newer.major) return newer.major > older.major ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  return newer.minor - older.minor
}
