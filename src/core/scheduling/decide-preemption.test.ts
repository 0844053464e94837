import { describe, expect, it } from 'vitest'
import { type BudgetFacts, budgetFacts } from '../drain/disruption-budget.ts'
import { decidePreemption } from './decide-preemption.ts'
import { podInfo } from './pod-info.ts'
import { schedulePod } from './schedule-pod.ts'
import { type Cluster, cacheOf, cycleFor, node, type PodOptions, pod } from './scheduling.test-support.ts'

function important(options: PodOptions = {}) {
  return pod('important', { requests: { cpu: '2' }, ...options, spec: { priority: 100, ...options.spec } })
}

function runs(
  name: string,
  on: string,
  cpu: string,
  options: { priority?: number; app?: string; startedAt?: string; terminating?: boolean } = {},
) {
  const { priority = 0, app = name, ...more } = options
  return pod(name, { on, requests: { cpu }, labels: { app }, spec: { priority }, ...more })
}

function budget(app: string, disruptionsAllowed: number): BudgetFacts {
  return budgetFacts({
    metadata: { name: app, namespace: 'default', uid: app },
    spec: { selector: { matchLabels: { app } } },
    status: { disruptionsAllowed },
  })
}

function decide(each: ReturnType<typeof pod>, cluster: Cluster, budgets: readonly BudgetFacts[] = [], cache = cacheOf(cluster)) {
  const cycle = cycleFor(each, cluster, cache)
  const verdict = schedulePod(cycle, { random: () => 0, startIndex: 0 })
  if (verdict.kind !== 'Unschedulable') throw new Error(`the pod is ${verdict.kind}`)
  const before = cache.nodes().map(({ requested, pods }) => [requested.milliCpu, [...pods.keys()].sort()])
  const decision = decidePreemption({ cycle, verdict, budgets, random: () => 0 })
  expect(cache.nodes().map(({ requested, pods }) => [requested.milliCpu, [...pods.keys()].sort()])).toEqual(before)
  if (decision.kind === 'Refuse') return decision
  return {
    node: decision.nodeName,
    victims: decision.victims.map(({ name }) => name),
    displaced: decision.displaced.map(({ name }) => name),
  }
}

const nodes = [node('n1'), node('n2')]

describe('preemption', () => {
  it('takes as few pods as it needs, the least important', () => {
    const pods = [runs('low', 'n1', '2'), runs('middle', 'n1', '1', { priority: 5 }), runs('small', 'n1', '1', { priority: 1 })]
    expect(decide(important(), { nodes: [node('n1')], pods })).toMatchObject({ node: 'n1', victims: ['low'] })
  })

  it.each([
    { title: 'the node with the less important victim', n1: { priority: 10 }, n2: { priority: 5 }, best: 'n2' },
    {
      title: 'the node whose victim started last',
      n1: { startedAt: '2026-01-01T00:00:00Z' },
      n2: { startedAt: '2026-01-02T00:00:00Z' },
      best: 'n2',
    },
    { title: 'the first of equals', n1: {}, n2: {}, best: 'n1' },
  ])('chooses $title', ({ n1, n2, best }) => {
    expect(decide(important(), { nodes, pods: [runs('a', 'n1', '4', n1), runs('b', 'n2', '4', n2)] })).toMatchObject({ node: best })
  })

  it('chooses the node with fewer victims of the same importance', () => {
    const pods = [runs('a', 'n1', '2'), runs('b', 'n1', '2'), runs('c', 'n2', '4')]
    expect(decide(important({ requests: { cpu: '4' } }), { nodes, pods })).toMatchObject({ node: 'n2', victims: ['c'] })
  })

  it.each([
    { title: 'the one that started last', a: '2026-01-02T00:00:00Z', b: '2026-01-01T00:00:00Z', victim: 'a' },
    { title: 'the one that has not started', a: '2026-01-02T00:00:00Z', b: undefined, victim: 'b' },
    { title: 'the last by name', a: undefined, b: undefined, victim: 'b' },
  ])('takes of pods that are as important $title', ({ a, b, victim }) => {
    const started = (startedAt: string | undefined) => (startedAt === undefined ? {} : { startedAt })
    const pods = [runs('b', 'n1', '2', started(b)), runs('a', 'n1', '2', started(a))]
    expect(decide(important(), { nodes: [node('n1')], pods })).toMatchObject({ victims: [victim] })
  })

  it('does not count a pod of negative priority as a gain', () => {
    const pods = [runs('a', 'n1', '4', { priority: 10 }), runs('b', 'n2', '3', { priority: 10 }), runs('c', 'n2', '1', { priority: -5 })]
    expect(decide(important({ requests: { cpu: '4' } }), { nodes, pods })).toMatchObject({ node: 'n1', victims: ['a'] })
    expect(decide(important({ requests: { cpu: '4' } }), { nodes: [...nodes].reverse(), pods })).toMatchObject({ node: 'n1' })
  })

  it('breaks a budget only where there is no other way', () => {
    const pods = [runs('guarded', 'n1', '4', { app: 'db' }), runs('worth-more', 'n2', '4', { priority: 50 })]
    expect(decide(important(), { nodes, pods }, [budget('db', 0)])).toMatchObject({ victims: ['worth-more'] })
    expect(decide(important(), { nodes, pods }, [budget('db', 1)])).toMatchObject({ victims: ['guarded'] })
    expect(decide(important(), { nodes: [node('n1')], pods: pods.slice(0, 1) }, [budget('db', 0)])).toMatchObject({ victims: ['guarded'] })
  })

  it('spares pods with a broken budget before others of the node', () => {
    const pods = [runs('guarded', 'n1', '2', { app: 'db' }), runs('free', 'n1', '2', { priority: 50 })]
    expect(decide(important(), { nodes: [node('n1')], pods }, [budget('db', 0)])).toMatchObject({ victims: ['free'] })
  })

  it('makes room by anti-affinity, too', () => {
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } }
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
    const pods = [runs('web', 'n1', '1'), runs('other', 'n1', '1')]
    expect(decide(important({ spec: { affinity } }), { nodes: [node('n1')], pods })).toMatchObject({ victims: ['web'] })
  })

  it('displaces less important pods that were meant for the node', () => {
    const cluster = { nodes: [node('n1')], pods: [runs('a', 'n1', '4')] }
    const cache = cacheOf(cluster)
    cache.nominate(podInfo(pod('waiting', { spec: { priority: 10 } }), 'n1'))
    cache.nominate(podInfo(pod('elsewhere', { spec: { priority: 10 } }), 'n2'))
    cache.nominate(podInfo(pod('equal', { spec: { priority: 100 } }), 'n1'))
    cache.nominate(podInfo({ ...important(), spec: { ...important().spec, priority: 1, containers: [] } }, 'n1'))
    expect(decide(important(), cluster, [], cache)).toMatchObject({ displaced: ['waiting'] })
  })

  describe('in a large cluster', () => {
    const names = Array.from({ length: 120 }, (_, at) => `n${at + 1}`)
    const large = names.map((name) => node(name))
    const on = (name: string) => ({ priority: name === 'n120' ? -1 : 0, app: name === 'n119' ? 'free' : 'guarded' })
    const pods = names.map((name) => runs(`on-${name}`, name, '4', on(name)))

    it('is content with the best of a hundred nodes', () => {
      expect(decide(important(), { nodes: large, pods })).toMatchObject({ node: 'n1' })
    })

    it('looks on for one where no budget is broken, and no further', () => {
      expect(decide(important(), { nodes: large, pods }, [budget('guarded', 0)])).toMatchObject({ node: 'n119' })
    })
  })
})

