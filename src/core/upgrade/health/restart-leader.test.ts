import { describe, expect, it } from 'vitest'
import type { HostState } from '../hosts/host-work.ts'
import { anUpgrade, RunWorld, server, several, worker } from '../run-world.test-support.ts'
import type { UpgradeEvent } from '../upgrade-decision.ts'
import type { CanaryFacts } from './canary.ts'

const [before, after] = ['v1.30.4', 'v1.31.5']
const blind: Partial<CanaryFacts> = { unanswered: ['Service'], leader: 'server-1_8a7b' }

/** A kubeadm cluster whose controllers see nothing after `server-0` until their leader was started anew, and ever after where that ends otherwise. */
function aWorld(
  spec: Readonly<Record<string, unknown>>,
  restarted: HostState = { kind: 'Complete' },
): RunWorld & { readonly events: UpgradeEvent[] } {
  const nodes = [...several(3, (index) => server(index, { kubeletVersion: before })), worker(0, { kubeletVersion: before })]
  const world = new RunWorld(nodes, { upgrade: anUpgrade({ version: after, ...spec }), apiServer: before, reachesHosts: true })
  const events: UpgradeEvent[] = []
  world.onDecision = (decision) => events.push(...decision.events)
  const wentWell = world.hostWay
  let isBlind = true
  world.hostWay = (work) => {
    if (work.step !== 'RestartControllers') return wentWell(work)
    isBlind = restarted.kind !== 'Complete'
    return { state: restarted }
  }
  world.canaryWay = () => (isBlind && world.entry('server-0') !== undefined ? blind : {})
  return Object.assign(world, { events })
}

const restarts = (world: RunWorld) =>
  world.done.flatMap((action) => (action.kind === 'RunHost' && action.order.step === 'RestartControllers' ? [action] : []))

const overSsh = { node: { via: 'SSH' } }

describe('controllers that see nothing after a change', () => {
  it('over SSH have their leader started anew, once, and an event says why', () => {
    const world = aWorld(overSsh)
    world.untilPhase('Complete')
    expect(restarts(world)).toMatchObject([{ node: 'server-1', order: { distribution: 'kubeadm', version: after } }])
    expect(world.events).toEqual([
      {
        type: 'Warning',
        reason: 'ControllersBlind',
        message:
          'kube-controller-manager of server-1 is started anew, because after the upgrade of server-0 it sees nothing of what is made: a Service has no Endpoints',
      },
    ])
  })

  it('are not given up on at once: not before a minute', () => {
    const world = aWorld(overSsh)
    world.until(() => restarts(world).length > 0)
    const { canary } = world.facts
    expect(world.nowMs - (canary?.sentAtMs ?? 0)).toBeGreaterThanOrEqual(60_000)
    expect(world.status.message).toContain('; kube-controller-manager of server-1 is started anew')
  })

  it('that were started anew by a controller which was killed are asked for again, and never another time', () => {
    const world = aWorld(overSsh)
    world.until(() => restarts(world).length > 0)
    const { hostWork: _, ...facts } = world.facts
    world.facts = facts
    world.untilPhase('Complete')
    // the host finds the same order done
    expect(restarts(world).length).toBeGreaterThan(1)
    expect(new Set(restarts(world).map(({ order }) => JSON.stringify(order))).size).toBe(1)
  })

  it('which see nothing afterwards either stop the run, and the message says what was tried', () => {
    const world = aWorld(overSsh, { kind: 'Failed', message: 'kube-controller-manager does not end', lines: [], atMs: 0, how: 'Ended' })
    world.until(({ status }) => status.message?.includes('could not be started anew (kube-controller-manager does not end)') === true)
    expect(world.untilPhase('Stopped').message).toMatch(
      /^server-0 is upgraded to v1\.31\.5, and for 10 minutes the controllers have seen nothing of what was made since, though kube-controller-manager of server-1 was started anew: a Service has no Endpoints; /,
    )
    expect(restarts(world)).toHaveLength(1)
  })

  it.each([
    { what: 'by Jobs', spec: { node: { upgrade: { image: 'some/image' } } }, way: blind },
    { what: 'whose leader is no node of the cluster', spec: overSsh, way: { ...blind, leader: 'elsewhere_1' } },
    { what: 'of which nobody knows who leads', spec: overSsh, way: { unanswered: ['Service' as const] } },
  ])('$what are waited for, with what a person can do', ({ spec, way }) => {
    const world = aWorld(spec)
    world.canaryWay = () => way
    expect(world.untilPhase('Stopped').message).toContain('else start kube-controller-manager anew on')
    expect(restarts(world)).toEqual([])
  })
})
