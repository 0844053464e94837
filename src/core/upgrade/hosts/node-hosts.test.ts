import { describe, expect, it } from 'vitest'
import type { HostOrder } from '../../recipe/host-order.ts'
import { decideLeftovers } from '../decide-leftovers.ts'
import { anUpgrade, aPod, RunWorld, server, several, worker } from '../run-world.test-support.ts'
import type { UpgradeAction } from '../upgrade-decision.ts'
import type { HostState } from './host-work.ts'

const before = 'v1.30.4'
const after = 'v1.31.5'
const node = { via: 'SSH' } as const

function cluster(servers: number, workers: number, spec: Readonly<Record<string, unknown>> = {}): RunWorld {
  const nodes = [
    ...several(servers, (index) => server(index, { kubeletVersion: before })),
    ...several(workers, (index) => worker(index, { kubeletVersion: before })),
  ]
  const upgrade = anUpgrade({ version: after, node, ...spec })
  return new RunWorld(nodes, { upgrade, apiServer: before, reachesHosts: true })
}

function orders({ done }: { readonly done: readonly UpgradeAction[] }, step: HostOrder['step'] = 'Change'): readonly HostOrder[] {
  return done.flatMap((action) => (action.kind === 'RunHost' && action.order.step === step ? [action.order] : []))
}

function failed(how: Extract<HostState, { kind: 'Failed' }>['how'], atMs: number): HostState {
  return { kind: 'Failed', message: 'kubelet does not start: exit 1', lines: ['one', 'two'], atMs, how }
}