describe('no preemption', () => {
  const notHelpful = (text: string) => ({ kind: 'Refuse', message: `0/1 nodes are available: ${text}.`, nomination: 'Clear' })

  it.each([
    {
      title: 'for pods that are as important',
      pods: [runs('a', 'n1', '4', { priority: 100 })],
      options: {},
      refusal: notHelpful('1 No preemption victims found for incoming pod'),
    },
    {
      title: 'that would not be enough',
      pods: [runs('a', 'n1', '1', { priority: 100 }), runs('b', 'n1', '3')],
      options: { requests: { cpu: '4' } },
      refusal: notHelpful('1 Insufficient cpu'),
    },
    {
      title: 'where the pod cannot run anyway',
      pods: [runs('a', 'n1', '4')],
      options: { spec: { nodeSelector: { x: 'y' } } },
      refusal: notHelpful('1 Preemption is not helpful for scheduling'),
    },
    {
      title: 'when the pod never does it',
      pods: [runs('a', 'n1', '4')],
      options: { spec: { preemptionPolicy: 'Never' } },
      refusal: { kind: 'Refuse', message: 'not eligible due to preemptionPolicy=Never.', nomination: 'Keep' },
    },
  ])('$title', ({ pods, options, refusal }) => {
    expect(decide(important(options), { nodes: [node('n1')], pods })).toEqual(refusal)
  })

  it('while victims of an earlier one are on their way out', () => {
    const cluster = { nodes: [node('n1')], pods: [runs('a', 'n1', '4', { terminating: true })], minor: 20 }
    expect(decide(important({ nominated: 'n1' }), cluster)).toMatchObject({ kind: 'Refuse', nomination: 'Keep' })
    expect(decide(important(), cluster)).toMatchObject({ victims: ['a'] })
  })

  it.each([
    { minor: 27, reason: undefined, refuses: true },
    { minor: 28, reason: undefined, refuses: false },
    { minor: 28, reason: 'PreemptionByScheduler', refuses: true },
    { minor: 28, reason: 'EvictionByEvictionAPI', refuses: false },
  ])('in 1.$minor while a pod is on its way out for the reason $reason: $refuses', ({ minor, reason, refuses }) => {
    const going = runs('a', 'n1', '4', { terminating: true })
    const conditions = reason === undefined ? [] : [{ type: 'DisruptionTarget', status: 'True', reason }]
    const cluster = { nodes: [node('n1')], pods: [{ ...going, status: { ...going.status, conditions } }], minor }
    const decision = decide(important({ nominated: 'n1' }), cluster)
    expect('kind' in decision && decision.message === 'not eligible due to terminating pod on the nominated node.').toBe(refuses)
  })

  it.each([
    { type: 'DisruptionTarget', status: 'False', reason: 'PreemptionByScheduler' },
    { type: 'Ready', status: 'True', reason: 'PreemptionByScheduler' },
  ])('is not put off by another condition: $type $status', (condition) => {
    const going = runs('a', 'n1', '4', { terminating: true })
    const cluster = { nodes: [node('n1')], pods: [{ ...going, status: { ...going.status, conditions: [condition] } }], minor: 28 }
    expect(decide(important({ nominated: 'n1' }), cluster)).toMatchObject({ victims: ['a'] })
  })
})
