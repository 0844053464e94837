import { isTerminating } from '../pod-state.ts'
import type { PodObject } from '../workload-objects.ts'
import type { DaemonNode, Daemons } from './daemons.ts'

export interface DaemonDecision {
  /** Names of nodes that get a pod. */
  readonly create: readonly string[]
  readonly delete: readonly PodObject[]
  /** Those of the deleted that had failed: each is a reason for an event, and for waiting longer before the next. */
  readonly failed: readonly FailedDaemon[]
  /** In how many ms a failed pod may be deleted that may not be now. */
  readonly retryInMs?: number
}

export interface FailedDaemon {
  readonly node: string
  readonly pod: PodObject
}

/** How a DaemonSet deals with pods that are not as they should be. */
export interface DaemonRules {
  /** How long the failed pod of a node is still to be left alone, ms: a kubelet that refuses it would refuse the next at once. */
  readonly waitMs: (node: string) => number
  /** Which of the pods on one node are too many; the bound come first, then the oldest. */
  readonly surplusOf: (pods: readonly PodObject[]) => readonly PodObject[]
}

/** Which nodes lack a pod and which pods are in the wrong place, too many, or have failed. Source: Kubernetes, daemon podsShouldBeOnNode. */
export function decideDaemons({ nodes, lost }: Daemons, rules: DaemonRules): DaemonDecision {
  const create = nodes.filter(({ placement, pods }) => placement === 'Run' && pods.length === 0).map(({ node }) => node.metadata.name)
  const misplaced = nodes.filter(({ placement }) => placement === 'Leave').flatMap(alive)
  const staying = nodes.filter(({ placement }) => placement !== 'Leave')
  const ended = staying.flatMap((daemon) => {
    const { name } = daemon.node.metadata
    return alive(daemon)
      .filter(hasFailed)
      .map((pod) => ({ node: name, pod, waitMs: rules.waitMs(name) }))
  })
  const failed = ended.filter(({ waitMs }) => waitMs === 0)
  const waits = ended.map(({ waitMs }) => waitMs).filter((wait) => wait > 0)
  const surplus = staying.flatMap((daemon) => rules.surplusOf(alive(daemon).filter((pod) => !hasFailed(pod))))
  const unbound = lost.filter(({ spec }) => !spec.nodeName)
  return {
    create,
    delete: [...failed.map(({ pod }) => pod), ...misplaced, ...surplus, ...unbound],
    failed: failed.map(({ node, pod }) => ({ node, pod })),
    ...(waits.length === 0 ? {} : { retryInMs: Math.min(...waits) }),
  }
}

function hasFailed({ status }: PodObject): boolean {
  return status?.phase === 'Failed'
}

function alive({ pods }: DaemonNode): readonly PodObject[] {
  return pods.filter((pod) => !isTerminating(pod))
}
