import { describe, expect, it } from 'vitest'
import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { anUpgrade, RunWorld, server, to, worker } from '../run-world.test-support.ts'

const pool = (name: string, labels: Readonly<Record<string, string>>) => ({ name, nodeSelector: { matchLabels: labels } })
const blue = (index: number, more: Partial<NodeFacts> = {}) => worker(index, { labels: { pool: 'blue', zone: 'a' }, ...more })

/** A control plane that is there, and workers that are not. */
function behind(spec: Readonly<Record<string, unknown>>, workers: readonly NodeFacts[] = [blue(0), worker(1), worker(2)]): RunWorld {
  return new RunWorld([server(0, { kubeletVersion: to }), ...workers], { apiServer: to, upgrade: anUpgrade(spec) })
}

describe('scope Pools', () => {
  it('takes the nodes that are named, without any pool', () => {
    const world = behind({ scope: 'Pools', nodes: ['worker-1'] })
    expect(world.untilPhase('Complete').message).toBe(`the nodes of spec.nodes run ${to}`)
    expect(world.changeJobs()).toEqual(['worker-1'])
  })

  it.each([
    {
      what: 'a node of none of its pools',
      spec: { pools: [pool('blue', { pool: 'blue' })], nodes: ['worker-0', 'worker-2'] },
      told: 'spec.nodes names worker-2, which none of spec.pools selects: add a pool that does, or leave the node out',
    },
    {
      what: 'a node of the control plane',
      spec: { nodes: ['worker-0', 'server-0'] },
      told: 'spec.nodes names server-0, which is of the control plane, and scope Pools leaves that alone: leave the node out',
    },
  ])('that names $what is refused: nobody may take it for done', ({ spec, told }) => {
    const world = behind({ scope: 'Pools', ...spec })
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Refused', message: told })
    expect(world.done).toEqual([])
  })
})

describe('a pool whose nodes all belong to pools before it', () => {
  const pools = [pool('zone-a', { zone: 'a' }), pool('blue', { pool: 'blue' })]

  it('is refused: its batches would never count', () => {
    const world = behind({ pools })
    world.settle()
    expect(world.status).toMatchObject({
      phase: 'Refused',
      message:
        'spec.pools[1] (blue) has no node of its own, as zone-a before it selects them all: change the order of the pools, or remove one',
    })
    expect(world.done).toEqual([])
  })

  it('is none when the narrower one comes first: a node belongs to the first that selects it', () => {
    const world = behind({ pools: pools.toReversed() }, [blue(0), worker(1, { labels: { zone: 'a' } })])
    world.untilPhase('Complete')
    expect(world.changeJobs()).toEqual(['worker-0', 'worker-1'])
  })
})

it.each([
  { scope: 'Cluster', spec: {}, told: `the cluster runs ${to}` },
  { scope: 'Cluster', spec: { nodes: ['worker-1'] }, told: `the control plane and the nodes of spec.nodes run ${to}` },
  { scope: 'ControlPlane', spec: {}, told: `the control plane runs ${to}` },
  { scope: 'Pools', spec: { pools: [pool('blue', { pool: 'blue' })] }, told: `pool blue runs ${to}` },
  {
    scope: 'Pools',
    spec: { pools: [pool('blue', { pool: 'blue' }), pool('green', { pool: 'green' })] },
    told: `pools blue, green run ${to}`,
  },
])('what is told of $scope in the end is no more than what was done: $told', ({ scope, spec, told }) => {
  const world = behind({ scope, ...spec }, [blue(0), worker(1, { labels: { pool: 'green' } })])
  expect(world.untilPhase('Complete').message).toBe(told)
})

describe('a virtual kubelet has nothing that could be upgraded, whatever it reports', () => {
  const virtual = worker(9, { labels: { type: 'virtual-kubelet' } })

  it.each([{}, { nodes: ['worker-0'] }])('it is in no pool, and holds nobody up: %j', (spec) => {
    const world = new RunWorld([server(0), worker(0), virtual], { upgrade: anUpgrade(spec) })
    expect(world.untilPhase('Complete')).toMatchObject({ progress: { nodes: '1/1' }, pools: [{ name: 'rest', nodes: 1, done: 1 }] })
    expect(world.changeJobs()).toEqual(['server-0', 'worker-0'])
  })

  it('to name it is a mistake', () => {
    const world = new RunWorld([server(0), worker(0), virtual], { upgrade: anUpgrade({ nodes: ['worker-9'] }) })
    world.settle()
    expect(world.status).toMatchObject({
      phase: 'Refused',
      message: expect.stringMatching(/^spec\.nodes names worker-9, which is a virtual kubelet/),
    })
  })
})

it('a pool is not called as the nodes of no pool are', () => {
  const world = behind({ pools: [pool('rest', { pool: 'blue' })] })
  world.settle()
  expect(world.status).toMatchObject({ phase: 'Refused', message: expect.stringMatching(/^spec\.pools has a pool named rest, /) })
})
