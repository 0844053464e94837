import { describe, expect, it } from 'vitest'
import type { KubeObject } from './kube-object.ts'
import { withPodCondition } from './pod-condition.ts'

const nowMs = Date.parse('2026-11-21T10:00:00Z')
const [earlier, now] = ['2026-11-21T09:00:00Z', '2026-11-21T10:00:00Z']

function pod(...conditions: readonly object[]): KubeObject {
  const metadata = { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: earlier }
  return { apiVersion: 'v1', kind: 'Pod', metadata, status: { phase: 'Running', conditions } }
}

const ready = { type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: earlier }
const target = { type: 'DisruptionTarget', status: 'True', lastProbeTime: null, lastTransitionTime: earlier, reason: 'A', message: 'a' }

describe('a condition of a pod', () => {
  it('comes at the end when it is new', () => {
    const news = { type: 'DisruptionTarget', status: 'True', reason: 'A', message: 'a' } as const
    expect(withPodCondition(pod(ready), news, nowMs).status).toEqual({
      phase: 'Running',
      conditions: [ready, { ...target, lastTransitionTime: now }],
    })
  })

  it('stays where it stood, and keeps its time as long as its status is the same', () => {
    const news = { type: 'DisruptionTarget', status: 'True', reason: 'B', message: 'b' } as const
    expect(withPodCondition(pod(target, ready), news, nowMs).status).toMatchObject({
      conditions: [{ ...target, reason: 'B', message: 'b' }, ready],
    })
  })

  it('has a new time, and nothing of the old reason, when its status is another', () => {
    expect(withPodCondition(pod(target, ready), { type: 'DisruptionTarget', status: 'False' }, nowMs).status).toEqual({
      phase: 'Running',
      conditions: [{ type: 'DisruptionTarget', status: 'False', lastProbeTime: null, lastTransitionTime: now }, ready],
    })
  })

  it('changes nothing when the pod says so already', () => {
    const before = pod(target)
    expect(withPodCondition(before, { type: 'DisruptionTarget', status: 'True', reason: 'A', message: 'a' }, nowMs)).toBe(before)
  })
})
