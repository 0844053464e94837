import type { BudgetFacts, BudgetStatus } from '../../src/core/drain/disruption-budget.ts'
import type { DrainPolicy } from '../../src/core/drain/drain-policy.ts'
import type { NodeFacts } from '../../src/core/kubernetes/node-facts.ts'
import type { PodFacts } from '../../src/core/kubernetes/pod-facts.ts'

/** A ready pod of a ReplicaSet on node `w1`, labelled `app: web`, created long ago. */
export function samplePod(name: string, more: Partial<PodFacts> = {}): PodFacts {
  return {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    resourceVersion: '1',
    labels: { app: 'web' },
    nodeName: 'w1',
    phase: 'Running',
    ready: true,
    gracePeriodSeconds: 30,
    priority: 0,
    controller: ownedBy('ReplicaSet', 'web-7d9f'),
    mirror: false,
    hasEmptyDir: false,
    finalizers: [],
    containers: [],
    ...more,
  }
}

export function ownedBy(kind: string, name: string): NonNullable<PodFacts['controller']> {
  return { apiVersion: 'apps/v1', kind, name, uid: `uid-${kind}-${name}`, controller: true }
}

/** The same pod without a controller. */
export function bare(pod: PodFacts): PodFacts {
  const { controller: _, ...rest } = pod
  return rest
}

/** A budget over `app: web` that has been computed: 3 pods, 2 wanted, 1 may go. */
export function sampleBudget(
  name: string,
  more: Partial<Omit<BudgetFacts, 'status'>> & { status?: Partial<BudgetStatus> } = {},
): BudgetFacts {
  const { status, ...spec } = more
  return {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    resourceVersion: '1',
    generation: 1,
    selector: { matchLabels: { app: 'web' } },
    unhealthyPodEvictionPolicy: 'IfHealthyBudget',
    ...spec,
    status: {
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 3,
      disruptedPods: {},
      ...status,
    },
  }
}

/** A worker, cordoned. */
export function cordonedNode(name = 'w1'): NodeFacts {
  return {
    name,
    uid: name,
    resourceVersion: '1',
    labels: {},
    unschedulable: true,
    ready: true,
    kubeletVersion: 'v1.33.1',
    bootId: '',
    runtimeVersion: 'containerd://1.7.24',
    deleting: false,
  }
}

/** What `spec.drain: {}` means. */
export const defaultPolicy: DrainPolicy = {
  force: false,
  ignoreDaemonSets: true,
  deleteEmptyDirData: true,
  disableEviction: false,
  skipWaitForDeleteTimeoutSeconds: 0,
}
