import type { Job } from 'kubernetes-types/batch/v1.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type MemoryShell, memoryShell } from '../../../test/loopback/memory-shell.ts'
import { ApiError } from '../../cluster/api-error.ts'
import type { NodePatch } from '../../core/plan/plan-decision.ts'
import { carryOut, type WriteAction } from './carry-out.ts'
import { type PlanCaches, startPlanCaches } from './plan-caches.ts'

const jobPath = '/apis/batch/v1/namespaces/system-upgrade/jobs/apply-p'
const ownLabels = { 'upgrade.cattle.io/controller': 'system-upgrade-controller' }

const refused = (status: number) => new ApiError({ status, message: 'refused by the test' })

function job(labels: Record<string, string> = ownLabels): Job {
  return { metadata: { name: 'apply-p', namespace: 'system-upgrade', labels }, spec: { template: {} } } as Job
}

async function setUp(): Promise<MemoryShell & { caches: PlanCaches; act: (action: WriteAction) => Promise<void> }> {
  const made = memoryShell()
  made.api.put('/api/v1/nodes/n1', { metadata: { name: 'n1', uid: 'u1', labels: { zone: 'a' } }, spec: { podCIDR: '10.0.0.0/24' } })
  const caches = startPlanCaches(made.shell)
  onTestFinished(() => caches.stop())
  await made.clock.advance(5_000)
  await caches.synced
  return { ...made, caches, act: (action) => carryOut(made.shell, caches, action) }
}

const patchNode = (patch: NodePatch) => ({ kind: 'PatchNode', node: 'n1', patch }) as const

describe('a change of a node', () => {
  it.each<{ patch: NodePatch; body: object }>([
    { patch: { unschedulable: true }, body: { metadata: {}, spec: { unschedulable: true } } },
    { patch: { unschedulable: false }, body: { metadata: {}, spec: { unschedulable: null } } },
    { patch: { labels: { done: 'hash' } }, body: { metadata: { labels: { done: 'hash' } } } },
    { patch: { journal: '[]' }, body: { metadata: { annotations: { 'falkirk.dev/journal': '[]' } } } },
    {
      patch: { unschedulable: false, labels: { done: 'hash' }, journal: null },
      body: { metadata: { labels: { done: 'hash' }, annotations: { 'falkirk.dev/journal': null } }, spec: { unschedulable: null } },
    },
  ])('defect 20: $patch is one patch of just that, no PUT of the whole node', async ({ patch, body }) => {
    const { api, act } = await setUp()
    await act(patchNode(patch))
    expect(api.lines(/^(PUT|PATCH|POST|DELETE)/)).toEqual(['PATCH /api/v1/nodes/n1'])
    expect(api.bodies(/^PATCH/)).toEqual([body])
    expect(api.requests.at(-1)?.request.contentType).toBe('application/merge-patch+json')
  })

  it('defect 20: leaves alone what others wrote since the cache was told', async () => {
    const { api, act } = await setUp()
    api.put('/api/v1/nodes/n1', { metadata: { name: 'n1', uid: 'u1', labels: { zone: 'b', other: 'x' } }, spec: { taints: ['t'] } })
    await act(patchNode({ labels: { done: 'hash' } }))
    expect(api.objects.get('/api/v1/nodes/n1')).toMatchObject({
      metadata: { labels: { zone: 'b', other: 'x', done: 'hash' } },
      spec: { taints: ['t'] },
    })
  })

  it('is in the cache as soon as it is answered', async () => {
    const { caches, act } = await setUp()
    await act(patchNode({ unschedulable: true }))
    expect(caches.nodes.get('n1')?.unschedulable).toBe(true)
  })

  it('defect 19: that is refused leaves the cache as it was', async () => {
    const { api, caches, act } = await setUp()
    const before = structuredClone(caches.nodes.get('n1'))
    api.refuse = (line) => (line.startsWith('PATCH') ? refused(500) : undefined)
    await expect(act(patchNode({ unschedulable: true, labels: { done: 'hash' } }))).rejects.toMatchObject({ status: 500 })
    expect(caches.nodes.get('n1')).toEqual(before)
  })
})

