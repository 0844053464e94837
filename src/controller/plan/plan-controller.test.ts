import { describe, expect, it, onTestFinished } from 'vitest'
import type { MemoryObject } from '../../../test/loopback/memory-api.ts'
import { memoryShell } from '../../../test/loopback/memory-shell.ts'
import { ApiError } from '../../cluster/api-error.ts'
import type { Shell } from '../shell.ts'
import { startPlanCaches } from './plan-caches.ts'
import { PlanController } from './plan-controller.ts'

const plansPath = '/apis/upgrade.cattle.io/v1/namespaces/system-upgrade/plans'
const jobsPath = '/apis/batch/v1/namespaces/system-upgrade/jobs'
const old = 'v1.20.2+k3s1'
const wanted = 'v1.20.3+k3s1'
const doneLabel = 'plan.upgrade.cattle.io/p'

interface Raw extends MemoryObject {
  readonly spec?: { readonly parallelism?: number }
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[]
    readonly applying?: readonly string[]
  }
}

function node(name: string, kubeletVersion = old): MemoryObject {
  return {
    metadata: { name, uid: `uid-${name}`, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
    status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion, bootID: 'b' } },
  }
}

function plan(spec: object = {}): MemoryObject {
  return {
    metadata: { name: 'p', namespace: 'system-upgrade', uid: 'uid-p' },
    spec: { concurrency: 1, nodeSelector: {}, version: wanted, cordon: true, upgrade: { image: 'rancher/k3s-upgrade' }, ...spec },
  }
}

/** A controller on a server in this process; `run` lets time pass, and Jobs do their work meanwhile. */
async function setUp({ nodes = 1, more = {} as Partial<Shell> } = {}) {
  const made = memoryShell(more)
  const { api, clock, shell } = made
  for (let i = 1; i <= nodes; i++) api.put(`/api/v1/nodes/n${i}`, node(`n${i}`))
  const caches = startPlanCaches(shell)
  await clock.advance(5_000)
  await caches.synced
  const controller = new PlanController(shell, caches, () => wanted)
  onTestFinished(async () => {
    await controller.stop()
    await caches.stop()
  })
  const at = (path: string) => api.objects.get(path) as Raw | undefined
  const work = (exitCode = 0) => {
    for (const [path, object] of api.objects) if (path.startsWith(jobsPath)) finish(object as Raw, path, exitCode)
  }
  function finish(job: Raw, path: string, exitCode: number): void {
    if (job.status?.conditions !== undefined || job.spec?.parallelism === 0) return
    const name = job.metadata.labels?.['upgrade.cattle.io/node'] ?? ''
    const type = exitCode === 0 ? 'Complete' : 'Failed'
    const conditions = [{ type, status: 'True', lastTransitionTime: new Date(clock.now()).toISOString() }]
    const known = at(`/api/v1/nodes/${name}`)
    if (exitCode === 0) api.put(`/api/v1/nodes/${name}`, { ...known, ...node(name, wanted), metadata: known?.metadata ?? { name } })
    api.put(path, { ...job, status: exitCode === 0 ? { succeeded: 1, conditions } : { failed: 1, conditions } })
  }
  const run = async (turns: number, exitCode?: number) => {
    for (let turn = 0; turn < turns; turn++) {
      await clock.advance(1_000)
      work(exitCode)
    }
    await clock.advance(5_000)
  }
  const complete = () => at(`${plansPath}/p`)?.status?.conditions?.find((c) => c.type === 'Complete')
  /** Requests but those of watches. */
  const linesSince = (count: number) =>
    api.requests.slice(count).flatMap(({ line, request }) => (request.query?.watch === undefined ? [line] : []))
  return { ...made, controller, caches, at, run, complete, linesSince }
}

