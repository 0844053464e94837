import { describe, expect, it } from 'vitest'
import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { decideLeftovers } from '../decide-leftovers.ts'
import { foreseeUpgrade } from '../foresee/foresee-upgrade.ts'
import { aPod, RunWorld, server, several, worker } from '../run-world.test-support.ts'
import { softTaintKey, softTaintRun } from './soft-taint.ts'
import { mostAtOnce } from './steer-pods.ts'

const keep = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule', timeAdded: '2026-11-01T00:00:00Z' }
const closed = { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }
const soft = (value: string) => ({ key: softTaintKey, value, effect: 'PreferNoSchedule' })

function cluster(workers: number, spec: Readonly<Record<string, unknown>> = {}, servers: Partial<NodeFacts> = closed): RunWorld {
  const world = new RunWorld([...several(1, (index) => server(index, servers)), ...several(workers, worker)])
  world.edit(spec)
  return world
}

function tainted({ facts }: RunWorld): readonly string[] {
  return facts.nodes.filter((node) => softTaintRun(node) !== undefined).map(({ name }) => name)
}

const drained = (name: string) => (world: RunWorld) => world.entry(name)?.step === 'Changing'

describe('while pools are upgraded', () => {
  it('nodes that are still to come bear a soft taint, and no other', () => {
    const world = cluster(4)
    world.until((one) => one.changeJobs().includes('server-0'))
    expect(tainted(world)).toEqual([])
    world.until(drained('worker-0'))
    expect(tainted(world)).toEqual(['worker-1', 'worker-2', 'worker-3'])
    expect(world.node('worker-1').taints).toEqual([soft('uid-up')])
    world.until(drained('worker-2'))
    expect(tainted(world)).toEqual(['worker-3'])
    world.untilPhase('Complete')
    expect(tainted(world)).toEqual([])
  })

  it('a node loses it in the request that cordons it', () => {
    const world = cluster(3)
    world.untilPhase('Complete')
    const ofNode = world.done.flatMap((action) => (action.kind === 'PatchNode' && action.node === 'worker-1' ? [action.patch] : []))
    expect(ofNode.filter(({ taints }) => taints !== undefined)).toMatchObject([
      { taints: [soft('uid-up')] },
      { taints: [], unschedulable: true, entry: { step: 'Draining' } },
    ])
  })

  it('taints of others stay, also in their order', () => {
    const world = cluster(0)
    for (const index of [0, 1]) world.addNode(worker(index, { taints: [keep] }))
    world.until(drained('worker-0'))
    expect(world.node('worker-1').taints).toEqual([keep, soft('uid-up')])
    world.untilPhase('Complete')
    expect(world.facts.nodes.flatMap(({ taints = [] }) => taints)).toEqual([...closed.taints, keep, keep])
  })

  it('control-plane nodes that take pods bear it until the end, so that they are not filled up', () => {
    const world = cluster(2, {}, {})
    world.until(drained('worker-1'))
    // with the last worker at work there is nobody left to be kept free
    expect(tainted(world)).toEqual([])
    const earlier = cluster(2, {}, {})
    earlier.until(drained('worker-0'))
    expect(tainted(earlier)).toEqual(['server-0', 'worker-1'])
  })

  it('the nodes of a large pool are tainted and freed a few at a time', () => {
    const world = cluster(90, { pools: [{ name: 'all', nodeSelector: {} }] })
    let most = 0
    world.onDecision = ({ actions }) => {
      most = Math.max(most, actions.flat().filter((action) => action.kind === 'PatchNode' && action.patch.entry === undefined).length)
    }
    world.until(() => tainted(world).length > 60)
    world.edit({ action: 'Cancel' })
    world.untilPhase('Cancelled')
    expect(most).toBe(mostAtOnce)
  })

  it('with preferDoneNodes: false no node is tainted, and one that is loses it', () => {
    const world = cluster(4)
    world.until(drained('worker-0'))
    world.edit({ drain: { preferDoneNodes: false } })
    world.settle()
    expect(tainted(world)).toEqual([])
    world.untilPhase('Complete')
    expect(tainted(world)).toEqual([])
  })

  it('a cordoned node is not tainted: it takes no pods', () => {
    const world = cluster(4)
    world.setNode('worker-3', { unschedulable: true })
    world.until(drained('worker-0'))
    expect(tainted(world)).not.toContain('worker-3')
  })
})

