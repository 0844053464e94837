import { compareVersions, type KubernetesVersion, parseVersion } from '../version/kubernetes-version.ts'
import { kubeletSkew } from '../version/version-skew.ts'
import { blocks, type Finding, note } from './finding.ts'
import type { NodeOverview } from './node-overview.ts'

/** What an upgrade would meet, as far as the API tells: used where nobody has looked at the host. */
export function judgeNode({ version, runtime }: NodeOverview, target: KubernetesVersion): readonly Finding[] {
  const running = parseVersion(version)
  if (running === undefined) return []
  if (compareVersions(target, running) === -1) {
    return [
      blocks('version', `the kubelet has ${version}, and ${target.text} is lower`, `name a version from ${version} on: no node is lowered`),
    ]
  }
  const found: Finding[] = []
  if (runtime.startsWith('docker ') && target.minor >= 24 && running.minor < 24) {
    const fix = 'move the node to containerd (or cri-dockerd) at v1.23 at the latest'
    found.push(blocks('runtime', `${runtime} is the runtime: a kubelet of v1.24 needs another`, fix))
  }
  if (kubeletSkew(running, target).verdict === 'Beyond') {
    found.push(
      note('skew', `kubelet ${version} cannot stay beside API servers of ${target.text}`, 'it moves on the way: falkirk path says when'),
    )
  }
  return found
}
