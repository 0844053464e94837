import type { Node, Taint } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import { evictingTaint, mirroredTaints, withEvictingTaint } from './node-taints.ts'

const now = Date.parse('2026-01-05T10:10:00Z')

function node(conditions: Record<string, string>, spec: Node['spec'] = {}): Node {
  return { spec, status: { conditions: Object.entries(conditions).map(([type, status]) => ({ type, status })) } }
}

const own: Taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' }
const short = (taints: readonly Taint[]) => taints.map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`)

describe('taints that mirror a node', () => {
  it.each([
    { conditions: { Ready: 'True' }, spec: {}, taints: [] },
    { conditions: { Ready: 'True' }, spec: { unschedulable: true }, taints: ['unschedulable:NoSchedule'] },
    { conditions: { Ready: 'False' }, spec: {}, taints: ['not-ready:NoSchedule'] },
    { conditions: { Ready: 'Unknown' }, spec: {}, taints: ['unreachable:NoSchedule'] },
    {
      conditions: { MemoryPressure: 'True', DiskPressure: 'True' },
      spec: {},
      taints: ['memory-pressure:NoSchedule', 'disk-pressure:NoSchedule'],
    },
    {
      conditions: { PIDPressure: 'True', NetworkUnavailable: 'True' },
      spec: {},
      taints: ['pid-pressure:NoSchedule', 'network-unavailable:NoSchedule'],
    },
    { conditions: { PIDPressure: 'Unknown', DiskPressure: 'False' }, spec: {}, taints: [] },
  ])('$conditions, $spec: $taints', ({ conditions, spec, taints }) => {
    expect(short(mirroredTaints(node(conditions as Record<string, string>, spec), now))).toEqual(taints)
  })

  it('takes away what is no longer so, and nothing that others have set', () => {
    const stale: Taint[] = [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }, own]
    expect(mirroredTaints(node({ Ready: 'True' }, { taints: stale }), now)).toEqual([own])
  })

  it('leaves a taint of another effect alone', () => {
    const evicting: Taint[] = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }]
    const tainted = node({ Ready: 'True' }, { taints: evicting })
    expect(mirroredTaints(tainted, now)).toBe(evicting)
  })

  it('changes nothing when all is there', () => {
    const taints: Taint[] = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: '2026-01-05T10:00:00Z' }]
    expect(mirroredTaints(node({ Ready: 'True' }, { unschedulable: true, taints }), now)).toBe(taints)
  })
})

describe('the taint that evicts', () => {
  it.each([
    { ready: 'True', taint: undefined },
    { ready: 'False', taint: 'node.kubernetes.io/not-ready' },
    { ready: 'Unknown', taint: 'node.kubernetes.io/unreachable' },
  ])('Ready $ready: $taint', ({ ready, taint }) => {
    expect(evictingTaint(node({ Ready: ready }))).toBe(taint)
  })

  it('comes in the place of its opposite', () => {
    const taints: Taint[] = [own, { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }]
    const got = withEvictingTaint(node({ Ready: 'Unknown' }, { taints }), 'node.kubernetes.io/unreachable', now)
    expect(got).toEqual([own, { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: '2026-01-05T10:10:00Z' }])
  })

  it('goes when the node is ready', () => {
    const taints: Taint[] = [own, { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }]
    expect(withEvictingTaint(node({ Ready: 'True' }, { taints }), undefined, now)).toEqual([own])
  })
})
