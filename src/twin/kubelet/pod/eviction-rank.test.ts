import type { Pod } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import { firstToEvict } from './eviction-rank.ts'

function pod(
  name: string,
  qosClass: string,
  of: { priority?: number; created?: string; annotations?: Record<string, string>; phase?: string } = {},
): Pod {
  const { priority = 0, created = '2026-01-01T00:00:00Z', annotations = {}, phase = 'Running' } = of
  return { metadata: { name, creationTimestamp: created, annotations }, spec: { priority, containers: [] }, status: { qosClass, phase } }
}

describe('the pod that goes first when a node runs short', () => {
  it.each([
    { what: 'best effort before burstable', pods: [pod('a', 'Burstable'), pod('b', 'BestEffort'), pod('c', 'Guaranteed')], first: 'b' },
    { what: 'the lowest priority', pods: [pod('a', 'BestEffort', { priority: 10 }), pod('b', 'BestEffort')], first: 'b' },
    { what: 'the youngest', pods: [pod('a', 'BestEffort', { created: '2026-01-02T00:00:00Z' }), pod('b', 'BestEffort')], first: 'a' },
    { what: 'no static pod', pods: [pod('a', 'BestEffort', { annotations: { 'kubernetes.io/config.mirror': 'h' } })], first: undefined },
    { what: 'no critical pod', pods: [pod('a', 'BestEffort', { priority: 2_000_000_000 })], first: undefined },
    { what: 'none that has ended', pods: [pod('a', 'BestEffort', { phase: 'Failed' })], first: undefined },
  ])('is $first: $what', ({ pods, first }) => {
    expect(firstToEvict(pods)?.metadata?.name).toBe(first)
  })
})