describe('the taint is taken away', () => {
  function atWork(spec: Readonly<Record<string, unknown>> = {}): RunWorld {
    const world = cluster(5, spec)
    world.until(drained('worker-0'))
    expect(tainted(world)).toHaveLength(4)
    return world
  }

  it('by a cancel, before its end is told', () => {
    const world = atWork()
    world.edit({ action: 'Cancel' })
    world.onDecision = ({ status }) => {
      if (status.phase === 'Cancelled') expect(tainted(world)).toEqual([])
    }
    world.untilPhase('Cancelled')
  })

  it('by a failure', () => {
    const world = cluster(5, { failure: { retries: 0 } })
    const { jobWay } = world
    world.jobWay = (job, entry) => (job.annotations['falkirk.dev/node'] === 'worker-0' ? { end: 'Failed' } : jobWay(job, entry))
    world.untilPhase('Stopped')
    world.settle()
    expect(tainted(world)).toEqual([])
  })

  it.each([
    { what: 'a version that is none', spec: { version: 'latest' } },
    { what: 'a pool without nodes', spec: { pools: [{ name: 'gpu', nodeSelector: { matchLabels: { gpu: 'yes' } } }] } },
  ])('by a refusal: $what', ({ spec }) => {
    const world = atWork()
    world.edit(spec)
    world.settle()
    expect(world.status.phase).toBe('Refused')
    expect(tainted(world)).toEqual([])
  })

  it('not by a pause, which may be a short one; but by the end of one that was too long', () => {
    const world = atWork({ failure: { pauseExpiry: '1h' } })
    world.edit({ action: 'Pause' })
    world.until(() => world.marked().length === 0)
    expect(tainted(world)).toHaveLength(4)
    world.nowMs += 3_600_000
    world.untilPhase('Cancelled')
    expect(tainted(world)).toEqual([])
  })

  it('after the run was deleted, and where one that has ended or cannot be read has left it', () => {
    const world = atWork()
    const leftTaints = (runs: readonly string[], going: readonly string[]) => {
      const facts = { runs: new Set(runs), going: new Set(going), nodes: world.facts.nodes, hasNode: () => true, jobs: world.facts.jobs }
      return decideLeftovers(facts, world.nowMs)
        .flat()
        .filter((action) => action.kind === 'PatchNode' && action.patch.taints?.length === 0)
    }
    expect(leftTaints(['uid-up'], ['uid-up'])).toEqual([])
    expect(leftTaints(['uid-up'], [])).toHaveLength(4)
    expect(leftTaints([], [])).toHaveLength(4)
  })

  it('and one that somebody has set without a value is nobody’s to take', () => {
    const own = { key: softTaintKey, effect: 'PreferNoSchedule' }
    const world = new RunWorld([server(0), worker(0, { taints: [own] })])
    world.untilPhase('Complete')
    expect(world.node('worker-0').taints).toEqual([own])
  })
})

it('foresees the same nodes, whether they bear the taint or not', () => {
  const fresh = cluster(4)
  const steered = cluster(4)
  for (const index of [1, 2]) steered.setNode(`worker-${index}`, { taints: [soft('uid-up')] })
  const names = (world: RunWorld) => foreseeUpgrade(world.facts, world.nowMs).nodes.map(({ node }) => node)
  expect(names(fresh)).toEqual(['server-0', 'worker-0', 'worker-1', 'worker-2', 'worker-3'])
  expect(names(steered)).toEqual(names(fresh))
})

describe('moves of pods', () => {
  /** Pods of each node; those of the first worker are made anew on the last when it is drained. */
  function moving(createdAtMs: (world: RunWorld) => number): RunWorld {
    const world = cluster(3)
    const pods = (node: string) => {
      const own = node.startsWith('worker') ? [aPod(`web-of-${node}`, node)] : []
      const isMoved = node === 'worker-2' && world.entry('worker-0') === undefined && world.changeJobs().includes('worker-0')
      return isMoved ? [...own, aPod('web-again', node, { createdAtMs: createdAtMs(world) })] : own
    }
    world.facts = { ...world.facts, podsByNode: { get: pods } }
    return world
  }

  it('are counted once, when their node is done', () => {
    const world = moving(() => 0)
    world.untilPhase('Complete')
    expect(world.status.moves).toEqual({ pods: 4, moves: 4, perPod: '1.00' })
  })

  it('count a pod that was made since the hop began as moved once more', () => {
    const world = moving(({ nowMs }) => nowMs)
    world.untilPhase('Complete')
    expect(world.status.moves).toEqual({ pods: 3, moves: 4, perPod: '1.33' })
  })

  it.each([-3_600_000, 3_600_000])('go by when pods came and not by a clock of the API server that is %i ms off', (offMs) => {
    const { uid: again } = aPod('web-again', 'worker-2')
    const world = moving(({ nowMs }) => nowMs + offMs)
    world.facts = { ...world.facts, cameAtMs: ({ uid, createdAtMs = 0 }) => (uid === again ? createdAtMs - offMs : createdAtMs) }
    world.untilPhase('Complete')
    expect(world.status.moves).toEqual({ pods: 3, moves: 4, perPod: '1.33' })
  })

  it('are told of nodes in flight', () => {
    const world = moving(() => 0)
    world.until(drained('worker-0'))
    expect(world.status.inFlight).toMatchObject([{ node: 'worker-0', pods: 1 }])
    expect(world.status.moves).toBeUndefined()
  })
})
