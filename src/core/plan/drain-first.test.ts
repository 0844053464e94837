import type { Job } from 'kubernetes-types/batch/v1.js'
import { describe, expect, it } from 'vitest'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { aNode, aPlan, PlanWorld, someFacts } from './plan-facts.test-support.ts'
import type { DrainFacts } from './plan-facts.ts'

const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true }

function aPod(name: string, more: Partial<PodFacts> = {}): PodFacts {
  return {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    resourceVersion: '1',
    labels: {},
    nodeName: 'n1',
    phase: 'Running',
    ready: true,
    gracePeriodSeconds: 30,
    priority: 0,
    controller: replicaSet,
    mirror: false,
    hasEmptyDir: false,
    finalizers: [],
    containers: [],
    ...more,
  }
}

function drainOf(pods: readonly PodFacts[]): DrainFacts {
  return { pods, budgets: [], daemonSetExists: () => true, progress: { startedAtMs: 0, answers: new Map() } }
}

function drained(spec: Record<string, unknown> = {}, annotations: Record<string, string> = {}): PlanWorld {
  const plan = aPlan({ spec: { drain: {}, ...spec }, annotations: { 'falkirk.dev/drain': 'controller', ...annotations } })
  return new PlanWorld(someFacts(plan, [aNode('n1')]))
}

function setPods(world: PlanWorld, pods: readonly PodFacts[]): void {
  world.facts = { ...world.facts, drains: new Map([['n1', drainOf(pods)]]) }
}

/** Names of all containers of a Job, in the order in which they run. */
function containersOf(job: Job): string[] {
  const { initContainers = [], containers = [] } = job.spec?.template.spec ?? {}
  return [...initContainers, ...containers].map((c) => c.name)
}

describe('defect 27: the controller drains the node itself', () => {
  it('says why the pods of a node cannot be read, and touches nothing meanwhile', () => {
    const world = drained()
    world.facts = { ...world.facts, drainProblems: new Map([['n1', 'user "sut" may not list pods']]) }
    world.settle()
    expect(world.condition()).toMatchObject({
      reason: 'Draining',
      message: 'n1: its pods cannot be read: user "sut" may not list pods',
    })
    expect(world.done).toEqual([])
  })

  it('looks at the pods, cordons and notes it in one write, evicts, and only then makes the Job', () => {
    const world = drained()
    const first = world.settle()
    expect(world.done).toEqual([])
    expect(first.drainNodes).toEqual(['n1'])
    expect(world.condition()).toMatchObject({ status: 'False', reason: 'Draining', message: 'n1: reading its pods' })

    setPods(world, [aPod('web-1'), aPod('own', { labels: { 'upgrade.cattle.io/controller': 'x' } })])
    const [cordon] = world.decide().actions.flat()
    expect(cordon).toMatchObject({ kind: 'PatchNode', patch: { unschedulable: true } })
    if (cordon !== undefined) world.carryOut(cordon)
    const evicting = world.decide()
    expect(evicting.actions.flat()).toMatchObject([{ kind: 'EvictPod', pod: { name: 'web-1' } }])
    expect(evicting.drainStatus).toContain('"left":1')

    setPods(world, [aPod('own', { labels: { 'upgrade.cattle.io/controller': 'x' } })])
    expect(world.settle().drainStatus).toBeNull()
    const job = world.done.findLast((a) => a.kind === 'CreateJob')
    expect(job?.kind === 'CreateJob' ? job.job.spec?.template.spec?.initContainers : []).toBeUndefined()
    world.begin('n1')
    world.succeed('n1', 'v1.20.3+k3s1')
    world.settle()
    expect(world.node('n1')).toMatchObject({ unschedulable: false })
    expect(world.node('n1').journal).toBeUndefined()
  })

  it('runs `prepare` in a Job of its own first, while the node is still in service', () => {
    const world = drained({ prepare: { image: 'rancher/k3s-upgrade', args: ['prepare', 'server-plan'] } })
    world.settle()
    expect(world.node('n1').unschedulable).toBe(false)
    const [job] = world.facts.jobs
    expect(job?.labels['falkirk.dev/stage']).toBe('prepare')
    world.begin('n1')
    world.succeed('n1')
    setPods(world, [])
    world.settle()
    expect(world.node('n1').unschedulable).toBe(true)
    expect(world.facts.jobs.map((j) => j.labels['falkirk.dev/stage'])).toEqual(['prepare', undefined])
    expect(world.done.flatMap((a) => (a.kind === 'CreateJob' ? [containersOf(a.job)] : []))).toEqual([['prepare'], ['upgrade']])
  })

  it('a drain that cannot be carried out cordons nothing and says why', () => {
    const world = drained()
    world.settle()
    const { controller: _, ...bare } = aPod('bare')
    setPods(world, [bare])
    world.settle()
    expect(world.condition()).toMatchObject({ status: 'False', reason: 'DrainFailed' })
    expect(world.condition()?.message).toContain('default/bare')
    expect(world.node('n1').unschedulable).toBe(false)
    expect(world.done).not.toContainEqual(expect.objectContaining({ patch: expect.objectContaining({ unschedulable: true }) }))
    expect(world.done.some((a) => a.kind === 'CreateJob')).toBe(false)
  })

  it('the time limit of a drain counts from its journal, not from the start of the process', () => {
    const world = drained({ drain: { timeout: '5m' } })
    setPods(world, [aPod('web-1', { deletionAtMs: world.nowMs })])
    world.settle()
    world.nowMs += 300_000
    world.settle()
    expect(world.condition()).toMatchObject({ reason: 'DrainFailed' })
    expect(world.condition()?.message).toContain('web-1')
    expect(world.node('n1').unschedulable).toBe(false)
  })

  it('falkirk.dev/retry: a drain that failed is tried again after a pause that the journal remembers, in service meanwhile', () => {
    const world = drained({ drain: { timeout: '5m' } }, { 'falkirk.dev/retry': 'count=1,backoff=30s' })
    setPods(world, [aPod('web-1', { deletionAtMs: world.nowMs })])
    world.settle()
    world.nowMs += 300_000
    world.settle()
    expect(world.condition()).toMatchObject({ status: 'False', reason: 'Retrying' })
    expect(world.node('n1').unschedulable).toBe(false)
    world.nowMs += 29_000
    expect(world.settle().wakeAtMs).toBe(world.nowMs + 1000)
    world.nowMs += 1000
    world.settle()
    expect(world.node('n1').unschedulable).toBe(true)
    setPods(world, [])
    world.settle()
    expect(world.jobOn('n1')?.annotations['falkirk.dev/attempt']).toBe('2')
  })

  it('falkirk.dev/retry: the last drain that fails stands', () => {
    const world = drained({}, { 'falkirk.dev/retry': 'count=1,backoff=30s' })
    const { controller: _, ...bare } = aPod('bare')
    setPods(world, [bare])
    world.settle()
    world.nowMs += 30_000
    world.settle()
    expect(world.condition()).toMatchObject({ status: 'False', reason: 'DrainFailed' })
    world.nowMs += 3_600_000
    world.settle()
    expect(world.condition()).toMatchObject({ status: 'False', reason: 'DrainFailed' })
    expect(world.events.filter((e) => e.reason === 'DrainFailed')).toHaveLength(2)
  })

  it('a node whose journal cannot be read is not drained', () => {
    const world = drained()
    world.setNode('n1', { journal: '{' })
    world.settle()
    expect(world.done).toEqual([])
    expect(world.condition()?.message).toContain('falkirk.dev/journal cannot be read')
  })
})