describe('a run over SSH', () => {
  it('has one recipe staged and one carried out a node, servers first, and makes no Job', () => {
    const world = cluster(3, 2)
    world.untilPhase('Complete')
    const parts = ['FirstControlPlane', 'ControlPlane', 'ControlPlane', 'Worker', 'Worker']
    expect(orders(world).map(({ part }) => part)).toEqual(parts)
    expect(orders(world, 'Stage').map(({ part }) => part)).toEqual(parts)
    expect(orders(world).map((order) => order.node)).toEqual(['server-0', 'server-1', 'server-2', 'worker-0', 'worker-1'])
    expect(orders(world)[0]).toMatchObject({ run: 'uid-up', distribution: 'kubeadm', version: after, oldestKubelet: before })
    expect(world.done.filter(({ kind }) => kind === 'CreateJob')).toEqual([])
    expect(world.marked()).toEqual([])
  })

  it('changes a node when it has been drained, and not before', () => {
    const world = cluster(1, 1)
    world.onDecision = ({ actions }) => {
      for (const action of actions.flat())
        if (action.kind === 'RunHost' && action.order.step === 'Change') expect(world.node(action.node).unschedulable).toBe(true)
    }
    world.untilPhase('Complete')
  })

  it('asks again after its controller has been killed: a host that is done says so, whatever its kubelet reports', () => {
    const world = cluster(1, 1)
    const wentWell = world.hostWay
    // the kubelet comes back before the last steps
    world.hostWay = ({ step, version }) => (step === 'Change' ? { version } : { state: { kind: 'Complete' } })
    world.until(() => world.node('server-0').kubeletVersion === after)
    world.hostWay = wentWell
    world.facts = { ...world.facts, hostWork: new Map() }
    const { decision } = world.turn()
    expect(decision.actions.flat()).toMatchObject([{ kind: 'RunHost', node: 'server-0', attempt: 1, order: { part: 'FirstControlPlane' } }])
    world.untilPhase('Complete')
  })

  it('the order is the same, word for word, when somebody else goes on', () => {
    const world = cluster(3, 2)
    const seen = new Map<string, Set<string>>()
    world.onDecision = ({ actions }) => {
      for (const action of actions.flat()) {
        if (action.kind !== 'RunHost') continue
        const key = `${action.node} ${action.order.step}`
        seen.set(key, (seen.get(key) ?? new Set()).add(JSON.stringify(action.order)))
      }
    }
    const forgotten = new Set<string>()
    world.until(() => {
      // a new controller knows nothing of what is at work
      const kept = [...(world.facts.hostWork ?? [])].filter(
        ([name, { step, state }]) => state.kind !== 'AtWork' || forgotten.has(`${name} ${step}`),
      )
      for (const [name, { step }] of world.facts.hostWork ?? []) forgotten.add(`${name} ${step}`)
      world.facts = { ...world.facts, hostWork: new Map(kept) }
      return world.status.phase === 'Complete'
    })
    expect(seen.size).toBe(10)
    expect(orders(world)).toHaveLength(10)
    expect([...seen].filter(([, texts]) => texts.size > 1)).toEqual([])
  })

  it('is held by a controller without an inventory, which says what to start', () => {
    const world = cluster(1, 1)
    world.facts = { ...world.facts, reachesHosts: false }
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Pending', message: expect.stringContaining('falkirk run --inventory FILE') })
    expect(world.done).toEqual([])
  })

  it('stands still in the middle, too, when the next controller has no inventory', () => {
    const world = cluster(1, 1)
    world.until(() => world.entry('server-0')?.step === 'Changing')
    world.facts = { ...world.facts, reachesHosts: false, hostWork: new Map() }
    const done = world.done.length
    for (let hours = 0; hours < 3; hours++) {
      world.settle()
      world.nowMs += 3_600_000
    }
    expect(world.done.slice(done)).toEqual([])
    expect(world.status).toMatchObject({
      phase: 'Pending',
      inFlight: [{ node: 'server-0', message: expect.stringContaining('no inventory') }],
    })
    world.facts = { ...world.facts, reachesHosts: true }
    world.untilPhase('Complete')
  })

  it('of builds that are neither is refused in one sentence', () => {
    const version = 'v1.31.5-gke.100'
    const nodes = [server(0, { kubeletVersion: 'v1.30.4-gke.100' })]
    const world = new RunWorld(nodes, { upgrade: anUpgrade({ version, node }), reachesHosts: true })
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Refused', message: expect.stringContaining('no version of kubeadm, k3s or RKE2') })
  })

  it.each([
    { version: 'v1.31.5+k3s1', file: 'k3s-arm64', url: 'https://example.com/v1.31.5%2Bk3s1/k3s-arm64' },
    { version: 'v1.31.5+rke2r1', file: 'rke2.linux-arm64.tar.gz', url: 'https://example.com/v1.31.5%2Brke2r1/rke2.linux-arm64.tar.gz' },
  ])('asks for $file of $version, by the architecture of the node', ({ version, file, url }) => {
    const labels = { ...server(0).labels, 'kubernetes.io/arch': 'arm64' }
    const nodes = [server(0, { kubeletVersion: version.replace('v1.31.5', 'v1.30.4'), labels })]
    const checksums = (['amd64', 'arm64'] as const).map((architecture, index) => ({
      version,
      architecture,
      sha256: `${index}`.repeat(64),
    }))
    const binary = { url: 'https://example.com/{version}/{file}', checksums }
    const world = new RunWorld(nodes, { upgrade: anUpgrade({ version, node: { ...node, recipe: { binary } } }), reachesHosts: true })
    world.untilPhase('Complete')
    const orders = world.done.flatMap((action) => (action.kind === 'RunHost' ? [action.order] : []))
    expect(orders.map(({ step }) => step)).toEqual(['Stage', 'Change'])
    for (const order of orders) expect(order.binaries).toEqual({ [file]: { sha256: '1'.repeat(64), url } })
  })
})

describe('the way to the API', () => {
  const proven = ({ done }: { readonly done: readonly UpgradeAction[] }) =>
    done.flatMap((action) =>
      action.kind === 'RunHost' && action.order.apiPath !== undefined ? [`${action.node} ${action.order.apiPath}`] : [],
    )

  it('is proven before the first control plane of each hop, and of those no other', () => {
    const world = cluster(3, 1, { version: 'v1.32.2' })
    world.untilPhase('Complete', 14_400)
    expect(proven(world)).toEqual(['server-0 Prove', 'server-0 Prove'])
  })

  it('is proven where somebody has begun by hand, too', () => {
    const world = cluster(3, 1)
    world.setNode('server-0', { kubeletVersion: after })
    world.untilPhase('Complete')
    expect(proven(world)).toEqual(['server-1 Prove'])
    expect(orders(world).map(({ part }) => part)).toEqual(['ControlPlane', 'ControlPlane', 'Worker'])
  })

  it('that somebody accepts while it is waited for is asked for in other words', () => {
    const world = cluster(3, 1)
    const wentWell = world.hostWay
    world.hostWay = () => ({})
    world.until(() => world.facts.hostWork?.get('server-0')?.apiPath === 'Prove')
    world.edit({ acceptedRisks: [{ check: 'ApiPath', reason: 'weights' }] })
    world.settle()
    world.hostWay = wentWell
    world.untilPhase('Complete')
    expect(proven(world)).toEqual(['server-0 Prove', 'server-0 Accepted'])
    expect(orders(world, 'Stage')).toHaveLength(5)
  })
})

