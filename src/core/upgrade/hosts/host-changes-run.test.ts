import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asksForProof } from '../../api-path/judge-api-path.ts'
import type { HostOrder } from '../../recipe/host-order.ts'
import { anUpgrade, type HostWay, RunWorld, server, several, worker } from '../run-world.test-support.ts'
import type { UpgradeAction } from '../upgrade-decision.ts'

const version = 'v1.30.4'
const after = 'v1.31.5'
const os = { packages: 'All', reboot: 'IfRequired' } as const
const boot = 'after-the-boot'

interface Wish {
  readonly spec?: Readonly<Record<string, unknown>>
  readonly node?: Readonly<Record<string, unknown>>
  readonly runtimeVersion?: string
}

/** Three servers and two workers of v1.30.4 with docker, whose hosts do as they are told and reboot. */
function cluster({ spec = {}, node = { os }, runtimeVersion = 'docker://20.10.24' }: Wish = {}): RunWorld {
  const nodes = [
    ...several(3, (index) => server(index, { kubeletVersion: version, runtimeVersion })),
    ...several(2, (index) => worker(index, { kubeletVersion: version, runtimeVersion })),
  ]
  const upgrade = anUpgrade({ version, scope: 'Hosts', node: { via: 'SSH', ...node }, ...spec })
  const world = new RunWorld(nodes, { upgrade, apiServer: version, reachesHosts: true })
  world.hostWay = asAsked(world)
  return world
}

function asAsked(world: RunWorld): HostWay {
  return ({ step, version: to }) => {
    if (step === 'Stage') return { state: { kind: 'Complete' } }
    // what is asked of one host at a time is found by its entry
    for (const { name } of world.facts.nodes) {
      const entry = world.entry(name)
      if (entry?.step !== 'Changing') continue
      const runtime = entry.runtime === undefined ? {} : { runtimeVersion: `containerd://${entry.runtime.version ?? '1.7.24'}` }
      world.setNode(name, { ...runtime, bootId: boot })
    }
    return { state: { kind: 'Complete', bootId: boot }, version: to }
  }
}

function changes({ done }: { readonly done: readonly UpgradeAction[] }): readonly HostOrder[] {
  return done.flatMap((action) => (action.kind === 'RunHost' && action.order.step === 'Change' ? [action.order] : []))
}

const all = ['server-0', 'server-1', 'server-2', 'worker-0', 'worker-1']

describe('a run that changes no version', () => {
  it('upgrades packages once a node, control plane first, and leaves Kubernetes as it is', () => {
    const world = cluster()
    world.untilPhase('Complete')
    expect(changes(world).map((order) => order.node)).toEqual(all)
    expect(changes(world)).toEqual(all.map(() => expect.objectContaining({ os, kubernetes: 'Stays', version })))
    expect(world.status).toMatchObject({
      message: 'every node is done: packages, a reboot if it is required',
      progress: { controlPlane: '3/3', nodes: '2/2' },
    })
    expect(world.marked()).toEqual([])
  })

  it.each([{ node: { os } }, { node: { runtime: { name: 'containerd' } } }])(
    'is proven the way to the API before its first control plane alone: %j',
    (wish) => {
      const world = cluster(wish)
      world.onDecision = ({ actions }) => {
        for (const action of actions.flat()) {
          if (action.kind !== 'RunHost' || !asksForProof(action.order)) continue
          expect(world.entry(action.node)?.step).toBe('Staging')
        }
      }
      world.untilPhase('Complete')
      expect(changes(world).map(({ part }) => part)).toEqual(['FirstControlPlane', 'ControlPlane', 'ControlPlane', 'Worker', 'Worker'])
      const proven = world.done.flatMap((action) => (action.kind === 'RunHost' && asksForProof(action.order) ? [action.node] : []))
      expect(proven).toEqual(['server-0'])
    },
  )

  it('is proven the way to the API before the first control plane that it touches, whoever has the runtime already', () => {
    const world = cluster({ node: { runtime: { name: 'containerd' } } })
    world.setNode('server-0', { runtimeVersion: 'containerd://1.7.24' })
    world.untilPhase('Complete')
    const proven = world.done.flatMap((action) => (action.kind === 'RunHost' && asksForProof(action.order) ? [action.node] : []))
    expect(proven).toEqual(['server-1'])
    expect(changes(world).map((order) => order.node)).toEqual(all.slice(1))
  })

  it('counts what it has done, not what runs', () => {
    const world = cluster()
    world.until(() => changes(world).length === 2)
    expect(world.status.progress).toEqual({ controlPlane: '1/3', nodes: '0/2' })
  })

  it('changes the runtime where the kubelet reports another one, and says what was there', () => {
    const world = cluster({ node: { runtime: { name: 'containerd' } } })
    world.setNode('worker-1', { runtimeVersion: 'containerd://1.6.20' })
    world.untilPhase('Complete')
    expect(changes(world).map((order) => order.node)).toEqual(all.slice(0, 4))
    expect(changes(world)[0]?.runtime).toEqual({ name: 'containerd', from: 'docker' })
  })

  it('touches named nodes alone, of the control plane too', () => {
    const world = cluster({ spec: { nodes: ['server-1', 'worker-0'] } })
    world.untilPhase('Complete')
    expect(changes(world).map((order) => order.node)).toEqual(['server-1', 'worker-0'])
  })

  it('leaves nodes of several versions at theirs', () => {
    const world = cluster()
    world.setNode('worker-0', { kubeletVersion: 'v1.29.1' })
    world.untilPhase('Complete')
    expect(changes(world).find((order) => order.node === 'worker-0')).toMatchObject({ version: 'v1.29.1', kubernetes: 'Stays' })
  })

  it('is at its end at once where every node has the runtime', () => {
    const world = cluster({ node: { runtime: { name: 'containerd', version: '1.7.24' } }, runtimeVersion: 'containerd://1.7.24~ds1' })
    world.settle()
    expect(world.status.phase).toBe('Complete')
    expect(world.done).toEqual([])
  })

  it('is refused where the version is none that runs: nobody may take it for an upgrade', () => {
    const world = cluster({ spec: { version: after } })
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Refused', message: expect.stringContaining(`write spec.version ${version}`) })
  })

  it('believes a node that rebooted when its kubelet has reported since', () => {
    const world = cluster()
    world.hostWay = ({ step, version: to }) => ({
      state: step === 'Stage' ? { kind: 'Complete' } : { kind: 'Complete', bootId: boot },
      version: to,
    })
    world.until(() => world.entry('server-0')?.step === 'Verifying')
    world.settle()
    expect(world.status.inFlight).toMatchObject([{ node: 'server-0', step: 'Verifying' }])
    expect(world.node('server-0').unschedulable).toBe(true)
    world.hostWay = asAsked(world)
    world.setNode('server-0', { bootId: boot })
    world.untilPhase('Complete')
  })

  it('waits for a host that is away for half an hour, and goes on', () => {
    const world = cluster()
    world.hostWay = ({ step }) => (step === 'Stage' ? { state: { kind: 'Complete' } } : {})
    world.until(() => world.entry('server-0')?.step === 'Changing')
    world.turn()
    world.setNode('server-0', { ready: false })
    world.nowMs += 1_800_000
    world.turn()
    expect(world.status.phase).toBe('ControlPlane')
    world.setNode('server-0', { ready: true })
    world.hostWay = asAsked(world)
    world.untilPhase('Complete')
  })
})

