import type { PodSpec } from 'kubernetes-types/core/v1'
import { expect, it } from 'vitest'
import type { NodeObject } from '../workload-objects.ts'
import { nodePlacement } from './node-placement.ts'

const node = (spec: object = {}, labels: Record<string, string> = {}): NodeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', uid: 'u', resourceVersion: '1', creationTimestamp: '', labels },
  spec,
})

const taints = (key: string, effect: string) => ({ taints: [{ key, effect }] })

it.each<{ why: string; spec?: Partial<PodSpec>; on: NodeObject; placement: string }>([
  { why: 'every node', on: node(), placement: 'Run' },
  {
    why: 'a cordoned node',
    on: node({ unschedulable: true, ...taints('node.kubernetes.io/unschedulable', 'NoSchedule') }),
    placement: 'Run',
  },
  { why: 'a node that is not ready', on: node(taints('node.kubernetes.io/not-ready', 'NoExecute')), placement: 'Run' },
  { why: 'a taint NoSchedule', on: node(taints('gpu', 'NoSchedule')), placement: 'Stay' },
  { why: 'a taint NoExecute', on: node(taints('gpu', 'NoExecute')), placement: 'Leave' },
  { why: 'a taint PreferNoSchedule', on: node(taints('gpu', 'PreferNoSchedule')), placement: 'Run' },
  {
    why: 'a taint that is tolerated',
    spec: { tolerations: [{ operator: 'Exists' }] },
    on: node(taints('gpu', 'NoExecute')),
    placement: 'Run',
  },
  { why: 'no network', on: node(taints('node.kubernetes.io/network-unavailable', 'NoSchedule')), placement: 'Stay' },
  {
    why: 'no network needed',
    spec: { hostNetwork: true },
    on: node(taints('node.kubernetes.io/network-unavailable', 'NoSchedule')),
    placement: 'Run',
  },
  { why: 'a node selector', spec: { nodeSelector: { role: 'edge' } }, on: node(), placement: 'Leave' },
  { why: 'a node selector', spec: { nodeSelector: { role: 'edge' } }, on: node({}, { role: 'edge' }), placement: 'Run' },
  { why: 'another node by name', spec: { nodeName: 'n2' }, on: node(), placement: 'Leave' },
])('$placement: $why', ({ spec, on, placement }) => {
  expect(nodePlacement({ spec: { containers: [], ...spec } })(on)).toBe(placement)
})
