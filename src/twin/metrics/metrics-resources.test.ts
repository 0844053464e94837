import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { quantityMilliValue, quantityValue } from '../../core/kubernetes/quantity.ts'
import type { VirtualCall, VirtualResource } from '../api/http/server-parts.ts'
import type { KubeObject } from '../kube-object.ts'
import { ObjectStore } from '../store/object-store.ts'
import { containerUsage, resolutionMs } from './container-usage.ts'
import { metricsResources } from './metrics-resources.ts'

const start = Date.UTC(2026, 0, 1)
const call = {} as VirtualCall

interface Measured {
  readonly metadata: { readonly name: string; readonly labels?: object }
  readonly containers?: readonly { readonly name: string; readonly usage: Amounts }[]
  readonly usage?: Amounts
}

interface Amounts {
  readonly cpu: string
  readonly memory: string
}

describe('metrics', () => {
  it('of a pod are those of its running containers, and within what they ask for', async () => {
    const { pods } = cluster([node('n')], [pod('a', 'n', { main: 'running', side: 'waiting' })])
    const [measured] = await listed(pods)
    expect(measured?.metadata).toMatchObject({ name: 'a', labels: { app: 'a' } })
    expect(measured?.containers?.map(({ name }) => name)).toEqual(['main'])
    const { cpu = '', memory = '' } = measured?.containers?.[0]?.usage ?? {}
    expect(quantityMilliValue(cpu)).toBeGreaterThan(0)
    expect(quantityMilliValue(cpu)).toBeLessThan(500)
    expect(quantityValue(memory)).toBeGreaterThan(100 * 2 ** 20)
    expect(quantityValue(memory)).toBeLessThan(256 * 2 ** 20)
  })

  it('of a pod in which nothing runs are missing', async () => {
    const { pods } = cluster([node('n')], [pod('a', 'n', { main: 'terminated' })])
    expect(await listed(pods)).toEqual([])
    expect(() => pods.get?.({ namespace: 'default', name: 'a' }, call)).toThrow('pods.metrics.k8s.io "default/a" not found')
  })

  it('of a node are those of its pods and of its system, and never above its capacity', async () => {
    const many = Array.from({ length: 80 }, (_, index) => pod(`a${index}`, 'full', { main: 'running' }))
    const { nodes } = cluster([node('empty'), node('full')], many)
    const usage = new Map((await listed(nodes)).map(({ metadata, usage }) => [metadata.name, usage]))
    expect(quantityMilliValue(usage.get('empty')?.cpu)).toBeGreaterThan(0)
    expect(quantityMilliValue(usage.get('empty')?.cpu)).toBeLessThan(400)
    expect(quantityMilliValue(usage.get('full')?.cpu)).toBe(4000)
    expect(quantityValue(usage.get('full')?.memory)).toBe(8 * 2 ** 30)
  })

  it('of a node that is not ready are missing', async () => {
    const { nodes } = cluster([node('n', 'Unknown')], [])
    expect(await listed(nodes)).toEqual([])
    expect(() => nodes.get?.({ namespace: undefined, name: 'n' }, call)).toThrow('nodes.metrics.k8s.io "n" not found')
  })

  it('stay the same until the next measurement', () => {
    const basis = { cpuMillis: 1000, memoryBytes: 2 ** 30 }
    const first = containerUsage('id/main', basis, start)
    expect(containerUsage('id/main', basis, start + resolutionMs - 1)).toEqual(first)
    expect(containerUsage('id/main', basis, start + resolutionMs)).not.toEqual(first)
    expect(containerUsage('other/main', basis, start)).not.toEqual(first)
  })
})

function cluster(nodes: readonly KubeObject[], pods: readonly KubeObject[]): { pods: VirtualResource; nodes: VirtualResource } {
  const store = new ObjectStore()
  for (const one of nodes) store.put('nodes', one)
  for (const one of pods) store.put('pods', one)
  const resources = metricsResources(store, new VirtualClock({ startMs: start }))
  const of = (plural: string): VirtualResource => resources[`${plural}.metrics.k8s.io`] ?? {}
  return { pods: of('pods'), nodes: of('nodes') }
}

async function listed(resource: VirtualResource): Promise<readonly Measured[]> {
  return (await resource.list?.(undefined, call)) as unknown as readonly Measured[]
}

function node(name: string, ready = 'True'): KubeObject {
  const status = { capacity: { cpu: '4', memory: '8Gi' }, conditions: [{ type: 'Ready', status: ready }] }
  return { apiVersion: 'v1', kind: 'Node', metadata: metadata(name), status }
}

function pod(name: string, nodeName: string, states: Readonly<Record<string, string>>): KubeObject {
  const resources = { requests: { cpu: '500m', memory: '256Mi' } }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata(name), namespace: 'default', labels: { app: name } },
    spec: { nodeName, containers: Object.keys(states).map((container) => ({ name: container, resources })) },
    status: { containerStatuses: Object.entries(states).map(([container, state]) => ({ name: container, state: { [state]: {} } })) },
  }
}

function metadata(name: string): KubeObject['metadata'] {
  return { name, uid: `uid-${name}`, resourceVersion: '', creationTimestamp: '2026-01-01T00:00:00Z' }
}
