import { describe, expect, it, onTestFinished } from 'vitest'
import { memoryShell } from '../../../test/loopback/memory-shell.ts'
import { startPlanCaches } from './plan-caches.ts'
import { wakePlans } from './wake-plans.ts'

const ours = '/apis/upgrade.cattle.io/v1/namespaces/system-upgrade/plans'
const namespaced = (name: string, labels: Record<string, string> = {}) => ({ name, namespace: 'system-upgrade', labels })

const node = (name: string, labels: Record<string, string> = {}, more: object = {}) => ({
  metadata: { name, uid: `uid-${name}`, labels, ...more },
  status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.20.2+k3s1' } },
})

function plan(name: string, spec: object) {
  return { metadata: { ...namespaced(name), uid: `uid-${name}` }, spec: { upgrade: { image: 'i' }, version: 'v1', ...spec } }
}

/** Two Plans: `servers` selects n1 and uses Secret s; `agents` selects n2 and is exclusive. */
async function setUp() {
  const { api, clock, shell } = memoryShell()
  api.put(`${ours}/servers`, plan('servers', { nodeSelector: { matchLabels: { role: 'server' } }, secrets: [{ name: 's', path: '/s' }] }))
  api.put(`${ours}/agents`, plan('agents', { nodeSelector: { matchLabels: { role: 'agent' } }, exclusive: true }))
  api.put('/api/v1/nodes/n1', node('n1', { role: 'server' }))
  api.put('/api/v1/nodes/n2', node('n2', { role: 'agent' }))
  api.put('/api/v1/namespaces/system-upgrade/secrets/s', { metadata: namespaced('s'), data: { k: 'dg==' } })
  const caches = startPlanCaches(shell)
  onTestFinished(() => caches.stop())
  await clock.advance(5_000)
  await caches.synced
  const woken: string[] = []
  const end = wakePlans(
    caches,
    (name) => woken.push(name),
    () => woken.push('what is left behind'),
  )
  const wokenBy = async (change: () => unknown) => {
    woken.length = 0
    change()
    await clock.advance(1_000)
    return [...new Set(woken)].toSorted()
  }
  return { api, wokenBy, end }
}

describe('waking Plans', () => {
  it('a node that changes wakes the Plans that select it', async () => {
    const { api, wokenBy } = await setUp()
    expect(await wokenBy(() => api.put('/api/v1/nodes/n1', node('n1', { role: 'server', zone: 'a' })))).toEqual(['servers'])
  })

  it('a node that moves from one Plan to another wakes both', async () => {
    const { api, wokenBy } = await setUp()
    expect(await wokenBy(() => api.put('/api/v1/nodes/n1', node('n1', { role: 'agent' })))).toEqual(['agents', 'servers'])
  })

  it('a node that is not Ready any more wakes every Plan: others wait for it', async () => {
    const { api, wokenBy } = await setUp()
    const down = { ...node('n1', { role: 'server' }), status: { nodeInfo: { kubeletVersion: 'v1.20.2+k3s1' } } }
    expect(await wokenBy(() => api.put('/api/v1/nodes/n1', down))).toEqual(['agents', 'servers'])
  })

  it('defect 40: a heartbeat wakes nobody', async () => {
    const { api, wokenBy } = await setUp()
    const beat = node('n1', { role: 'server' })
    const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: '2026-11-21T12:05:00Z' }]
    expect(await wokenBy(() => api.put('/api/v1/nodes/n1', { ...beat, status: { ...beat.status, conditions } }))).toEqual([])
  })

  it('defect 23: a node that is deleted wakes the Plans that select it', async () => {
    const { api, wokenBy } = await setUp()
    expect(await wokenBy(() => api.remove('/api/v1/nodes/n1'))).toEqual(['servers'])
  })

  it.each([
    { what: 'deleted', change: 'remove' },
    { what: 'changed', change: 'put' },
  ] as const)('defect 23: a Secret that is $what wakes the Plans that name it', async ({ change }) => {
    const { api, wokenBy } = await setUp()
    const path = '/api/v1/namespaces/system-upgrade/secrets/s'
    const changed = { metadata: namespaced('s'), data: { k: 'dw==' } }
    expect(await wokenBy(() => (change === 'put' ? api.put(path, changed) : api.remove(path)))).toEqual(['servers'])
  })

  it('a Secret that no Plan names wakes nobody', async () => {
    const { api, wokenBy } = await setUp()
    expect(await wokenBy(() => api.put('/api/v1/namespaces/system-upgrade/secrets/t', { metadata: namespaced('t') }))).toEqual([])
  })

  it('a Job wakes its Plan, and one of an exclusive Plan all exclusive ones', async () => {
    const { api, wokenBy } = await setUp()
    const path = '/apis/batch/v1/namespaces/system-upgrade/jobs/j'
    const labels = { 'upgrade.cattle.io/controller': 'system-upgrade-controller', 'upgrade.cattle.io/plan': 'servers' }
    expect(await wokenBy(() => api.put(path, { metadata: namespaced('j', labels) }))).toEqual(['servers', 'what is left behind'])
    const exclusive = { ...labels, 'upgrade.cattle.io/exclusive': 'true' }
    expect(await wokenBy(() => api.put(path, { metadata: namespaced('j', exclusive) }))).toEqual(['agents', 'servers'])
  })

  it('a pod wakes the Plan whose Job it belongs to', async () => {
    const { api, wokenBy } = await setUp()
    const labels = { 'upgrade.cattle.io/controller': 'system-upgrade-controller', 'upgrade.cattle.io/plan': 'agents' }
    const pod = { metadata: namespaced('p', labels), spec: { nodeName: 'n2', containers: [] } }
    expect(await wokenBy(() => api.put('/api/v1/namespaces/system-upgrade/pods/p', pod))).toEqual(['agents'])
  })

  it('defect 26: a Plan that is deleted, and a node with a journal, wake what clears away leftovers', async () => {
    const { api, wokenBy } = await setUp()
    expect(await wokenBy(() => api.remove(`${ours}/agents`))).toEqual(['agents', 'what is left behind'])
    const marked = node('n2', { role: 'agent' }, { annotations: { 'falkirk.dev/journal': '[]' } })
    expect(await wokenBy(() => api.put('/api/v1/nodes/n2', marked))).toEqual(['what is left behind'])
  })

  it('ends when it is told to', async () => {
    const { api, wokenBy, end } = await setUp()
    end()
    expect(await wokenBy(() => api.remove('/api/v1/nodes/n1'))).toEqual([])
  })
})
