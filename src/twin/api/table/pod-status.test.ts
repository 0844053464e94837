import type { ContainerState, ContainerStatus, Pod, PodSpec, PodStatus } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import { podSummary } from './pod-status.ts'

const running: ContainerState = { running: { startedAt: '2026-01-01T00:00:00Z' } }
const waiting = (reason: string): ContainerState => ({ waiting: { reason } })
const ended = (exitCode: number, more: object = {}): ContainerState => ({ terminated: { exitCode, ...more } })
const done = ended(0, { reason: 'Completed' })

function status(name: string, state: ContainerState, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return { name, state, ready: false, restartCount: 0, image: 'x', imageID: '', ...more }
}

function pod(containers: number, inits: number, more: PodStatus, spec: Partial<PodSpec> = {}): Pod {
  const named = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i}`, image: 'x' }))
  return { spec: { containers: named('c', containers), initContainers: named('i', inits), ...spec }, status: more }
}

const ready = { ready: true }
const c0 = (state: ContainerState, more: Partial<ContainerStatus> = {}) => ({ containerStatuses: [status('c0', state, more)] })
const i0 = (state: ContainerState, more: Partial<ContainerStatus> = {}) => ({ initContainerStatuses: [status('i0', state, more)] })

/** What a server 1.20 answered for the same pods. */
const cases: readonly [string, Pod, string][] = [
  ['a pod that nobody has looked at', pod(2, 0, { phase: 'Pending' }), '0/2 Pending 0'],
  ['a running pod', pod(1, 0, { phase: 'Running', ...c0(running, { ready: true, restartCount: 3 }) }), '1/1 Running 3'],
  [
    'the first container that has something to say',
    pod(2, 0, {
      phase: 'Running',
      containerStatuses: [status('c0', running, ready), status('c1', waiting('CrashLoopBackOff'), { restartCount: 7 })],
    }),
    '1/2 CrashLoopBackOff 7',
  ],
  ['a pod that has ended well', pod(1, 0, { phase: 'Succeeded', ...c0(done) }), '0/1 Completed 0'],
  [
    'a pod of which one half has ended',
    pod(2, 0, {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [status('c0', done), status('c1', running, ready)],
    }),
    '1/2 Running 0',
  ],
  [
    'a pod of which one half has ended and the other is not ready',
    pod(2, 0, { phase: 'Running', containerStatuses: [status('c0', done), status('c1', running, ready)] }),
    '1/2 NotReady 0',
  ],
  ['a failed pod', pod(1, 0, { phase: 'Failed', ...c0(ended(1, { reason: 'Error' })) }), '0/1 Error 0'],
  ['an end without a reason', pod(1, 0, { phase: 'Failed', ...c0(ended(3)) }), '0/1 ExitCode:3 0'],
  ['an end by a signal', pod(1, 0, { phase: 'Failed', ...c0(ended(137, { signal: 9 })) }), '0/1 Signal:9 0'],
  ['an evicted pod', pod(1, 0, { phase: 'Failed', reason: 'Evicted' }), '0/1 Evicted 0'],
  ['a pod whose images are pulled', pod(1, 0, { phase: 'Pending', ...c0(waiting('ContainerCreating')) }), '0/1 ContainerCreating 0'],
  [
    'how far the init containers are',
    pod(1, 2, {
      phase: 'Pending',
      initContainerStatuses: [status('i0', done, { restartCount: 2 }), status('i1', running, { restartCount: 1 })],
      ...c0(waiting('PodInitializing')),
    }),
    '0/1 Init:1/2 3',
  ],
  [
    'an init container that failed',
    pod(1, 1, { phase: 'Pending', ...i0(ended(1, { reason: 'Error' }), { restartCount: 2 }) }),
    '0/1 Init:Error 2',
  ],
  ['its exit code', pod(1, 1, { phase: 'Pending', ...i0(ended(4)) }), '0/1 Init:ExitCode:4 0'],
  ['its signal', pod(1, 1, { phase: 'Pending', ...i0(ended(4, { signal: 9 })) }), '0/1 Init:Signal:9 0'],
  ['an init container that waits', pod(1, 1, { phase: 'Pending', ...i0(waiting('ImagePullBackOff')) }), '0/1 Init:ImagePullBackOff 0'],
  [
    'no restarts of init containers that are done',
    pod(1, 1, { phase: 'Running', ...i0(done, { restartCount: 5 }), ...c0(running, { ready: true, restartCount: 1 }) }),
    '1/1 Running 1',
  ],
]

function summaryText(of: Pod, minor: number): string {
  const { ready: count, total, status: text, restarts } = podSummary(of, minor)
  return `${count}/${total} ${text} ${restarts}`
}

describe('podSummary', () => {
  it.each(cases)('shows %s', (_title, of, text) => {
    expect(summaryText(of, 20)).toBe(text)
  })

  it('shows that a pod is being deleted', () => {
    const going = { ...pod(1, 0, { phase: 'Running', ...c0(running, ready) }), metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }
    expect(summaryText(going, 20)).toBe('1/1 Terminating 0')
    expect(summaryText({ ...going, status: { ...going.status, reason: 'NodeLost' } }, 20)).toBe('1/1 Unknown 0')
  })

  it('shows of an ended pod that it is being deleted only before 1.29', () => {
    const going = { ...pod(1, 0, { phase: 'Succeeded', ...c0(done) }), metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }
    expect(summaryText(going, 28)).toBe('0/1 Terminating 0')
    expect(summaryText(going, 29)).toBe('0/1 Completed 0')
  })

  it('counts sidecars since 1.28', () => {
    const initContainers = [{ name: 'i0', image: 'x', restartPolicy: 'Always' }]
    const sidecar = { ...i0(running, { ready: true, started: true, restartCount: 2 }), ...c0(running, ready) }
    const meshed = pod(1, 0, { phase: 'Running', ...sidecar }, { initContainers })
    expect(summaryText(meshed, 28)).toBe('2/2 Running 2')
    expect(summaryText(meshed, 27)).toBe('0/1 Init:0/1 2')
  })

  it('shows scheduling gates since 1.26', () => {
    const gated = pod(1, 0, { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] })
    expect(summaryText(gated, 26)).toBe('0/1 SchedulingGated 0')
    expect(summaryText(gated, 25)).toBe('0/1 Pending 0')
  })
})
