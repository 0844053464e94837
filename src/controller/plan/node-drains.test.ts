import { describe, expect, it, onTestFinished } from 'vitest'
import { newest, oldest } from '../../../test/loopback/client.ts'
import type { MemoryObject } from '../../../test/loopback/memory-api.ts'
import { memoryShell } from '../../../test/loopback/memory-shell.ts'
import { createApiClient } from '../../cluster/api-client.ts'
import { ApiError } from '../../cluster/api-error.ts'
import type { ServerCapabilities } from '../../cluster/server-capabilities.ts'
import type { Shell } from '../shell.ts'
import { NodeDrains } from './node-drains.ts'

const podPath = (name: string) => `/api/v1/namespaces/default/pods/${name}`
const budgetPath = '/apis/policy/v1/namespaces/default/poddisruptionbudgets/web'
const daemonSetPath = '/apis/apps/v1/namespaces/default/daemonsets/agent'
const forbidden = new ApiError({ status: 403, reason: 'Forbidden', message: 'pods is forbidden' })

function pod(name: string, nodeName: string, daemonSet?: string): MemoryObject {
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: daemonSet, uid: 'u', controller: true }
  const metadata = { name, namespace: 'default', uid: `uid-${name}`, ...(daemonSet === undefined ? {} : { ownerReferences: [owner] }) }
  return { metadata, spec: { nodeName, containers: [] }, status: { phase: 'Running' } }
}

function setUp({ capabilities = newest, ...more }: { readonly capabilities?: ServerCapabilities } & Partial<Shell> = {}) {
  const made = memoryShell(more)
  const client = createApiClient(made.api, capabilities, { clock: made.clock })
  const { api, clock } = made
  const shell = { ...made.shell, client }
  for (const [name, node] of [
    ['a', 'n1'],
    ['b', 'n1'],
    ['c', 'n2'],
  ] as const)
    api.put(podPath(name), pod(name, node))
  api.put(budgetPath, { metadata: { name: 'web', namespace: 'default' }, spec: { minAvailable: 1 } })
  const woken: string[] = []
  const drains = new NodeDrains(shell, (plan) => woken.push(plan))
  onTestFinished(() => drains.stop())
  const watch = async (plan: string, ...nodes: string[]) => {
    drains.watch(plan, nodes)
    await clock.advance(1_000)
  }
  /** Which Plans hear of what `change` does. */
  const hearing = async (change: () => void) => {
    woken.length = 0
    change()
    await clock.advance(1_000)
    return [...new Set(woken)].toSorted()
  }
  const facts = (node: string) => drains.factsOf([node]).get(node)
  const podNames = (node: string) => facts(node)?.pods.map(({ name }) => name)
  return { ...made, drains, woken, watch, hearing, facts, podNames }
}