describe('kubeadm', () => {
  const ofServers = (world: RunWorld) => [...orders(world, 'Stage'), ...orders(world)].filter(({ part }) => part !== 'Worker')

  it('is told where no other node could run its test Job: on a drained node that is alone', () => {
    const [alone, amongOthers] = [cluster(1, 0), cluster(1, 1)]
    for (const world of [alone, amongOthers]) world.untilPhase('Complete')
    expect(ofServers(alone).map((order) => order.alone)).toEqual([true, true])
    expect(ofServers(amongOthers).map((order) => order.alone)).toEqual([undefined, undefined])
  })

  it('may write manifests anew that were changed by hand, where that is accepted by name', () => {
    const world = cluster(2, 1, { acceptedRisks: [{ check: 'ManualEdits', reason: 'they are in Git' }] })
    world.untilPhase('Complete')
    expect(ofServers(world).map(({ step, manifestEdits }) => `${step} ${manifestEdits}`)).toEqual([
      ...['Stage Drop', 'Stage Drop'],
      ...['Change undefined', 'Change undefined'],
    ])
  })
})

describe('a control plane that has the address of the API', () => {
  const inOrder = (world: RunWorld) => orders(world).map((order) => order.node)

  it('comes last of them, so that the address moves once', () => {
    const world = cluster(3, 1)
    world.holders = ['server-0']
    world.untilPhase('Complete')
    expect(inOrder(world)).toEqual(['server-1', 'server-2', 'server-0', 'worker-0'])
    expect(orders(world, 'Stage').map((order) => order.node)).toEqual(inOrder(world))
  })

  it('is looked for before each is picked, as the address may have moved', () => {
    const world = cluster(3, 0)
    world.holders = ['server-0']
    world.until(() => world.entry('server-1')?.step === 'Changing')
    world.holders = ['server-2']
    world.untilPhase('Complete')
    expect(inOrder(world)).toEqual(['server-1', 'server-0', 'server-2'])
  })

  it('comes before the node that the controller runs on', () => {
    const world = cluster(3, 0)
    world.facts = { ...world.facts, ownNode: 'server-1' }
    world.holders = ['server-0']
    world.untilPhase('Complete')
    expect(inOrder(world)).toEqual(['server-2', 'server-0', 'server-1'])
  })

  it('is not asked for where there is no order to choose', () => {
    const asked: (readonly string[] | undefined)[] = []
    for (const world of [cluster(1, 2), cluster(3, 2, { scope: 'Pools', nodes: ['worker-0'] })]) {
      world.onDecision = ({ asksHolders }) => void asked.push(asksHolders)
      world.settle()
    }
    expect(asked.filter((names) => names !== undefined)).toEqual([])
  })
})