describe('the controller of Plans', () => {
  it('upgrades every node, labels it, and then says that the Plan is complete', async () => {
    const { api, at, run, complete } = await setUp({ nodes: 3 })
    api.put(`${plansPath}/p`, plan())
    await run(20)
    expect(complete()).toMatchObject({ status: 'True' })
    for (const name of ['n1', 'n2', 'n3']) expect(at(`/api/v1/nodes/${name}`)?.metadata.labels?.[doneLabel]).toMatch(/^[0-9a-f]{56}$/)
  })

  it('defect 43: needs at most four requests a node, and no GET at all', async () => {
    const { api, run, complete, linesSince } = await setUp({ nodes: 40 })
    const before = api.requests.length
    api.put(`${plansPath}/p`, plan({ concurrency: 10 }))
    await run(40)
    expect(complete()).toMatchObject({ status: 'True' })
    const sent = linesSince(before)
    expect(sent.filter((line) => line.startsWith('GET'))).toEqual([])
    expect(sent.length).toBeLessThanOrEqual(4 * 40)
  })

  it('is silent when nothing is left to do, whatever heartbeats come', async () => {
    const { api, run, linesSince } = await setUp({ nodes: 3 })
    api.put(`${plansPath}/p`, plan())
    await run(20)
    const before = api.requests.length
    for (let beat = 0; beat < 50; beat++) {
      const { metadata, status } = api.objects.get('/api/v1/nodes/n1') as Raw
      api.put('/api/v1/nodes/n1', { metadata, status: { ...status, beat } } as MemoryObject)
      await run(1)
    }
    expect(linesSince(before).filter((line) => !line.startsWith('GET'))).toEqual([])
  })

  it('says which Job has failed, reads its log once, and does nothing more', async () => {
    const { api, run, complete, events } = await setUp({ nodes: 2 })
    api.put(`${plansPath}/p`, plan())
    await run(10, 1)
    expect(complete()).toMatchObject({ status: 'False', reason: 'JobFailed' })
    expect(events.filter((e) => e.reason === 'JobFailed')).toHaveLength(1)
    expect(api.lines(/^POST .*\/jobs$/)).toHaveLength(1)
  })

  it('defect 19: a node that could not be labelled is not taken for done, and labelled later', async () => {
    const { api, at, run, complete } = await setUp()
    let refusing = true
    api.refuse = (line) => (refusing && line === 'PATCH /api/v1/nodes/n1' ? new ApiError({ status: 500, message: 'refused' }) : undefined)
    api.put(`${plansPath}/p`, plan({ cordon: false }))
    await run(10)
    expect(api.lines(/^PATCH .*\/n1$/).length).toBeGreaterThan(0)
    expect(complete()).toMatchObject({ status: 'False' })
    refusing = false
    await run(40)
    expect(complete()).toMatchObject({ status: 'True' })
    expect(at('/api/v1/nodes/n1')?.metadata.labels?.[doneLabel]).toBeDefined()
  })

  it.each([
    { event: 'JobComplete', exitCode: 0 },
    { event: 'JobFailed', exitCode: 1 },
  ])('tells $event once, however long the API server refuses to patch the node', async ({ event, exitCode }) => {
    const { api, run, events } = await setUp()
    const refusal = new ApiError({ status: 403, message: 'may not patch nodes' })
    api.refuse = (line) => (line === 'PATCH /api/v1/nodes/n1' ? refusal : undefined)
    api.put(`${plansPath}/p`, plan({ cordon: false }))
    await run(120, exitCode)
    expect(api.lines(/^PATCH .*\/n1$/).length).toBeGreaterThan(3)
    expect(events.filter(({ reason }) => reason === event)).toHaveLength(1)
    api.refuse = () => undefined
    await run(60, exitCode)
    expect(events.filter(({ reason }) => reason === event)).toHaveLength(1)
  })

  it('tells of the same again when it happens again', async () => {
    const { api, run, events } = await setUp()
    let refusing = true
    api.refuse = (line) => (refusing && line === 'PATCH /api/v1/nodes/n1' ? new ApiError({ status: 403, message: 'no' }) : undefined)
    api.put(`${plansPath}/p`, plan({ cordon: false }))
    await run(10)
    refusing = false
    await run(60)
    const { metadata, ...rest } = api.objects.get('/api/v1/nodes/n1') as Raw
    const { [doneLabel]: _, ...labels } = metadata.labels ?? {}
    api.put('/api/v1/nodes/n1', { ...rest, metadata: { ...metadata, labels } })
    await run(20)
    expect(events.filter(({ reason }) => reason === 'JobComplete')).toHaveLength(2)
  })

  it('defect 23: a node that is deleted while its Job runs frees its slot at once', async () => {
    const { api, at, clock } = await setUp({ nodes: 2 })
    api.put(`${plansPath}/p`, plan())
    await clock.advance(5_000)
    const applying = () => at(`${plansPath}/p`)?.status?.applying
    const [first = ''] = applying() ?? []
    api.remove(`/api/v1/nodes/${first}`)
    await clock.advance(2_000)
    expect(applying()).toEqual([first === 'n1' ? 'n2' : 'n1'])
  })

  it('says of a Plan without upgrade what is wrong with it, once, and touches no node', async () => {
    const { api, run } = await setUp()
    api.put(`${plansPath}/p`, { metadata: { name: 'p', namespace: 'system-upgrade', uid: 'u' }, spec: { version: wanted } })
    await run(10)
    expect(api.lines(/^(POST|PATCH)/)).toEqual([`PATCH ${plansPath}/p/status`])
    expect(JSON.stringify(api.bodies(/status/))).toContain('upgrade')
  })

  it('keeps asking a server that refuses, but not in a hot loop', async () => {
    const { api, run } = await setUp()
    api.refuse = (line) => (line.startsWith('PATCH') ? new ApiError({ status: 403, message: 'may not patch' }) : undefined)
    api.put(`${plansPath}/p`, plan())
    await run(60)
    const tries = api.lines(/^PATCH/).length
    expect(tries).toBeGreaterThan(3)
    expect(tries).toBeLessThan(30)
  })

  it('tells in the condition that a failed Job may not be deleted, and tries again when it may', async () => {
    const { api, run, complete } = await setUp()
    const annotations = { 'falkirk.dev/retry': 'count=1,backoff=1s' }
    const retried: object = { ...plan(), metadata: { name: 'p', namespace: 'system-upgrade', uid: 'uid-p', annotations } }
    api.refuse = (line) => (line.startsWith('DELETE') ? new ApiError({ status: 403, message: 'may not delete jobs' }) : undefined)
    api.put(`${plansPath}/p`, retried as MemoryObject)
    await run(30, 1)
    expect(complete()).toMatchObject({ status: 'False', reason: 'Refused', message: 'may not delete jobs' })
    api.refuse = () => undefined
    await run(60)
    expect(complete()).toMatchObject({ status: 'True' })
  })

  it.each([
    { what: 'without upgrade', spec: { upgrade: undefined }, says: /^Failed to validate plan: spec\.upgrade is missing: / },
    { what: 'that only the API server objects to', spec: {}, says: /^Failed to validate plan: spec\.window\.days: Unsupported value$/ },
  ])('tells by an event of a Plan $what whose status the API server does not take: once, and with few requests', async ({ spec, says }) => {
    const { api, run, events, at } = await setUp()
    const invalid = new ApiError({ status: 422, reason: 'Invalid', message: 'spec.window.days: Unsupported value' })
    api.refuse = (line) => (/^PATCH .*status$/.test(line) ? invalid : undefined)
    api.put(`${plansPath}/p`, plan(spec))
    await run(300)
    expect(events.map(({ type, reason, message }) => ({ type, reason, message }))).toEqual([
      { type: 'Warning', reason: 'ValidateFailed', message: expect.stringMatching(says) },
    ])
    expect(api.lines(/^PATCH|^POST/).length).toBeLessThanOrEqual(8)
    expect(at('/api/v1/nodes/n1')?.metadata).not.toHaveProperty('annotations')

    api.refuse = () => undefined
    api.put(`${plansPath}/p`, plan({ concurrency: 2 }))
    await run(30)
    expect(at('/api/v1/nodes/n1')?.metadata.labels).toHaveProperty([doneLabel])
  })

  it('starts nothing after it was stopped', async () => {
    const { api, clock, controller, linesSince } = await setUp()
    await controller.stop()
    const before = api.requests.length
    api.put(`${plansPath}/p`, plan())
    await clock.advance(10_000)
    expect(linesSince(before)).toEqual([])
  })
})
