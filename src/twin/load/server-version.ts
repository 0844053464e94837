import type { Node } from 'kubernetes-types/core/v1'
import { compareVersions, parseVersion } from '../../core/version/kubernetes-version.ts'
import { as, type DraftObject } from '../kube-object.ts'

/**
 * The version of the API server of a cluster of which there are only the objects: that of its newest kubelet, which may not be newer than its
 * server. Undefined without a node that says its version. Source: Kubernetes, Version Skew Policy.
 */
export function serverVersionOf(objects: readonly DraftObject[]): string | undefined {
  return objects
    .filter(({ kind }) => kind === 'Node')
    .flatMap((node) => parseVersion(as<Node>(node).status?.nodeInfo?.kubeletVersion ?? '') ?? [])
    .reduce<ReturnType<typeof parseVersion>>(
      (newest, version) => (newest === undefined || compareVersions(newest, version) === -1 ? version : newest),
      undefined,
    )?.text
}
