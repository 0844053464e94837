import { runChanges } from '../src/cli/upgrade/run-lines.ts'
import { type RunState, runState } from '../src/cli/upgrade/run-state.ts'
import type { InFlightStatus } from '../src/core/upgrade/api/upgrade-status.ts'
import { isEndPhase } from '../src/core/upgrade/run/run-phase.ts'
import { type PlainApi, PlainApiError } from '../test/rig/plain-api.ts'
import { type ClusterSnapshot, clusterSnapshot, describeChanges, type NodeObject, type PodObject } from './cluster-view.ts'
import { SightLost } from './watch-cluster.ts'

/** One look at a cluster and the ClusterUpgrade in it. */
export interface UpgradeLook {
  readonly cluster: ClusterSnapshot
  readonly run: RunState
}

/** Looks at nodes, pods and the ClusterUpgrade of that name. Throws `SightLost` when it is not there. */
export async function lookAtUpgrade(api: PlainApi, name: string): Promise<UpgradeLook> {
  const list = async <T>(path: string) => (await api.get<{ items: T[] }>(path)).items
  const [run, nodes, pods] = await Promise.all([
    api.get(`/apis/falkirk.dev/v1alpha1/clusterupgrades/${name}`).catch(unlessMissing),
    list<NodeObject>('/api/v1/nodes'),
    list<PodObject>('/api/v1/pods'),
  ])
  return { run: runState(run), cluster: clusterSnapshot(nodes, pods) }
}

function unlessMissing(error: unknown): never {
  if (error instanceof PlainApiError && error.status === 404)
    throw new SightLost('somebody has deleted the ClusterUpgrade: npm start shows it anew')
  throw error
}

/** Whether it has ended, for good. What is paused or has stopped may be continued from another terminal. */
export function hasEnded({ run: { isSeen, status } }: UpgradeLook): boolean {
  return isSeen && isEndPhase(status.phase)
}

/** The budget that a drain waits for, as its message names it. */
export function budgetHolding({ message = '' }: InFlightStatus): string | undefined {
  return /waits for PodDisruptionBudget (\S+)/.exec(message)?.[1]
}

/** What changed between two looks, one line each: what Falkirk is about, then what that does to nodes and pods. */
export function upgradeChanges(before: UpgradeLook | undefined, after: UpgradeLook): readonly string[] {
  return [...runChanges(before?.run, after.run), ...describeChanges(before?.cluster, after.cluster)]
}
