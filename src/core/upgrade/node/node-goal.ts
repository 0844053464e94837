import { parseVersion, sameRelease } from '../../version/kubernetes-version.ts'
import { hasRuntime } from '../hosts/host-changes.ts'
import type { NodeAtWork } from './node-turn.ts'

type At = Pick<NodeAtWork, 'node' | 'entry'>

/** Whether the kubelet reports everything that the node is being brought to. */
export function isReached(at: At): boolean {
  return missing(at) === undefined
}

/** What the kubelet does not report yet, as a clause about the node. */
export function missing({ node, entry }: At): string | undefined {
  const [reported, wanted] = [parseVersion(node.kubeletVersion), parseVersion(entry.version)]
  if (reported === undefined || wanted === undefined || !sameRelease(reported, wanted))
    return `reports kubelet ${node.kubeletVersion} and not yet ${entry.version}`
  if (entry.runtime !== undefined && !hasRuntime(node, entry.runtime)) {
    const { name, version } = entry.runtime
    return `reports ${node.runtimeVersion} and not yet ${name}${version === undefined ? '' : ` ${version}`}`
  }
  // what was reported before a reboot says nothing of what runs now
  if (entry.bootId !== undefined && node.bootId !== entry.bootId) return 'has not reported since its reboot'
  return undefined
}

/** Nothing of Kubernetes is changed: the node had the version when it was started. */
export function staysAsItIs({ version, before }: NodeAtWork['entry']): boolean {
  const [had, wanted] = [parseVersion(before.kubeletVersion), parseVersion(version)]
  return had !== undefined && wanted !== undefined && sameRelease(had, wanted)
}