describe('nodes that are drained', () => {
  it('cost no request while there are none', async () => {
    const { api, watch } = setUp()
    await watch('p')
    expect(api.requests).toEqual([])
  })

  it('have their own pods watched, and budgets once for all of them', async () => {
    const { api, watch, podNames, facts } = setUp()
    await watch('p', 'n1', 'n2')
    expect([podNames('n1'), podNames('n2')]).toEqual([['a', 'b'], ['c']])
    expect(facts('n1')?.budgets).toMatchObject([{ name: 'web', minAvailable: 1 }])
    await watch('p', 'n2', 'n1')
    expect(api.requests.map(({ line, request }) => `${line} ${request.query?.fieldSelector ?? ''}`).toSorted()).toEqual([
      'GET /api/v1/pods spec.nodeName=n1',
      'GET /api/v1/pods spec.nodeName=n1',
      'GET /api/v1/pods spec.nodeName=n2',
      'GET /api/v1/pods spec.nodeName=n2',
      'GET /apis/policy/v1/poddisruptionbudgets ',
      'GET /apis/policy/v1/poddisruptionbudgets ',
    ])
  })

  it('have no facts before their pods are known, and wake the Plan then', async () => {
    const { drains, watch, facts, woken } = setUp()
    drains.watch('p', ['n1'])
    expect(facts('n1')).toBeUndefined()
    await watch('p', 'n1')
    expect(facts('n1')).toBeDefined()
    expect(woken).toContain('p')
  })

  it('wake the Plans that drain them, when a pod of theirs changes or goes, and no others', async () => {
    const { api, watch, hearing, podNames } = setUp()
    await watch('p', 'n1')
    await watch('q', 'n2')
    expect(await hearing(() => api.remove(podPath('a')))).toEqual(['p'])
    expect(podNames('n1')).toEqual(['b'])
    expect(await hearing(() => api.put(podPath('d'), pod('d', 'n2')))).toEqual(['q'])
    expect(await hearing(() => api.put(podPath('e'), pod('e', 'n3')))).toEqual([])
    expect(await hearing(() => api.remove(budgetPath))).toEqual(['p', 'q'])
  })

  it('remember when a pod has come since their pods were first read, by the clock of the controller', async () => {
    const { api, clock, watch, facts } = setUp()
    await watch('p', 'n1')
    const arrivals = () => [...(facts('n1')?.progress.arrivals ?? [])]
    expect(arrivals()).toEqual([])
    const beforeMs = clock.now()
    api.put(podPath('d'), pod('d', 'n1'))
    await clock.advance(1_000)
    expect(arrivals()).toEqual([['uid-d', expect.any(Number)]])
    const [[, cameMs] = []] = arrivals()
    expect(cameMs).toBeGreaterThanOrEqual(beforeMs)
    expect(cameMs).toBeLessThanOrEqual(clock.now())
    api.put(podPath('a'), { ...pod('a', 'n1'), status: { phase: 'Failed' } })
    await clock.advance(1_000)
    expect(arrivals().map(([uid]) => uid)).toEqual(['uid-d'])
    api.remove(podPath('d'))
    await clock.advance(1_000)
    expect(arrivals()).toEqual([])
  })

  it('are watched until the last of their Plans lets go', async () => {
    const { api, watch, hearing, facts } = setUp()
    await watch('p', 'n1')
    await watch('q', 'n1')
    await watch('p')
    expect(await hearing(() => api.remove(podPath('a')))).toEqual(['q'])
    await watch('q')
    expect(facts('n1')).toBeUndefined()
    const before = api.requests.length
    expect(await hearing(() => api.remove(podPath('b')))).toEqual([])
    expect(await hearing(() => api.remove(budgetPath))).toEqual([])
    expect(api.requests).toHaveLength(before)
  })

  it('have no facts while their pods may not be read, but a reason; both change when the right is given', async () => {
    const { api, clock, drains, watch, facts, hearing } = setUp()
    api.refuse = (line) => (line === 'GET /api/v1/pods' ? forbidden : undefined)
    expect(await hearing(() => drains.watch('p', ['n1']))).toEqual(['p'])
    expect(facts('n1')).toBeUndefined()
    expect(drains.problemsOf(['n1', 'n2'])).toEqual(new Map([['n1', expect.stringContaining('pods is forbidden')]]))
    api.refuse = () => undefined
    await clock.advance(60_000)
    expect(drains.problemsOf(['n1'])).toEqual(new Map())
    expect(facts('n1')?.pods).toHaveLength(2)
    await watch('p')
  })

  it('have facts without budgets where budgets may not be read', async () => {
    const { api, watch, facts } = setUp()
    api.refuse = (line) => (line.includes('poddisruptionbudgets') ? forbidden : undefined)
    await watch('p', 'n1')
    expect(facts('n1')).not.toHaveProperty('budgets')
    expect(facts('n1')?.pods).toHaveLength(2)
  })

  it('have their budgets in v1 where v1beta1 has ended since the process began', async () => {
    const problems: unknown[] = []
    const { api, watch, facts } = setUp({ capabilities: oldest, onReflectorProblem: (_, problem) => problems.push(problem) })
    api.refuse = (line) =>
      line.includes('policy/v1beta1') ? new ApiError({ status: 404, reason: 'NotFound', message: 'gone' }) : undefined
    await watch('p', 'n1')
    expect(facts('n1')?.budgets).toMatchObject([{ name: 'web', minAvailable: 1 }])
    expect(problems).toEqual([])
  })

  it('remember which version of the budget was known when it refused: one that changes may be asked at once', async () => {
    const { api, drains, watch, facts } = setUp()
    const labels = { app: 'web' }
    api.put(podPath('a'), { ...pod('a', 'n1'), metadata: { name: 'a', namespace: 'default', uid: 'uid-a', labels } })
    api.put(budgetPath, { metadata: { name: 'web', namespace: 'default' }, spec: { minAvailable: 1, selector: { matchLabels: labels } } })
    const causes = [
      { reason: 'DisruptionBudget', field: '', message: 'The disruption budget web needs 2 healthy pods and has 3 currently' },
    ]
    api.refuse = (line) => (line.includes('eviction') ? new ApiError({ status: 429, message: 'Cannot evict pod', causes }) : undefined)
    await watch('p', 'n1')
    const known = facts('n1')?.pods.find(({ name }) => name === 'a')
    const version = facts('n1')?.budgets?.[0]?.resourceVersion
    if (known === undefined) throw new Error('the pod is not known')
    await drains.carryOut({ kind: 'EvictPod', node: 'n1', pod: known })
    expect(facts('n1')?.progress.answers.get('uid-a')).toMatchObject({ outcome: { kind: 'BudgetRefused' }, budgetVersion: version })
  })

  it('are not watched any more after the end', async () => {
    const { api, drains, watch, hearing } = setUp()
    await watch('p', 'n1')
    await drains.stop()
    expect(await hearing(() => api.remove(podPath('a')))).toEqual([])
  })
})

