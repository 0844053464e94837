import { describe, expect, it } from 'vitest'
import { type ClusterSnapshot, clusterSnapshot, describeChanges, type NodeObject, type PodObject } from '../../demo/cluster-view.ts'
import { drawFrame } from '../../demo/frame.ts'

function node(name: string, more: { server?: true; cordoned?: true; version?: string } = {}): NodeObject {
  return {
    metadata: { name, labels: more.server ? { 'node-role.kubernetes.io/control-plane': 'true' } : {} },
    spec: more.cordoned ? { unschedulable: true } : {},
    status: { nodeInfo: { kubeletVersion: more.version ?? 'v1.20.2+k3s1' }, conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

const upgradePod: PodObject = {
  metadata: {
    name: 'apply-agent-plan',
    namespace: 'system-upgrade',
    uid: 'upgrade',
    creationTimestamp: '2026-11-21T10:00:00Z',
    labels: { 'upgrade.cattle.io/node': 'agent-1', 'upgrade.cattle.io/controller': 'system-upgrade-controller' },
  },
  spec: { initContainers: [{ name: 'prepare' }, { name: 'cordon' }], containers: [{ name: 'upgrade' }] },
  status: {
    initContainerStatuses: [
      { name: 'prepare', state: { terminated: { exitCode: 0 } } },
      { name: 'cordon', state: { running: {} } },
    ],
  },
}

const plan = (complete: boolean) => ({
  metadata: { name: 'agent-plan' },
  status: { applying: complete ? [] : ['agent-1'], conditions: [{ type: 'Complete', status: complete ? 'True' : 'False' }] },
})

const before = clusterSnapshot([node('agent-1'), node('server-1', { server: true })], [], [plan(false)])
const during = clusterSnapshot([node('agent-1', { cordoned: true }), node('server-1', { server: true })], [upgradePod], [plan(false)])

describe('the live view of the demo', () => {
  it('has servers first, and the containers of a Job with how far each is', () => {
    const lines = frame(during).split('\n')
    expect(lines[1]).toMatch(/^server-1 +server +Ready +v1\.20\.2\+k3s1$/)
    expect(lines[2]).toMatch(/^agent-1 +agent +Ready,SchedulingDisabled +v1\.20\.2\+k3s1 +✓ prepare {2}▸ cordon {2}· upgrade$/)
    expect(lines).toContain('▸ agent-plan: at work on agent-1')
  })

  it('fits the terminal: long lines are cut, and the oldest of the history is left out', () => {
    const history = Array.from({ length: 50 }, (_, index) => `${index} ${'x'.repeat(200)}`)
    const drawn = frame(during, { history, columns: 60, rows: 24 }).split('\n')
    expect(drawn.length).toBeLessThanOrEqual(24)
    expect(Math.max(...drawn.map((line) => line.length))).toBeLessThanOrEqual(60)
    expect(drawn.some((line) => line.startsWith('49 '))).toBe(true)
    expect(drawn.some((line) => line.startsWith('0 '))).toBe(false)
  })

  it('has a mark for each pod that a drain moves, and counts them where there are many', () => {
    const agent = (pods: PodObject[]) => frame(clusterSnapshot([node('agent-1')], pods, [])).split('\n')[1]
    const ofNode = { ...pod('log', 'Ready'), metadata: { ...pod('log', 'Ready').metadata, ownerReferences: [{ kind: 'DaemonSet' }] } }
    expect(agent([pod('web', 'Ready'), pod('db', 'Leaving'), pod('job', 'Starting'), ofNode])).toMatch(/v1\.20\.2\+k3s1 +●◌○$/)
    expect(agent(Array.from({ length: 13 }, (_, index) => pod(`web-${index}`, 'Ready')))).toMatch(/ 13$/)
  })

  it('tells which pods leave a node, and where others begin to run', () => {
    const at = (...pods: PodObject[]) => clusterSnapshot([node('agent-1'), node('agent-2')], pods, [])
    const started = { ...pod('db', 'Ready'), metadata: { ...pod('db', 'Ready').metadata, uid: 'another' }, spec: onNode('agent-2') }
    expect(describeChanges(at(pod('db', 'Ready')), at(pod('db', 'Leaving')))).toEqual(['shop/db leaves agent-1'])
    expect(describeChanges(at(), at({ ...started, status: {} }))).toEqual([])
    expect(describeChanges(at(), at(started))).toEqual(['shop/db runs on agent-2'])
    expect(describeChanges(at(started), at(started))).toEqual([])
  })

  it('tells of a pod that was gone before anybody saw it leaving, and not of one that has ended', () => {
    const at = (...pods: PodObject[]) => clusterSnapshot([node('agent-1')], pods, [])
    const ended = { ...pod('job', 'Ready'), status: { phase: 'Succeeded' } }
    expect(describeChanges(at(pod('db', 'Ready'), pod('web', 'Starting')), at())).toEqual([
      'shop/db leaves agent-1',
      'shop/web leaves agent-1',
    ])
    expect(describeChanges(at(pod('db', 'Leaving')), at())).toEqual([])
    expect(describeChanges(at(pod('job', 'Ready')), at(ended))).toEqual([])
    const stopped = { ...pod('db', 'Leaving'), status: { phase: 'Succeeded' } }
    expect(describeChanges(at(pod('db', 'Ready')), at(stopped))).toEqual(['shop/db leaves agent-1'])
    expect(describeChanges(at(stopped), at())).toEqual([])
  })

  it('begins with what runs where, and tells causes before what they led to', () => {
    const at = (version: string, ...pods: PodObject[]) => clusterSnapshot([node('agent-1', { cordoned: true, version })], pods, [])
    const [start, end] = [clusterSnapshot([node('agent-1')], [pod('db', 'Ready')], []), at('v1.20.3+k3s1')]
    expect(describeChanges(undefined, start)).toEqual(['agent-1 is Ready, v1.20.2+k3s1', 'shop/db runs on agent-1'])
    expect(describeChanges(start, end)).toEqual([
      'agent-1 is Ready,SchedulingDisabled',
      'shop/db leaves agent-1',
      'agent-1 has v1.20.3+k3s1 now, v1.20.2+k3s1 before',
    ])
  })

  it('tells what has changed, once', () => {
    expect(describeChanges(before, during)).toEqual(['agent-1 is Ready,SchedulingDisabled', 'agent-1: cordon is at work'])
    expect(describeChanges(during, during)).toEqual([])
    const after = clusterSnapshot([node('agent-1', { version: 'v1.20.3+k3s1' }), node('server-1', { server: true })], [], [plan(true)])
    expect(describeChanges(during, after)).toEqual([
      'agent-1 is Ready',
      'agent-1 has v1.20.3+k3s1 now, v1.20.2+k3s1 before',
      'agent-plan is complete',
    ])
  })
})

function pod(name: string, state: 'Starting' | 'Ready' | 'Leaving'): PodObject {
  const deleted = state === 'Leaving' ? { deletionTimestamp: '2026-11-21T10:00:30Z' } : {}
  return {
    metadata: { name, namespace: 'shop', uid: name, creationTimestamp: '2026-11-21T10:00:00Z', ...deleted },
    spec: onNode('agent-1'),
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: state === 'Starting' ? 'False' : 'True' }] },
  }
}

function onNode(nodeName: string): PodObject['spec'] {
  return { nodeName, containers: [{ name: 'main' }] }
}

function frame(snapshot: ClusterSnapshot, more: { history?: string[]; columns?: number; rows?: number } = {}): string {
  const { history = [], columns = 140, rows = 40 } = more
  return drawFrame({ snapshot, state: 'Answers', history, elapsed: '12 s' }, { columns, rows })
}
