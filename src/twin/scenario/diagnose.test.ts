import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kube-object.ts'
import { ObjectStore } from '../store/object-store.ts'
import { type DiagnosisInput, diagnose } from './diagnose.ts'

const policy = {
  force: false,
  ignoreDaemonSets: true,
  deleteEmptyDirData: true,
  disableEviction: false,
  skipWaitForDeleteTimeoutSeconds: 0,
}
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true }

const object = (kind: string, name: string, fields: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, uid: name, resourceVersion: '', creationTimestamp: '2026-11-21T10:00:00Z', ...metadata },
  ...fields,
})

const pod = (name: string, status: object, { nodeName = 'n', ...metadata }: { nodeName?: string; [field: string]: unknown } = {}) =>
  object(
    'Pod',
    name,
    { spec: { nodeName, containers: [{ name: 'c' }] }, status },
    { namespace: 'a', labels: { app: 'web' }, ownerReferences: [owner], ...metadata },
  )
const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
const budget = (name: string, allowed: number) =>
  object(
    'PodDisruptionBudget',
    name,
    {
      spec: { selector: { matchLabels: { app: 'web' } } },
      status: { disruptionsAllowed: allowed, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 },
    },
    { namespace: 'a' },
  )
const node = (status: string, message = '') =>
  object('Node', 'n', { status: { conditions: [{ type: 'Ready', status, message }], nodeInfo: { kubeletVersion: 'v1.2.3' } } })

function causes(
  objects: Record<string, KubeObject[]>,
  input: Partial<DiagnosisInput> = {},
  state: DiagnosisInput['upgrades'][number]['state'] = 'Draining',
) {
  const store = new ObjectStore()
  for (const [resource, list] of Object.entries(objects)) for (const one of list) store.put(resource, one)
  const upgrades = [{ node: 'n', state, problem: undefined }]
  const found = diagnose({ store, upgrades, availability: { kind: 'Available' }, policy, nowMs: 0, ...input })
  return found.map(({ reason, object: about }) => `${reason} ${about}`)
}

describe('what keeps a node from going on', () => {
  it.each([
    {
      what: 'a budget without slack',
      objects: { pods: [pod('p', ready)], 'poddisruptionbudgets.policy': [budget('b', 0)] },
      found: ['BudgetExhausted a/b'],
    },
    {
      what: 'a budget with slack does not',
      objects: { pods: [pod('p', ready)], 'poddisruptionbudgets.policy': [budget('b', 1)] },
      found: [],
    },
    {
      what: 'two budgets',
      objects: { pods: [pod('p', ready)], 'poddisruptionbudgets.policy': [budget('b', 1), budget('c', 1)] },
      found: ['SeveralBudgets a/p'],
    },
    {
      what: 'a budget and the pending pod that it waits for, once',
      objects: {
        pods: [pod('p', ready), pod('q', ready), pod('r', { phase: 'Pending' }, { nodeName: '' })],
        'poddisruptionbudgets.policy': [budget('b', 0)],
      },
      found: ['BudgetExhausted a/b', 'PodPending a/r'],
    },
    { what: 'a pod of nobody', objects: { pods: [pod('p', ready, { ownerReferences: [] })] }, found: ['PodRefused a/p'] },
    {
      what: 'a pod that does not end',
      objects: { pods: [pod('p', ready, { deletionTimestamp: '2026-11-21T10:00:00Z' })] },
      found: ['PodTerminating a/p'],
    },
    { what: 'pods of other nodes do not', objects: { pods: [pod('p', ready, { nodeName: 'other', ownerReferences: [] })] }, found: [] },
  ])('$what', ({ objects, found }) => {
    expect(causes(objects as unknown as Record<string, KubeObject[]>)).toEqual(found)
  })

  it('a node that is not Ready, or has another version', () => {
    expect(causes({ nodes: [node('False', 'PLEG')] }, {}, 'Verifying')).toEqual(['NodeNotReady n'])
    expect(causes({ nodes: [node('True')] }, {}, 'Verifying')).toEqual(['VersionNotReached n'])
  })

  it('an API server that nobody reaches; nothing once the node is done', () => {
    const away = { availability: { kind: 'NoServer', message: 'none is up' } } as const
    expect(causes({}, away, 'Cordoning')).toEqual(['ApiUnavailable kube-apiserver'])
    expect(causes({ nodes: [node('False')] }, {}, 'Done')).toEqual([])
  })
})
