import type { PlainApi } from '../test/rig/plain-api.ts'
import { type ClusterSnapshot, clusterSnapshot, describeChanges, type NodeObject, type PlanObject, type PodObject } from './cluster-view.ts'
import { drawFrame, paintFrame } from './frame.ts'
import { type Sight, watchCluster } from './watch-cluster.ts'

const nothing: ClusterSnapshot = { nodes: [], plans: [], pods: new Set() }

/** Shows the nodes and Plans of a cluster until all Plans are complete (true) or `signal` aborts (false). */
export async function watchRollout(api: PlainApi, signal: AbortSignal): Promise<boolean> {
  const sight: Sight<ClusterSnapshot> = {
    look: () => lookAtPlans(api),
    isOver: ({ plans }) => plans.length > 0 && plans.every(({ complete }) => complete),
    changes: describeChanges,
    draw: ({ seen = nothing, ...frame }, size) => drawFrame({ ...frame, snapshot: seen }, size),
    paint: paintFrame,
  }
  return (await watchCluster(sight, signal)) !== undefined
}

async function lookAtPlans(api: PlainApi): Promise<ClusterSnapshot> {
  const list = async <T>(path: string) => (await api.get<{ items: T[] }>(path)).items
  return clusterSnapshot(
    ...(await Promise.all([
      list<NodeObject>('/api/v1/nodes'),
      list<PodObject>('/api/v1/pods'),
      list<PlanObject>('/apis/upgrade.cattle.io/v1/namespaces/system-upgrade/plans'),
    ])),
  )
}
