import type { ClusterUpgradeStatus } from '../../core/upgrade/api/upgrade-status.ts'
import { type RunState, runState } from './run-state.ts'

/** A minute after the run that the samples show has begun. */
export const sampleNowMs = Date.UTC(2026, 10, 21, 12, 2, 5)

/** An object as the API gives it. */
export function runObject(status: ClusterUpgradeStatus = {}, spec: object = {}, name = 'to-1-34') {
  const metadata = { name, uid: `uid-${name}`, resourceVersion: '7', generation: 2, creationTimestamp: '2026-11-21T11:59:50Z' }
  return { apiVersion: 'falkirk.dev/v1alpha1', kind: 'ClusterUpgrade', metadata, spec: { version: 'v1.34.2+k3s1', ...spec }, status }
}

export function aRun(status: ClusterUpgradeStatus = {}, spec: object = {}): RunState {
  return runState(runObject({ observedGeneration: 2, ...status }, spec))
}

const pods = 'default/web-7d9c-x2x5p is held back by PodDisruptionBudget web: 2 of 2 pods have to stay healthy'

/** A run in the middle of its second batch. */
export const inTheMiddle: ClusterUpgradeStatus = {
  observedGeneration: 2,
  phase: 'Nodes',
  message: `worker-3: 2 of 3 pods left; ${pods} (and 1 more node)`,
  from: 'v1.33.7+k3s3',
  hop: { version: 'v1.34.2+k3s1', number: 1, of: 1 },
  progress: { controlPlane: '3/3', nodes: '3/6' },
  startedAt: '2026-11-21T12:00:00Z',
  pools: [
    { name: 'edge', nodes: 2, done: 2, finishedBatches: 1 },
    { name: 'general', nodes: 4, done: 1, finishedBatches: 1, batch: { number: 2, nodes: ['worker-3', 'worker-4'] } },
  ],
  inFlight: [
    { node: 'worker-3', step: 'Draining', since: '2026-11-21T12:01:00Z', attempt: 1, message: `worker-3: 2 of 3 pods left; ${pods}` },
    {
      node: 'worker-4',
      step: 'Changing',
      since: '2026-11-21T12:02:00Z',
      attempt: 2,
      message: 'worker-4: job falkirk-change-worker-4-0123456789 is at work',
    },
  ],
}

export const stopped: ClusterUpgradeStatus = {
  observedGeneration: 2,
  phase: 'Stopped',
  message:
    'job falkirk-change-worker-3-0123456789 failed on Node worker-3: exit code 3:\nno space left on device; mend it, then falkirk continue (spec.continueFrom: 1)',
  from: 'v1.33.7+k3s3',
  hop: { version: 'v1.34.2+k3s1', number: 1, of: 1 },
  progress: { controlPlane: '3/3', nodes: '3/6' },
  startedAt: '2026-11-21T12:00:00Z',
  pausedAt: '2026-11-21T12:02:00Z',
  pools: [{ name: 'general', nodes: 4, done: 1, finishedBatches: 0 }],
  inFlight: [],
  failed: [{ node: 'worker-3', reason: 'JobFailed', message: 'exit code 3:\nno space left on device', since: '2026-11-21T12:02:00Z' }],
  stop: { number: 1, reason: 'JobFailed', message: 'exit code 3', since: '2026-11-21T12:02:00Z' },
}
