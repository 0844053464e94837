import { describe, expect, it, onTestFinished } from 'vitest'
import type { MemoryObject } from '../../../test/loopback/memory-api.ts'
import { memoryShell } from '../../../test/loopback/memory-shell.ts'
import { ApiError } from '../../cluster/api-error.ts'
import { aPlan } from '../../core/plan/plan-facts.test-support.ts'
import { observePlan } from './observe-plan.ts'
import { startPlanCaches } from './plan-caches.ts'
import { WatchedVolumes } from './watched-volumes.ts'

const namespace = 'system-upgrade'
const jobPath = (name: string) => `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`
const own = { 'upgrade.cattle.io/controller': 'system-upgrade-controller' }
const ended = { conditions: [{ type: 'Complete', status: 'True' }] }

function job(name: string, labels: Record<string, string>, status: object = {}): MemoryObject {
  return { metadata: { name, namespace, labels: { ...own, ...labels } }, spec: { template: {} }, status }
}

function jobOf(plan: string, node: string, { exclusive = false, status = {} } = {}): MemoryObject {
  const marks = exclusive ? { 'upgrade.cattle.io/exclusive': 'true' } : {}
  return job(`${plan}-on-${node}`, { 'upgrade.cattle.io/plan': plan, 'upgrade.cattle.io/node': node, ...marks }, status)
}

function podOf(jobName: string): MemoryObject {
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: jobName, uid: 'u', controller: true }
  return { metadata: { name: `${jobName}-x`, namespace, labels: own, ownerReferences: [owner] } as MemoryObject['metadata'], spec: {} }
}

async function setUp(...objects: readonly (readonly [string, MemoryObject])[]) {
  const made = memoryShell()
  for (const [path, object] of objects) made.api.put(path, object)
  const caches = startPlanCaches(made.shell)
  onTestFinished(() => caches.stop())
  await made.clock.advance(5_000)
  const observe = (plan = aPlan()) => observePlan(made.shell, { caches, volumes: new WatchedVolumes(made.shell, () => {}) }, plan)
  return { ...made, observe }
}

describe('what is known of a Plan', () => {
  it('are all nodes in the order of their names, its own Jobs, the settings, and no request', async () => {
    const node = (name: string) => [`/api/v1/nodes/${name}`, { metadata: { name } }] as const
    const jobs = [jobOf('server-plan', 'n1'), jobOf('other', 'n2')].map((j) => [jobPath(j.metadata.name), j] as const)
    const { api, shell, observe } = await setUp(node('n2'), node('n1'), ...jobs)
    const before = api.requests.length
    const plan = aPlan()
    const facts = observe(plan)
    expect(facts.plan).toBe(plan)
    expect(facts.nodes.map(({ name }) => name)).toEqual(['n1', 'n2'])
    expect(facts.jobs.map(({ name }) => name)).toEqual(['server-plan-on-n1'])
    expect(facts).toMatchObject({ settings: shell.settings, controllerName: 'system-upgrade-controller' })
    expect(api.requests).toHaveLength(before)
  })

  it('are hashes of the Secrets that it names and that exist, of no others', async () => {
    const secret = (name: string) =>
      [`/api/v1/namespaces/${namespace}/secrets/${name}`, { metadata: { name, namespace }, data: { key: 'dmFsdWU=' } }] as const
    const { observe } = await setUp(secret('named'), secret('unnamed'))
    const secrets = ['named', 'missing'].map((name) => ({ name, path: `/run/${name}` }))
    const { secretHashes } = observe(aPlan({ spec: { secrets } }))
    expect([...secretHashes.keys()]).toEqual(['named'])
    expect(JSON.stringify([...secretHashes])).not.toContain('dmFsdWU=')
  })

  it('are the pods of each Job', async () => {
    const pod = podOf('server-plan-on-n1')
    const { observe } = await setUp([`/api/v1/namespaces/${namespace}/pods/x`, pod])
    const { podsByJob } = observe()
    expect(podsByJob?.get('server-plan-on-n1')).toMatchObject([{ name: pod.metadata.name }])
    expect(podsByJob?.get('another')).toEqual([])
  })

  it.each(['list', 'watch'])(
    'are no pods at all where the right to %s them is missing: not knowing them is not having none',
    async (verb) => {
      const made = memoryShell()
      const { api, shell, clock } = made
      let allowed = verb === 'watch' ? 1 : 0
      const refusal = new ApiError({ status: 403, message: `may not ${verb} pods` })
      api.refuse = (line) => (line.endsWith('/pods') && allowed-- <= 0 ? refusal : undefined)
      const caches = startPlanCaches(shell)
      onTestFinished(() => caches.stop())
      await clock.advance(5_000)
      expect(observePlan(shell, { caches, volumes: new WatchedVolumes(shell, () => {}) }, aPlan())).not.toHaveProperty('podsByJob')
    },
  )

  it('are nodes on which another exclusive Plan is at work, if it is exclusive itself', async () => {
    const jobs = [
      jobOf('exclusive', 'n1', { exclusive: true }),
      jobOf('exclusive', 'n2', { exclusive: true, status: ended }),
      jobOf('usual', 'n3'),
      jobOf('server-plan', 'n4', { exclusive: true }),
    ]
    const { observe } = await setUp(...jobs.map((j) => [jobPath(j.metadata.name), j] as const))
    expect(observe(aPlan({ spec: { exclusive: true } })).exclusiveElsewhere).toEqual(new Set(['n1']))
    expect(observe(aPlan()).exclusiveElsewhere).toEqual(new Set())
  })

  it('is as old as the watch that has been silent longest, and no fact at all while a watch is refused', async () => {
    const { api, clock, observe } = await setUp(['/api/v1/nodes/n1', { metadata: { name: 'n1' } }])
    const young = observe().factsAgeMs
    expect(young).toBeLessThanOrEqual(5_000)
    await clock.advance(20_000)
    api.put('/api/v1/nodes/n1', { metadata: { name: 'n1' }, spec: {} })
    await clock.advance(0)
    expect(observe().factsAgeMs).toBe(young + 20_000)
    api.refuse = (line) => (line === 'GET /api/v1/nodes' ? new ApiError({ status: 403, message: 'may not watch nodes' }) : undefined)
    await clock.advance(400_000)
    expect(observe().factsAgeMs).toBe(clock.now())
  })
})
