import { describe, expect, it } from 'vitest'
import { excerpt } from './log-server.ts'
import { type ContainerState, phaseOf } from './pod-status.ts'
import { reportedVersion } from './upgrade-run.ts'

const waiting: ContainerState = { kind: 'Waiting', reason: 'PodInitializing', message: '' }
const running: ContainerState = { kind: 'Running', sinceMs: 0 }
const ended = (exitCode: number): ContainerState => ({ kind: 'Terminated', exitCode, sinceMs: 0, untilMs: 1 })

describe('phase of a simulated pod', () => {
  it.each([
    { title: 'Pending while an init container runs', init: [running], main: [waiting], over: false, phase: 'Pending' },
    { title: 'Running as soon as one container runs', init: [ended(0)], main: [running, waiting], over: false, phase: 'Running' },
    { title: 'Succeeded when all ended with 0', init: [ended(0)], main: [ended(0), ended(0)], over: true, phase: 'Succeeded' },
    { title: 'Failed when one ended otherwise', init: [], main: [ended(0), ended(1)], over: true, phase: 'Failed' },
    { title: 'Failed when an init container failed', init: [ended(1)], main: [waiting], over: true, phase: 'Failed' },
  ])('$title', ({ init, main, over, phase }) => {
    expect(phaseOf({ init, main, over, restarts: 0 })).toBe(phase)
  })
})

describe('version that a simulated kubelet reports after an upgrade', () => {
  it.each([
    { planned: 'v1.20.3-k3s1', reported: 'v1.20.3+k3s1' },
    { planned: 'v1.29.4-rc1-rke2r2', reported: 'v1.29.4-rc1+rke2r2' },
    { planned: 'v1.31.0', reported: 'v1.31.0' },
    { planned: 'focal-20240101', reported: undefined },
  ])('$planned → $reported', ({ planned, reported }) => {
    expect(reportedVersion(planned)).toBe(reported)
  })
})

describe('logs of a simulated kubelet', () => {
  it.each([
    { query: '', log: 'a\nb\n' },
    { query: 'tailLines=1', log: 'b\n' },
    { query: 'tailLines=5', log: 'a\nb\n' },
    { query: 'limitBytes=3', log: 'a\nb' },
  ])('"$query"', ({ query, log }) => {
    expect(excerpt('a\nb', new URLSearchParams(query))).toBe(log)
  })
})