describe('a Job', () => {
  it('is created with what a system-upgrade-controller needs to recognise it, and seen at once', async () => {
    const { api, caches, act } = await setUp()
    await act({ kind: 'CreateJob', node: 'n1', job: job() })
    expect(api.objects.get(jobPath)).toMatchObject({ metadata: { annotations: { 'objectset.rio.cattle.io/applied': expect.any(String) } } })
    expect(caches.jobs.get('system-upgrade/apply-p')).toBeDefined()
  })

  it('of our own that is there already is looked at, and no fault', async () => {
    const { api, caches, act } = await setUp()
    await act({ kind: 'CreateJob', node: 'n1', job: job() })
    caches.jobs.forget('system-upgrade/apply-p')
    api.put(jobPath, { ...(api.objects.get(jobPath) as object), status: { active: 1 } } as never)
    await act({ kind: 'CreateJob', node: 'n1', job: job() })
    expect(caches.jobs.get('system-upgrade/apply-p')).toMatchObject({ active: 1 })
  })

  it('point 61: of somebody else that has its name is an error, and left as it is', async () => {
    const { api, caches, act } = await setUp()
    const theirs = api.put(jobPath, job({ 'upgrade.cattle.io/controller': 'another' }) as never)
    await expect(act({ kind: 'CreateJob', node: 'n1', job: job() })).rejects.toMatchObject({ reason: 'AlreadyExists' })
    expect(api.objects.get(jobPath)).toBe(theirs)
    expect(caches.jobs.size).toBe(0)
  })

  it('that was deleted between the two requests is tried again in the next turn', async () => {
    const { api, act } = await setUp()
    api.refuse = (line) =>
      line.startsWith('POST') ? new ApiError({ status: 409, reason: 'AlreadyExists', message: 'is there' }) : undefined
    await act({ kind: 'CreateJob', node: 'n1', job: job() })
    expect(api.lines(/jobs/).slice(-2)).toEqual([`POST ${jobPath.replace('/apply-p', '')}`, `GET ${jobPath}`])
  })

  it.each([
    { action: { kind: 'StartJob', name: 'apply-p' } as const, body: { spec: { parallelism: 1 } } },
    { action: { kind: 'SetDeadline', name: 'apply-p', seconds: 60 } as const, body: { spec: { activeDeadlineSeconds: 60 } } },
    { action: { kind: 'SetDeadline', name: 'apply-p', seconds: null } as const, body: { spec: { activeDeadlineSeconds: null } } },
  ])('is changed by one patch: $body', async ({ action, body }) => {
    const { api, act } = await setUp()
    api.put(jobPath, job() as never)
    await act(action)
    expect(api.bodies(/^PATCH/)).toEqual([body])
  })

  it('is deleted by its UID, its pods in the background, and forgotten at once', async () => {
    const { api, caches, clock, act } = await setUp()
    await act({ kind: 'CreateJob', node: 'n1', job: job() })
    await clock.advance(1_000)
    await act({ kind: 'DeleteJob', name: 'apply-p', uid: 'u' })
    expect(api.bodies(/^DELETE/)).toMatchObject([{ propagationPolicy: 'Background', preconditions: { uid: 'u' } }])
    expect(caches.jobs.size).toBe(0)
  })

  it('whose pods are waited for stays, as long as the API server has it', async () => {
    const { api, caches, clock, act } = await setUp()
    await act({ kind: 'CreateJob', node: 'n1', job: job() })
    await clock.advance(1_000)
    const kept = api.objects.get(jobPath)
    api.refuse = (line) => {
      if (line.startsWith('GET') && kept !== undefined)
        api.put(jobPath, { ...kept, metadata: { ...kept.metadata, deletionTimestamp: '2026-11-21T12:00:00Z' } } as never)
      return undefined
    }
    await act({ kind: 'DeleteJob', name: 'apply-p', uid: 'u', waitsForPods: true })
    expect(api.bodies(/^DELETE/)).toMatchObject([{ propagationPolicy: 'Foreground', preconditions: { uid: 'u' } }])
    expect([...caches.jobs.values()]).toMatchObject([{ name: 'apply-p', deleting: true }])
  })

  it('that is gone already is forgotten; one that may not be deleted is kept', async () => {
    const { api, caches, act } = await setUp()
    await act({ kind: 'CreateJob', node: 'n1', job: job() })
    const remove = { kind: 'DeleteJob', name: 'apply-p', uid: 'u' } as const
    api.refuse = (line) => (line.startsWith('DELETE') ? refused(403) : undefined)
    await expect(act(remove)).rejects.toMatchObject({ status: 403 })
    expect(caches.jobs.size).toBe(1)
    api.refuse = (line) => (line.startsWith('DELETE') ? refused(404) : undefined)
    await act(remove)
    expect(caches.jobs.size).toBe(0)
  })
})

describe('what is watched', () => {
  it('defect 42, point 80: Jobs and Plans of our own namespace alone, in one list and one watch a kind', async () => {
    const { api } = await setUp()
    const listed = api.requests.filter((r) => r.request.query?.limit !== undefined).map((r) => r.line)
    expect(listed.toSorted()).toEqual([
      'GET /api/v1/namespaces/system-upgrade/pods',
      'GET /api/v1/namespaces/system-upgrade/secrets',
      'GET /api/v1/nodes',
      'GET /apis/batch/v1/namespaces/system-upgrade/jobs',
      'GET /apis/upgrade.cattle.io/v1/namespaces/system-upgrade/plans',
    ])
  })

  it('point 61: a Job with another controller’s label is not even seen', async () => {
    const { api, caches, clock } = await setUp()
    api.put(jobPath, job({ 'upgrade.cattle.io/controller': 'another' }) as never)
    api.put(jobPath.replace('apply-p', 'apply-q'), { ...job(), metadata: { ...job().metadata, name: 'apply-q' } } as never)
    await clock.advance(1_000)
    expect([...caches.jobs.values()].map((j) => j.name)).toEqual(['apply-q'])
  })

  it('of a Secret its hash is kept, not its content', async () => {
    const { api, caches, clock } = await setUp()
    const data = { password: Buffer.from('hunter22').toString('base64') }
    api.put('/api/v1/namespaces/system-upgrade/secrets/s', { metadata: { name: 's', namespace: 'system-upgrade' }, data })
    await clock.advance(1_000)
    const kept = JSON.stringify([...caches.secrets.values()])
    expect(kept).toContain('"hash"')
    expect(kept).not.toContain(data.password)
    expect(kept).not.toContain('hunter22')
  })
})
