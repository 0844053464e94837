import type { Build } from '../../version/build-etcd.ts'
import type { Distribution, ReleaseLine } from '../../version/distribution.ts'
import { releaseLine } from '../../version/distribution.ts'
import { describeBuild } from '../../version/known-builds.ts'
import type { KubernetesVersion } from '../../version/kubernetes-version.ts'
import type { PathRequest } from './upgrade-path.ts'
import { distinct } from './version-set.ts'

/** What every part of a path needs to know. */
export interface PathContext {
  readonly request: PathRequest
  readonly distribution: Distribution
  readonly line: ReleaseLine
  /** Whether a release brings the etcd that the cluster keeps its data in. */
  readonly etcdWithBuild: boolean
  /** What runs now: of several API servers the oldest, with the etcd that was found, where somebody looked. */
  readonly running: Build
}

/** Finds what follows from the distribution, the datastore and what runs. */
export function pathContext(request: PathRequest, distribution: Distribution): PathContext {
  const embedded = distribution === 'k3s' || distribution === 'rke2'
  const etcdWithBuild = distribution === 'kubeadm' || (embedded && request.datastore !== 'Other')
  const line = releaseLine(distribution)
  const oldest = describeBuild(request.releases, line, distinct(request.from.controlPlane)[0] ?? request.to)
  const { etcd } = request
  const running = etcd === undefined ? oldest : { ...oldest, etcd: { atLeast: etcd, atMost: etcd } }
  return { request, distribution, line, etcdWithBuild, running }
}

/** What the release data tell of a version. */
export function buildOf(version: KubernetesVersion, { request, line }: PathContext): Build {
  return describeBuild(request.releases, line, version)
}
