import { describe, expect, it } from 'vitest'
import { clusterSnapshot, type NodeObject, type PodObject } from '../../demo/cluster-view.ts'
import { drawUpgrade } from '../../demo/upgrade-frame.ts'
import { hasEnded, type UpgradeLook, upgradeChanges } from '../../demo/upgrade-look.ts'
import { UpgradeRecord } from '../../demo/upgrade-record.ts'
import { runState } from '../../src/cli/upgrade/run-state.ts'
import type { ClusterUpgradeStatus } from '../../src/core/upgrade/api/upgrade-status.ts'

const [old, between, wanted] = ['v1.32.13+k3s1', 'v1.33.13+k3s2', 'v1.34.11+k3s1']

interface Machine {
  readonly version?: string
  readonly cordoned?: boolean
  readonly pods?: readonly string[]
}

/** A look at servers and workers of pool `general`, told by their names; what is not said of one is as it was at the beginning. */
function look(status: ClusterUpgradeStatus, machines: Readonly<Record<string, Machine>>): UpgradeLook {
  const metadata = { name: 'to-1-34', uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: '2026-11-21T11:59:50Z' }
  const object = { apiVersion: 'falkirk.dev/v1alpha1', kind: 'ClusterUpgrade', metadata, spec: { version: wanted }, status }
  const nodes = Object.entries(machines).map(([name, machine]) => nodeObject(name, machine))
  const pods = Object.entries(machines).flatMap(([nodeName, machine]) => (machine.pods ?? []).map((name) => podObject(name, nodeName)))
  return { run: runState(object), cluster: clusterSnapshot(nodes, pods) }
}