describe('the DaemonSet of a pod', () => {
  it.each([
    { what: 'is there', prepare: ({ api }: ReturnType<typeof setUp>) => void api.put(daemonSetPath, pod('agent', '')), exists: true },
    { what: 'is gone', prepare: () => {}, exists: false },
    {
      what: 'may not be asked for',
      prepare: ({ api }: ReturnType<typeof setUp>) => {
        api.refuse = (line) => (line.includes('daemonsets') ? forbidden : undefined)
      },
      exists: true,
    },
  ])('that $what: $exists, by one request for all nodes', async ({ prepare, exists }) => {
    const made = setUp()
    const { api, watch, facts } = made
    prepare(made)
    for (const node of ['n1', 'n2']) api.put(podPath(`agent-${node}`), pod(`agent-${node}`, node, 'agent'))
    await watch('p', 'n1', 'n2')
    expect(facts('n1')?.daemonSetExists('default', 'agent')).toBe(exists)
    expect(api.lines(/daemonsets/)).toHaveLength(1)
  })

  it('is not known while the API server does not answer, and asked for again when the pod changes', async () => {
    const { api, watch, facts } = setUp()
    api.refuse = (line) => (line.includes('daemonsets') ? new ApiError({ status: 500, message: 'away' }) : undefined)
    api.put(podPath('agent'), pod('agent', 'n1', 'agent'))
    await watch('p', 'n1')
    expect(facts('n1')?.daemonSetExists('default', 'agent')).toBeUndefined()
    api.refuse = () => undefined
    api.put(podPath('agent'), { ...pod('agent', 'n1', 'agent'), status: { phase: 'Pending' } })
    await watch('p', 'n1')
    expect(facts('n1')?.daemonSetExists('default', 'agent')).toBe(false)
  })
})

describe('a pod that is to leave', () => {
  async function leaving(kind: 'EvictPod' | 'DeletePod', more: { gracePeriodSeconds?: number } = {}) {
    const made = setUp()
    await made.watch('p', 'n1')
    const [known] = made.facts('n1')?.pods ?? []
    if (known === undefined) throw new Error('no pod')
    const ask = () => made.drains.carryOut({ kind, node: 'n1', pod: known, ...more })
    return { ...made, ask, answer: () => made.facts('n1')?.progress.answers.get('uid-a') }
  }

  it('is evicted, and what the server says is a fact for the next decision', async () => {
    const { api, clock, ask, answer } = await leaving('EvictPod', { gracePeriodSeconds: 5 })
    await ask()
    expect(api.lines(/^POST/)).toEqual([`POST ${podPath('a')}/eviction`])
    expect(api.bodies(/^POST/)).toMatchObject([{ deleteOptions: { gracePeriodSeconds: 5, preconditions: { uid: 'uid-a' } } }])
    expect(answer()).toEqual({ outcome: { kind: 'Accepted' }, atMs: clock.now(), tries: 1 })
  })

  it('is asked for again as often as it takes, and the tries are counted', async () => {
    const { api, ask, answer } = await leaving('EvictPod')
    api.refuse = (line) => (line.startsWith('POST') ? new ApiError({ status: 403, message: 'may not evict' }) : undefined)
    await ask()
    await ask()
    expect(answer()).toMatchObject({ outcome: { kind: 'Denied' }, tries: 2 })
  })

  it('is deleted where the Plan says so: this very pod, no namesake', async () => {
    const { api, ask, answer } = await leaving('DeletePod', { gracePeriodSeconds: 0 })
    await ask()
    expect(api.lines(/^DELETE/)).toEqual([`DELETE ${podPath('a')}`])
    expect(api.bodies(/^DELETE/)).toMatchObject([{ gracePeriodSeconds: 0, preconditions: { uid: 'uid-a' } }])
    expect(answer()).toMatchObject({ outcome: { kind: 'Accepted' }, tries: 1 })
  })

  it.each([
    { status: 404, kind: 'Gone' },
    { status: 403, kind: 'Denied' },
    { status: 500, kind: 'Unavailable' },
  ])('whose deletion is answered with $status: $kind', async ({ status, kind }) => {
    const { api, ask, answer } = await leaving('DeletePod')
    api.refuse = (line) => (line.startsWith('DELETE') ? new ApiError({ status, message: 'refused' }) : undefined)
    await ask()
    expect(answer()?.outcome.kind).toBe(kind)
  })

  it('of a node that nobody drains any more leaves no trace', async () => {
    const { ask, answer, watch } = await leaving('EvictPod')
    await watch('p')
    await ask()
    await watch('p', 'n1')
    expect(answer()).toBeUndefined()
  })
})
