import type { SomeObject } from '../answer.ts'
import { area } from '../conformance-case.ts'
import { pod } from '../objects.ts'
import type { Steps } from '../steps.ts'

const nodes = '/api/v1/nodes'
const merge = 'application/merge-patch+json'
const node = (ready: 'True' | 'False' | 'Unknown', more: object = {}) => ({
  // of a zone of its own: in each zone, one node in ten seconds gets the taint that evicts
  metadata: { name: '{ns}-n', labels: { 'kubernetes.io/hostname': '{ns}-n', 'topology.kubernetes.io/zone': '{ns}' } },
  ...more,
  status: {
    capacity: { cpu: '4', memory: '8Gi', pods: '10' },
    allocatable: { cpu: '4', memory: '8Gi', pods: '10' },
    conditions: [
      {
        type: 'Ready',
        status: ready,
        reason: 'Said',
        lastHeartbeatTime: '2030-01-01T00:00:00Z',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ],
  },
})

const taintKeys = ({ spec }: SomeObject) =>
  ((spec.taints ?? []) as { key: string; effect: string }[]).map(({ key, effect }) => `${key}:${effect}`).sort()

/** Admission and controllers set taints one after another: only their names tell which moment is looked at. */
function untilTainted(c: Steps, ...expected: readonly string[]): Promise<SomeObject> {
  return c.until(`${nodes}/{ns}-n`, (object) => taintKeys(object).join() === expected.join(), { pick: taintKeys })
}

const cordoned = 'node.kubernetes.io/unschedulable:NoSchedule'
const notReady = ['node.kubernetes.io/not-ready:NoExecute', 'node.kubernetes.io/not-ready:NoSchedule']

async function becomes(c: Steps, status: 'True' | 'False'): Promise<void> {
  const conditions = [
    {
      type: 'Ready',
      status,
      reason: 'Said',
      lastHeartbeatTime: new Date().toISOString().replace(/\.\d+/, ''),
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ]
  await c.quietly('PATCH', `${nodes}/{ns}-n/status`, {
    body: { status: { conditions } },
    contentType: 'application/strategic-merge-patch+json',
  })
}

/** Nodes: taints by conditions, what becomes of their pods. */
export const nodesArea = area('Nodes', {
  'a new node is tainted until it is ready': async (c) => {
    c.leaves(`${nodes}/{ns}-n`)
    await c.post(nodes, node('False', { spec: { unschedulable: true } }))
    await untilTainted(c, ...notReady, cordoned)
    await becomes(c, 'True')
    await untilTainted(c, cordoned)
  },
  'a node with pressure is tainted': async (c) => {
    c.leaves(`${nodes}/{ns}-n`)
    await c.make(nodes, node('True', { spec: { unschedulable: true } }))
    const conditions = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'].map((type) => ({
      type,
      status: 'True',
      reason: 'Said',
      lastHeartbeatTime: '2030-01-01T00:00:00Z',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    }))
    await c.quietly('PATCH', `${nodes}/{ns}-n/status`, {
      body: { status: { conditions } },
      contentType: 'application/strategic-merge-patch+json',
    })
    const pressure = ['disk-pressure', 'memory-pressure', 'network-unavailable', 'pid-pressure']
    await untilTainted(c, ...pressure.map((name) => `node.kubernetes.io/${name}:NoSchedule`), cordoned)
  },
  'pods of a node that says it is not ready stay as they are, and leave when they tolerate no more': async (c) => {
    c.leaves(`${nodes}/{ns}-n`)
    await c.make(nodes, node('True', { spec: { unschedulable: true } }))
    await untilTainted(c, cordoned)
    const tolerations = [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }]
    const finalizers = ['x/keep']
    await c.make('pods', pod('short', { nodeName: '{ns}-n', tolerations }, { finalizers }), pod('long', { nodeName: '{ns}-n' }))
    await c.quietly('PATCH', 'pods/long/status', {
      body: { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
      contentType: 'application/strategic-merge-patch+json',
    })
    await becomes(c, 'False')
    await untilTainted(c, ...notReady, cordoned)
    await c.until('pods/short', ({ metadata }) => metadata.deletionTimestamp !== undefined, {
      pick: ({ metadata }) => metadata.deletionTimestamp !== undefined,
    })
    const { body } = await c.quietly('GET', 'pods/long')
    c.note('long', (body as SomeObject).status.conditions)
    await c.quietly('PATCH', 'pods/short', { body: { metadata: { finalizers: null } }, contentType: merge })
  },
})
