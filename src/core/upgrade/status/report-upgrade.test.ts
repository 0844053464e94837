import { describe, expect, it } from 'vitest'
import { RunWorld, server, several, to, worker } from '../run-world.test-support.ts'

function bytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}

describe('the status of 5,000 nodes is below 64 KiB', () => {
  const longName = (index: number) => `ip-10-0-${index}-42.eu-central-1.compute.internal.example`
  const nodes = [
    ...several(3, server),
    ...several(5_000, (index) => worker(index, { name: longName(index), labels: { pool: `${index % 100}` } })),
  ]
  const pools = several(99, (index) => ({
    name: `node-pool-of-the-team-number-${index}`,
    nodeSelector: { matchLabels: { pool: `${index}` } },
    batches: { first: 200, max: 200 },
    maxUnavailable: 200,
  }))

  it('when 200 are at work, each with much to say, and as many have failed', () => {
    const run = (index: number, step: string) =>
      JSON.stringify({
        run: 'uid-up',
        name: 'up',
        version: to,
        step,
        since: '2026-11-21T11:59:00Z',
        attempt: 1,
        tries: 1,
        before: { unschedulable: false, kubeletVersion: to, bootId: 'x' },
        ...(step === 'Quarantined'
          ? { failure: { reason: 'JobFailed', message: 'the last lines of a log '.repeat(200), stop: index } }
          : {}),
      })
    const busy = nodes.map((node, index) => {
      if (index < 3 || index > 402) return node
      return { ...node, run: run(index, index < 203 ? 'Draining' : 'Quarantined') }
    })
    const world = new RunWorld(busy)
    world.edit({ pools })
    const drainProblems = new Map(busy.map(({ name }) => [name, 'a very long reason of the API server '.repeat(60)]))
    world.facts = { ...world.facts, drainProblems }
    const { status } = world.decide()
    expect(status.inFlight).toHaveLength(50)
    expect(status.failed).toHaveLength(50)
    expect(bytes(status)).toBeLessThan(64 * 1024)
  })

  it('and a batch of all that a batch may have', () => {
    const world = new RunWorld(
      nodes.map((node, index) => (index < 3 ? { ...node, kubeletVersion: to } : { ...node, labels: { pool: '0' } })),
      { apiServer: to },
    )
    world.edit({ pools: pools.slice(0, 1) })
    const { status } = world.decide()
    expect(status.pools?.[0]?.batch?.nodes).toHaveLength(200)
    expect(bytes(status)).toBeLessThan(64 * 1024)
  })
})

describe('conditions', () => {
  it('change their time only with their status', () => {
    const world = new RunWorld([server(0), worker(0)])
    world.settle()
    const time = (type: string) => world.status.conditions?.find((condition) => condition.type === type)?.lastTransitionTime
    const began = time('Progressing')
    world.until(({ status }) => status.phase === 'Nodes')
    expect(time('Progressing')).toBe(began)
    world.untilPhase('Complete')
    expect(time('Progressing')).not.toBe(began)
    expect(world.status.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'Ready True Complete',
      'Progressing False Complete',
      'Complete True Complete',
    ])
  })
})

it('counts what runs the final version, pool by pool and in all, and each node in flight with its step', () => {
  const world = new RunWorld([...several(3, server), worker(0, { labels: { pool: 'blue' } }), worker(1)])
  world.edit({ pools: [{ name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } } }] })
  world.until(({ status }) => (status.inFlight ?? []).some(({ node, step }) => node === 'worker-1' && step === 'Draining'))
  expect(world.status).toMatchObject({
    phase: 'Nodes',
    from: 'v1.30.4+k3s1',
    path: [to],
    hop: { version: to, number: 1, of: 1 },
    progress: { controlPlane: '3/3', nodes: '1/2' },
    pools: [
      { name: 'blue', nodes: 1, done: 1 },
      { name: 'rest', nodes: 1, done: 0, batch: { number: 1, nodes: ['worker-1'] } },
    ],
    failed: [],
  })
})

describe('the message of a run that is at work on several nodes', () => {
  it.each([
    { count: 2, end: ' (and 1 more node)' },
    { count: 3, end: ' (and 2 more nodes)' },
  ])('says how many there are beside the first of $count', ({ count, end }) => {
    const world = new RunWorld([server(0), ...several(count, worker)])
    world.edit({ pools: [{ name: 'workers', nodeSelector: {}, batches: { first: count, max: count }, maxUnavailable: count }] })
    world.until(({ status }) => status.message?.endsWith(end) === true)
    expect(world.status.phase).toBe('Nodes')
  })
})
