import type { Node } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import { graceMs, silentConditions } from './node-health.ts'

const now = Date.parse('2026-01-05T10:10:00Z')
const created = '2026-01-05T10:00:00Z'

function node(conditions: Record<string, string>): Node {
  const list = Object.entries(conditions).map(([type, status]) => ({
    type,
    status,
    reason: 'Told',
    message: 'told',
    lastTransitionTime: created,
  }))
  return { metadata: { name: 'n1', creationTimestamp: created }, status: { conditions: list } }
}

describe('how long a node may be silent', () => {
  it.each([
    { minor: 20, conditions: { Ready: 'True' }, ms: 40_000 },
    { minor: 31, conditions: { Ready: 'True' }, ms: 40_000 },
    { minor: 32, conditions: { Ready: 'True' }, ms: 50_000 },
    { minor: 32, conditions: {}, ms: 60_000 },
  ])('$ms ms in 1.$minor with conditions $conditions', ({ minor, conditions, ms }) => {
    expect(graceMs(node(conditions as Record<string, string>), minor)).toBe(ms)
  })
})

describe('conditions of a silent node', () => {
  it('are Unknown, but for NetworkUnavailable; those never told are added', () => {
    const got = silentConditions(node({ Ready: 'True', DiskPressure: 'False', NetworkUnavailable: 'False' }), now)
    expect(got.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['Ready', 'Unknown', 'NodeStatusUnknown'],
      ['DiskPressure', 'Unknown', 'NodeStatusUnknown'],
      ['NetworkUnavailable', 'False', 'Told'],
      ['MemoryPressure', 'Unknown', 'NodeStatusNeverUpdated'],
      ['PIDPressure', 'Unknown', 'NodeStatusNeverUpdated'],
    ])
    expect(got[0]).toMatchObject({ message: 'Kubelet stopped posting node status.', lastTransitionTime: '2026-01-05T10:10:00Z' })
    expect(got[3]).toMatchObject({ message: 'Kubelet never posted node status.', lastHeartbeatTime: created })
  })

  it('are left as they are when all is Unknown already', () => {
    const silent = node({ Ready: 'Unknown', MemoryPressure: 'Unknown', DiskPressure: 'Unknown', PIDPressure: 'Unknown' })
    expect(silentConditions(silent, now)).toBe(silent.status?.conditions)
  })
})
