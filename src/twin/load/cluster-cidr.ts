import type { DraftObject } from '../kube-object.ts'
import { clusterCidrFor } from '../pod-network.ts'

/** An IPv4 range in which every node of these objects has room for its pods: what their twin has to be made with. */
export function clusterCidrOf(objects: readonly DraftObject[]): string {
  return clusterCidrFor(objects.filter(({ kind }) => kind === 'Node').length)
}
