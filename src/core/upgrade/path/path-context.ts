import type { Build } from '../../version/build-etcd.ts'
import { type Distribution, type ReleaseLine, releaseLine } from '../../version/distribution.ts'
import type { EtcdVersion } from '../../version/etcd-version.ts'
import { describeBuild } from '../../version/known-builds.ts'
import type { KubernetesVersion } from '../../version/kubernetes-version.ts'
import type { Members } from './members.ts'
import type { PathRequest } from './upgrade-path.ts'
import { distinct } from './version-set.ts'

/** What every part of a path needs to know. */
export interface PathContext {
  readonly request: PathRequest
  readonly distribution: Distribution
  readonly line: ReleaseLine
  /** Whether a release brings the etcd that the cluster keeps its data in. */
  readonly etcdWithBuild: boolean
  /** What the control plane runs now, with the etcd that was found, where somebody looked. */
  readonly members: Members
}

/** Finds what follows from the distribution, the datastore and what runs. */
export function pathContext(request: PathRequest, distribution: Distribution): PathContext {
  const embedded = distribution === 'k3s' || distribution === 'rke2'
  const etcdWithBuild = distribution === 'kubeadm' || (embedded && request.datastore !== 'Other')
  const line = releaseLine(distribution)
  const members = distinct(request.from.controlPlane).map((version) =>
    withFound(describeBuild(request.releases, line, version), request.etcd),
  )
  return { request, distribution, line, etcdWithBuild, members }
}

function withFound(build: Build, found: EtcdVersion | undefined): Build {
  return found === undefined ? build : { ...build, etcd: { atLeast: found, atMost: found } }
}

/** What the release data tell of a version. */
export function buildOf(version: KubernetesVersion, { request, line }: PathContext): Build {
  return describeBuild(request.releases, line, version)
}