describe('a recipe that fails', () => {
  it('is tried again after a while, twice; then the run stops with the last lines, and the node serves again', () => {
    const world = cluster(1, 1)
    const attempts: number[] = []
    world.hostWay = ({ step, attempt }) => {
      if (step === 'Change') attempts.push(attempt)
      return { state: step === 'Change' ? failed('Ended', world.nowMs) : { kind: 'Complete' } }
    }
    world.untilPhase('Stopped')
    expect(attempts).toEqual([1, 2, 3])
    expect(world.status.message).toMatch(/^server-0: kubelet does not start: exit 1; before that: one \| two; then falkirk continue/)
    expect(world.entry('server-0')).toMatchObject({ step: 'Failed', failure: { reason: 'HostFailed' } })
    world.settle()
    expect(world.node('server-0').unschedulable).toBe(false)
    world.hostWay = ({ step, version }) => ({ state: { kind: 'Complete' }, ...(step === 'Change' ? { version } : {}) })
    world.edit({ continueFrom: 1 })
    world.untilPhase('Complete')
    expect(orders(world).filter((order) => order.node === 'server-0')).toHaveLength(4)
  })

  it.each([
    { how: 'Refused' as const, attempts: 1, reason: 'StageFailed' },
    { how: 'Ended' as const, attempts: 3, reason: 'StageFailed' },
    { how: 'Lost' as const, attempts: 3, reason: 'StageFailed' },
  ])('while nothing is disturbed ($how) leaves the node as it was, after $attempts attempts', ({ how, attempts, reason }) => {
    const world = cluster(1, 0)
    world.hostWay = () => ({ state: failed(how, world.nowMs) })
    world.untilPhase('Stopped')
    expect(orders(world, 'Stage')).toHaveLength(attempts)
    expect(world.entry('server-0')?.failure?.reason).toBe(reason)
    expect(world.node('server-0').unschedulable).toBe(false)
  })

  it('of a host that is lost in mid-change keeps its pods away, through a restart as well, and goes on there when it is continued', () => {
    const world = cluster(1, 0)
    world.hostWay = ({ step }) => ({ state: step === 'Change' ? failed('Lost', world.nowMs) : { kind: 'Complete' } })
    world.untilPhase('Stopped')
    world.facts = { ...world.facts, hostWork: new Map() }
    world.settle()
    expect(world.entry('server-0')).toMatchObject({ step: 'Failed', failure: { reason: 'HostUnknown' } })
    expect(world.node('server-0').unschedulable).toBe(true)
    world.hostWay = ({ version }) => ({ state: { kind: 'Complete' }, version })
    world.edit({ continueFrom: 1 })
    world.turn()
    expect(world.entry('server-0')).toMatchObject({ step: 'Changing', attempt: 2 })
    world.untilPhase('Complete')
    expect(orders(world, 'Stage')).toHaveLength(1)
  })

  it('never ends: the run stops after an hour, and takes nothing back', () => {
    const world = cluster(1, 0)
    world.hostWay = ({ step }) => (step === 'Change' ? {} : { state: { kind: 'Complete' } })
    world.untilPhase('Stopped')
    expect(world.status.message).toMatch(/^server-0: .* has not ended in 60 minutes: look at the host, then continue/)
    expect(world.node('server-0').unschedulable).toBe(true)
  })
})

describe('a run over SSH that is given up', () => {
  it('leaves a host in which nothing was disturbed, and begins no further step there', () => {
    const world = cluster(1, 0)
    world.hostWay = () => ({})
    world.until(() => world.facts.hostWork?.get('server-0') !== undefined)
    world.edit({ action: 'Cancel' })
    world.untilPhase('Cancelled')
    expect(world.done.filter(({ kind }) => kind === 'LeaveHost')).toEqual([{ kind: 'LeaveHost', node: 'server-0' }])
  })

  it('and deleted: a node that is being changed keeps its cordon until its kubelet says that it is there', () => {
    const world = cluster(1, 0)
    world.until(() => world.entry('server-0')?.step === 'Changing')
    const left = () => {
      const { nodes, jobs } = world.facts
      return decideLeftovers({ runs: new Set(), going: new Set(), nodes, hasNode: () => true, jobs }, world.nowMs).flat()
    }
    expect(left()).toEqual([])
    world.setNode('server-0', { kubeletVersion: after })
    expect(left()).toMatchObject([{ kind: 'PatchNode', patch: { entry: null, unschedulable: false } }])
  })
})

describe('the next member of the control plane', () => {
  it.each(['kube-apiserver', 'etcd'])('waits while the %s of another one is not Ready', (component) => {
    const world = cluster(2, 0)
    const labels = { component, tier: 'control-plane' }
    const pod = aPod(`${component}-server-1`, 'server-1', { namespace: 'kube-system', mirror: true, ready: false, labels })
    world.facts = { ...world.facts, podsByNode: { get: (name) => (name === 'server-1' ? [pod] : []) } }
    world.settle()
    expect(world.done).toEqual([])
    expect(world.status.message).toBe(
      `waits before server-0: pod kube-system/${component}-server-1 of control-plane node server-1 is not Ready; bring it back`,
    )
  })
})
