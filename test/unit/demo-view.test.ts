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
  metadata: { creationTimestamp: '2026-11-21T10:00:00Z', labels: { 'upgrade.cattle.io/node': 'agent-1' } },
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

function frame(snapshot: ClusterSnapshot, more: { history?: string[]; columns?: number; rows?: number } = {}): string {
  const { history = [], columns = 140, rows = 40 } = more
  return drawFrame({ snapshot, state: 'Answers', history, elapsed: '12 s' }, { columns, rows })
}