describe('a run to another version that changes hosts too', () => {
  it('does both in one drain a node, in the first hop that moves it', () => {
    const world = cluster({ spec: { scope: 'Cluster', version: 'v1.32.1' }, node: { os, runtime: { name: 'containerd' } } })
    world.untilPhase('Complete')
    const first = all.map((name) => changes(world).find((order) => order.node === name))
    expect(first).toEqual(all.map(() => expect.objectContaining({ os, runtime: expect.anything() })))
    expect(first.every((order) => order?.kubernetes === undefined)).toBe(true)
    expect(changes(world).filter((order) => order.os !== undefined || order.runtime !== undefined)).toHaveLength(5)
  })

  it('comes to nodes that have the version already at the end', () => {
    const world = cluster({ spec: { scope: 'Cluster', version: after } })
    world.setNode('worker-1', { kubeletVersion: after })
    world.untilPhase('Complete')
    expect(changes(world).at(-1)).toMatchObject({ node: 'worker-1', kubernetes: 'Stays', os })
    expect(changes(world)).toHaveLength(5)
  })
})

describe('what a run has changed on a host', () => {
  it('is done once, whenever controllers are killed, hosts fail, or the run is continued', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 6 }), fc.boolean(), (kills, fails) => {
        const world = cluster({ spec: { failure: { retries: 1 } }, node: { os, runtime: { name: 'containerd' } } })
        const wentWell = world.hostWay
        const ended: string[] = []
        const tried = new Set<string>()
        world.hostWay = (work) => {
          const key = `${work.step} ${world.facts.nodes.find(({ name }) => world.facts.hostWork?.get(name) === work)?.name}`
          if (fails && !tried.has(key)) {
            tried.add(key)
            return { state: { kind: 'Failed', message: 'no', lines: [], atMs: world.nowMs, how: 'Ended' } }
          }
          if (work.step === 'Change') ended.push(key)
          return wentWell(work)
        }
        let turn = 0
        world.until(() => {
          turn += 1
          if (kills.includes(turn)) world.facts = { ...world.facts, hostWork: new Map() }
          return world.status.phase === 'Complete'
        }, 36_000)
        // a controller that comes after a kill may ask once more, in the same words, and hosts know what was done
        expect(new Set(ended).size).toBe(5)
        expect(ended.length).toBeLessThanOrEqual(5 + kills.length)
        const done = world.done.length
        world.settle()
        expect(world.done.length).toBe(done)
      }),
      { numRuns: 12 },
    )
  })
})
