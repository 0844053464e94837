import type { Pod } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import { ResourceSum } from '../../core/scheduling/resources.ts'
import { admitPod, type NodeRoom } from './admit-pod.ts'

const allocatable = { cpu: '2', memory: '1Gi', pods: '3' }

function room(rest: Partial<NodeRoom> & { milliCpu?: number } = {}): NodeRoom {
  const used = new ResourceSum()
  used.milliCpu = rest.milliCpu ?? 0
  return { name: 'a', allocatable, used, pods: 0, pressures: new Set(), ...rest }
}

function pod(requests: Record<string, string> = {}, rest: { spec?: object; qosClass?: string } = {}): Pod {
  const containers = [{ name: 'c', resources: { requests } }]
  return { metadata: { name: 'p' }, spec: { containers, ...rest.spec }, status: { qosClass: rest.qosClass ?? 'Burstable' } }
}

describe('admission by the kubelet', () => {
  it.each([
    { what: 'a pod that fits', of: pod({ cpu: '1' }), node: room({ milliCpu: 1000 }), reason: undefined },
    { what: 'too much CPU', of: pod({ cpu: '1' }), node: room({ milliCpu: 1001 }), reason: 'OutOfcpu' },
    { what: 'too much memory', of: pod({ memory: '2Gi' }), node: room(), reason: 'OutOfmemory' },
    { what: 'one pod too many', of: pod(), node: room({ pods: 3 }), reason: 'OutOfpods' },
    { what: 'a resource that the node does not have', of: pod({ 'example.com/gpu': '1' }), node: room(), reason: 'OutOfexample.com/gpu' },
    {
      what: 'another node',
      of: pod({}, { spec: { nodeSelector: { a: 'b' } } }),
      node: room({ labels: { a: 'c' } }),
      reason: 'NodeAffinity',
    },
    {
      what: 'best effort without memory',
      of: pod({}, { qosClass: 'BestEffort' }),
      node: room({ pressures: new Set(['Memory']) }),
      reason: 'Evicted',
    },
    { what: 'a claim without memory', of: pod({ memory: '1Mi' }), node: room({ pressures: new Set(['Memory']) }), reason: undefined },
    { what: 'any pod without disk', of: pod({ memory: '1Mi' }), node: room({ pressures: new Set(['Disk']) }), reason: 'Evicted' },
    {
      what: 'a critical pod without disk',
      of: pod({}, { spec: { priority: 2_000_001_000 } }),
      node: room({ pressures: new Set(['Disk']) }),
      reason: undefined,
    },
  ])('$what: $reason', ({ of, node, reason }) => {
    expect(admitPod(of, node)?.reason).toBe(reason)
  })

  it('says what is asked for, taken and there', () => {
    expect(admitPod(pod({ cpu: '1500m' }), room({ milliCpu: 600 }))?.message).toBe(
      "Node didn't have enough resource: cpu, requested: 1500, used: 600, capacity: 2000",
    )
  })
})
