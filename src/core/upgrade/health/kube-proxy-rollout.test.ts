import { describe, expect, it } from 'vitest'
import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { RunWorld, server, several, worker } from '../run-world.test-support.ts'
import type { CanaryOrder } from './canary.ts'
import { type Rollout, rolloutOf } from './kube-proxy-rollout.ts'

const daemonSet = (status: object) => ({ metadata: { name: 'kube-proxy', generation: 2 }, status })
const settled = { observedGeneration: 2, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 }

describe('a kube-proxy of three nodes', () => {
  it.each([
    ['is replaced on all of them', settled, 3],
    ['has a template that its controller has not seen', { ...settled, observedGeneration: 1 }, 0],
    ['has its new pod on one of them', { ...settled, updatedNumberScheduled: 1 }, 1],
    ['has all pods new, and one that does not run yet', { ...settled, numberAvailable: 2 }, 2],
    ['has no status yet', {}, 0],
  ])('%s', (_, status, done) => {
    expect(rolloutOf(daemonSet(status)).done).toBe(done)
  })
})

/** Two servers, a worker, and how far kube-proxy is replaced whenever it is asked for. */
function aWorld(kubeProxy: () => Rollout | undefined, nodes: readonly NodeFacts[] = [...several(2, server), worker(0)]) {
  const world = new RunWorld(nodes)
  const asked: string[] = []
  world.canaryWay = ({ readsKubeProxy }: CanaryOrder) => {
    const rollout = readsKubeProxy ? kubeProxy() : undefined
    if (readsKubeProxy) asked.push(world.marked().join())
    return rollout === undefined ? {} : { kubeProxy: rollout }
  }
  return Object.assign(world, { asked })
}

describe('pods are not moved while kube-proxy is replaced', () => {
  it('so the last control plane soaks until it is done, and no other one', () => {
    let done = 1
    const world = aWorld(() => ({ done, wanted: 3 }))
    world.until(({ status }) => status.message?.includes('kube-proxy') === true)
    world.until((one) => one.nowMs > Date.parse(one.entry('server-1')?.since ?? '') + 50_000)
    expect(world.status.message).toBe(
      'server-1 is back; waits: kube-proxy is replaced on 1 of 3 nodes, and one that is being replaced hears of no pod that moves',
    )
    expect(world.marked()).toEqual(['server-1'])
    expect(new Set(world.asked)).toEqual(new Set(['server-1']))
    done = 3
    world.untilPhase('Complete')
  })

  it('for five minutes at most, and a warning says that it goes on', () => {
    const world = aWorld(() => ({ done: 40, wanted: 1000 }))
    const told: string[] = []
    world.onDecision = ({ events }) => told.push(...events.map(({ reason, message }) => `${reason}: ${message}`))
    const since = () => Date.parse(world.entry('server-1')?.since ?? '')
    world.until(() => world.entry('server-1')?.step === 'Soaking')
    const soaksSince = since()
    world.until(() => world.entry('worker-0') !== undefined)
    expect(world.nowMs - soaksSince).toBe(300_000)
    expect(told).toEqual([
      'KubeProxyRollingOut: goes on although kube-proxy is replaced on 40 of 1000 nodes, and one that is being replaced hears of no pod that moves',
    ])
    world.untilPhase('Complete')
  })

  it('is no reason to wait for a node that is not Ready, or where nothing of it is known', () => {
    const away = { ...worker(1), ready: false }
    const world = aWorld(() => ({ done: 3, wanted: 4 }), [...several(2, server), worker(0), away])
    world.until(() => world.entry('worker-0') !== undefined)
    expect(world.asked.length).toBeLessThan(20)
    const unknown = aWorld(() => undefined)
    unknown.untilPhase('Complete')
    expect(unknown.asked.length).toBeLessThan(20)
  })

  it('is not asked for where no node follows', () => {
    const world = aWorld(() => ({ done: 0, wanted: 2 }), several(2, server))
    world.untilPhase('Complete')
    const controlPlane = aWorld(() => ({ done: 0, wanted: 3 }))
    controlPlane.edit({ scope: 'ControlPlane' })
    controlPlane.untilPhase('Complete')
    expect([...world.asked, ...controlPlane.asked]).toEqual([])
  })
})