function nodeObject(name: string, { version = old, cordoned = false }: Machine): NodeObject {
  const labels = name.startsWith('server') ? { 'node-role.kubernetes.io/control-plane': 'true' } : { pool: 'general' }
  return {
    metadata: { name, labels },
    spec: cordoned ? { unschedulable: true } : {},
    status: { nodeInfo: { kubeletVersion: version }, conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

function podObject(name: string, nodeName: string): PodObject {
  return {
    metadata: { name, namespace: 'shop', uid: `${name} of ${nodeName}`, creationTimestamp: '2026-11-21T10:00:00Z' },
    spec: { nodeName, containers: [{ name: 'main' }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

const atWork = (node: string, step: string, message?: string) => ({
  ...{ node, step, since: '2026-11-21T12:00:00Z', attempt: 1 },
  ...(message === undefined ? {} : { message }),
})

const firstHop: ClusterUpgradeStatus = {
  observedGeneration: 1,
  phase: 'ControlPlane',
  message: 'server-1: draining',
  from: old,
  path: [between, wanted],
  hop: { version: between, number: 1, of: 2 },
  progress: { controlPlane: '0/2', nodes: '0/2' },
  startedAt: '2026-11-21T12:00:00Z',
  pools: [{ name: 'general', nodes: 2, done: 0 }],
  inFlight: [atWork('server-1', 'Draining')],
}

const start = look(firstHop, {
  'server-1': { cordoned: true, pods: ['a'] },
  'server-2': {},
  'worker-1': { pods: ['b', 'c'] },
  'worker-2': {},
})

const frame = (seen: UpgradeLook, size = { columns: 80, rows: 24 }, history: readonly string[] = []) =>
  drawUpgrade(
    {
      seen,
      state: 'Answers',
      history,
      elapsed: '12 s',
      nowMs: Date.UTC(2026, 10, 21, 12, 0, 12),
      kubeconfig: '/tmp/falkirk-1/kubeconfig.yaml',
    },
    size,
  ).split('\n')

describe('what npm start shows of a ClusterUpgrade', () => {
  it('has the run, each node with its pods, what comes next, and how to look on', () => {
    const lines = frame(start)
    expect(lines[0]).toBe(`ClusterUpgrade to-1-34   ${old} → ${wanted}   ControlPlane`)
    expect(lines).toContain('server-1   ▸ Draining   12 s')
    expect(lines).toContain('servers   server-1 ▸ ●    server-2 ·')
    expect(lines).toContain('general   worker-1 · ●●   worker-2 ·')
    expect(lines).toContain(`next: server-2 → ${wanted} → general (2)`)
    expect(lines.at(-1)).toBe('12 s · Ctrl-C ends it all · KUBECONFIG=/tmp/falkirk-1/kubeconfig.yaml')
  })

  it('names the budget that drains wait for, where the table has no room for it', () => {
    const waits = (node: string) =>
      atWork(node, 'Draining', `${node}: 1 of 1 pod left; shop/web-7d9c waits for PodDisruptionBudget shop/web (needs 1 healthy, has 1)`)
    const held = look({ ...firstHop, inFlight: [waits('worker-1'), waits('worker-2')] }, { 'server-1': {}, 'worker-1': {}, 'worker-2': {} })
    expect(frame(held)).toContain('waiting for PodDisruptionBudget shop/web: worker-1, worker-2')
  })

  it('has room for a batch of four on a terminal of 24 rows', () => {
    const nodes = ['worker-1', 'worker-2', 'worker-3', 'worker-4']
    const wide = {
      ...firstHop,
      phase: 'Nodes' as const,
      hop: { version: wanted, number: 2, of: 2 },
      moves: { pods: 3, moves: 6, perPod: '2.00' },
    }
    const message = `worker-1: 2 of 2 pods left; ${'shop/web-7d9c-x2x5p'.repeat(3)} is ending (and 3 more nodes)`
    const pools = [
      { name: 'general', nodes: 7, done: 3, batch: { number: 3, nodes } },
      { name: 'jobs', nodes: 7, done: 0 },
    ]
    const inFlight = nodes.map((node) => atWork(node, 'Draining', `${node}${message.slice('worker-1'.length)}`))
    const workers = Object.fromEntries(nodes.map((node) => [node, { cordoned: true }]))
    const lines = frame(look({ ...wide, message, pools, inFlight }, { 'server-1': { version: wanted }, ...workers }))
    expect(lines.filter((line) => /^worker-\d +▸ Draining/.test(line))).toHaveLength(4)
    expect(lines.length).toBeLessThan(24)
  })

  it('names nodes by their numbers where whole names do not fit', () => {
    expect(frame(start, { columns: 30, rows: 24 })).toContain('general   1 · ●●   2 ·')
  })

  it.each([
    [80, 24],
    [80, 16],
    [160, 45],
  ])('fits a terminal of %i columns and %i rows, however much has happened', (columns, rows) => {
    const lines = frame(
      start,
      { columns, rows },
      Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(200)}`),
    )
    expect(lines.length).toBeLessThan(rows)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns)
    if (rows >= 24) expect(lines.some((line) => line.startsWith('99 '))).toBe(true)
  })

  it('tells what Falkirk is about before what that does to nodes and pods', () => {
    const later = look(
      { ...firstHop, inFlight: [atWork('server-1', 'Changing')] },
      { 'server-1': { cordoned: true }, 'server-2': {}, 'worker-1': { pods: ['b', 'c'] }, 'worker-2': { pods: ['a'] } },
    )
    expect(upgradeChanges(start, later)).toEqual(['server-1: Changing', 'shop/a leaves server-1', 'shop/a runs on worker-2'])
  })

  it('is over when the run has ended, and not while somebody may continue it', () => {
    const ended = (phase: NonNullable<ClusterUpgradeStatus['phase']>) => hasEnded(look({ ...firstHop, inFlight: [], phase }, {}))
    expect(ended('Complete')).toBe(true)
    expect(ended('Cancelled')).toBe(true)
    expect(ended('Paused')).toBe(false)
    expect(ended('Stopped')).toBe(false)
  })
})

describe('what npm start says at the end', () => {
  it('is what was seen: hops, batches, waits and moves', () => {
    const record = new UpgradeRecord()
    const second = { ...firstHop, hop: { version: wanted, number: 2, of: 2 }, inFlight: [] }
    const waiting = 'worker-1: 1 of 1 pod left; shop/b waits for PodDisruptionBudget shop/web (needs 1 healthy, has 1)'
    const batch = (number: number, nodes: readonly string[], more: ClusterUpgradeStatus) => ({
      ...second,
      pools: [{ name: 'general', nodes: 2, done: 0, batch: { number, nodes } }],
      ...more,
    })
    const moved = { 'server-1': { version: between }, 'server-2': { version: between } }
    const steps: readonly (readonly [UpgradeLook, number])[] = [
      [look({ ...firstHop, inFlight: [] }, { 'server-1': {}, 'server-2': {}, 'worker-1': { pods: ['b'] } }), 0],
      [look(firstHop, { 'server-1': { cordoned: true }, 'server-2': {}, 'worker-1': { pods: ['b'] } }), 500],
      [look(firstHop, { 'server-1': { version: between }, 'server-2': {}, 'worker-1': { pods: ['b'] } }), 1_000],
      [look(second, { ...moved, 'worker-1': { pods: ['b'] } }), 2_000],
      [
        look(batch(1, ['worker-1'], { inFlight: [atWork('worker-1', 'Draining', waiting)] }), {
          ...moved,
          'worker-1': { cordoned: true, pods: ['b'] },
        }),
        3_000,
      ],
      [
        look(batch(1, ['worker-1'], { inFlight: [atWork('worker-1', 'Draining', waiting)] }), {
          ...moved,
          'worker-1': { cordoned: true, pods: ['b'] },
        }),
        5_500,
      ],
      [look(batch(2, ['worker-2', 'worker-3'], {}), { ...moved, 'worker-1': { version: wanted } }), 6_000],
    ]
    for (const [seen, nowMs] of steps) record.see(seen, nowMs)
    expect(record.report()).toEqual([
      `hop 1          ${between}: server-1, server-2, one at a time`,
      'pool general   batches of 1, 2',
      'workers        1 upgraded, each drained once: straight to the last hop',
      'budgets        1 drain had to wait, worker-1 longest: 2.5 s for shop/web',
      'pods           1 moved by 2 drains',
    ])
  })

  it('does not praise what was not so: servers that were at work together, workers that were drained twice', () => {
    const record = new UpgradeRecord()
    const together = { ...firstHop, inFlight: [atWork('server-1', 'Changing'), atWork('server-2', 'Changing')] }
    record.see(look(together, { 'server-1': {}, 'server-2': {}, 'worker-1': {} }), 0)
    record.see(look(together, { 'server-1': { version: between }, 'server-2': {}, 'worker-1': { version: between } }), 1)
    record.see(look(together, { 'server-1': { version: between }, 'server-2': {}, 'worker-1': { version: wanted } }), 2)
    const report = record.report().join('\n')
    expect(report).toContain('up to 2 at a time')
    expect(report).not.toContain('drained once')
  })
})
