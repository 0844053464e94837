import { afterEach, describe, expect, it } from 'vitest'
import { HostFault } from '../../src/node/ssh/host-fault.ts'
import { cut, TwinHosts } from './twin-hosts.ts'
import { UpgradeCluster, type UpgradeClusterOptions } from './upgrade-cluster.ts'
import type { ControllerStart } from './virtual-cluster.ts'

const running: UpgradeCluster[] = []

afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

interface Stage {
  readonly run: UpgradeCluster
  readonly hosts: TwinHosts
}

async function stage(options: Partial<UpgradeClusterOptions> = {}): Promise<Stage> {
  const run = await UpgradeCluster.start({ version: 'v1.30.4', servers: 1, workers: 1, distribution: 'kubeadm', ...options })
  running.push(run)
  return { run, hosts: new TwinHosts(run.cluster) }
}

async function started(options: Partial<UpgradeClusterOptions> = {}, start: ControllerStart = {}): Promise<Stage> {
  const made = await stage(options)
  made.run.cluster.startController({ hosts: made.hosts, ...start })
  return made
}

const node = { via: 'SSH' } as const
const spec = { version: 'v1.31.5', node }
const staged = ['switch-repository', 'find-packages', 'download-packages', 'pull-images']
const onServer = [
  ...staged,
  'find-manual-edits',
  'back-up',
  'install-kubeadm',
  'check-plan',
  'move-etcd-leader',
  'hand-over-api',
  'reconnect-kubelet',
  'upgrade-node',
  'install-kubelet',
  'restart-kubelet',
  'verify-control-plane',
  'take-over-api',
]
const onWorker = [...staged, 'back-up', 'install-kubeadm', 'upgrade-node', 'install-kubelet', 'restart-kubelet']

function versions({ run }: Stage): readonly string[] {
  return run.cluster.store.list('nodes').map(({ status }) => (status as { nodeInfo: { kubeletVersion: string } }).nodeInfo.kubeletVersion)
}

/** Nothing is left over, nothing went wrong, and each step began once, on the server first. */
function expectOnce({ run, hosts }: Stage): void {
  const expected = [...onServer.map((step) => `server-0 ${step}`), ...onWorker.map((step) => `worker-0 ${step}`)]
  expect(hosts.acted).toEqual(expected)
  expect(run.witness.leftOvers()).toEqual([])
  expect(run.problems()).toEqual([])
}

describe('a kubeadm cluster whose hosts are reached over SSH', () => {
  it('is brought over two minors, servers one at a time, workers in batches, and makes no Job', async () => {
    const made = await started({ servers: 2, workers: 3 })
    const { run, hosts } = made
    await run.create('to-1-32', { ...spec, version: 'v1.32.11', workers: 'EveryHop' })
    const end = await run.until('to-1-32', ({ phase }) => phase === 'Complete')
    expect(end).toMatchObject({ progress: { controlPlane: '2/2', nodes: '3/3' }, failed: [] })
    expect(new Set(versions(made))).toEqual(new Set(['v1.32.11']))
    expect(hosts.acted.filter((act) => act.endsWith('restart-kubelet'))).toHaveLength(10)
    expect(hosts.mostAtOnce).toBeGreaterThan(1)
    expect(run.cluster.store.list('jobs.batch')).toEqual([])
    expect(run.told.join('\n')).toMatch(/ControlPlane: server-0: upgrade-node: replaces the control plane of this node by v1.31.14/)
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('is left alone by a controller without an inventory, which says what to start; another one goes on', async () => {
    const made = await stage()
    const { run, hosts } = made
    const first = run.cluster.startController()
    await run.create('up', spec)
    const { message } = await run.until('up', ({ phase }) => phase === 'Pending')
    expect(message).toContain('run falkirk run --inventory FILE where the hosts can be reached')
    const end = first.stop()
    await run.cluster.clock.advance(1_000)
    await end
    run.cluster.startController({ hosts })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expectOnce(made)
  })

  it('is not touched where a host is another machine than its node', async () => {
    const { run, hosts } = await started()
    hosts.machineIds.set('server-0', 'somebody')
    await run.create('up', spec)
    const { message } = await run.until('up', ({ phase }) => phase === 'Stopped')
    expect(message).toMatch(/^server-0: this is not server-0: its machine ID is somebody, the node's is server-0/)
    expect(hosts.acted).toEqual([])
  })
})

describe('a connection', () => {
  it.each(['Before', 'After'] as const)(
    'that is cut at each step, %s the host has heard of it, is made anew, and nothing is done twice',
    async (at) => {
      const made = await started()
      const seen = new Set<string>()
      made.hosts.onCall = ({ node: name, word, step }, when) => {
        const key = `${name} ${word} ${step}`
        if (when !== at || seen.has(key)) return
        seen.add(key)
        throw cut(name)
      }
      await made.run.create('up', spec)
      await made.run.until('up', ({ phase }) => phase === 'Complete')
      expect(seen.size).toBeGreaterThan(14)
      expectOnce(made)
    },
  )

  it('that does not come back stops the run with its sentence, and the node is kept away from pods until it is continued', async () => {
    const made = await started()
    const { run, hosts } = made
    let isAway = false
    hosts.onCall = ({ node: name, step }, when) => {
      if (step === 'restart-kubelet' && when === 'After' && name === 'worker-0') isAway = true
      if (isAway) throw cut(name)
    }
    await run.create('up', spec)
    const { message } = await run.until('up', ({ phase }) => phase === 'Stopped')
    expect(message).toMatch(/^worker-0: the connection to node worker-0 was cut while something ran there; then falkirk continue/)
    const worker = () => run.cluster.store.get('nodes', undefined, 'worker-0')?.spec as { unschedulable?: boolean }
    expect(worker().unschedulable).toBe(true)
    isAway = false
    hosts.onCall = () => {}
    await run.edit('up', { continueFrom: 1 })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expectOnce(made)
  })

  it('that is refused for good is not tried again, and nothing was disturbed', async () => {
    const { run, hosts } = await started()
    hosts.onCall = ({ node: name }) => {
      throw new HostFault('HostKeyChanged', `node ${name} shows another host key: do not connect`)
    }
    await run.create('up', spec)
    const { message } = await run.until('up', ({ phase }) => phase === 'Stopped', 60)
    expect(message).toMatch(/^server-0: node server-0 shows another host key: do not connect/)
    expect(hosts.calls).toHaveLength(1)
  })
})

it('a step that fails is tried again; then the run stops with what the host printed', async () => {
  const { run, hosts } = await started()
  const output = 'Setting up kubelet\nno space left on device'
  hosts.faultOf = (_node, { step }) => (step === 'install-kubelet' ? { afterSeconds: 3, exitCode: 1, output } : undefined)
  await run.create('up', { ...spec, failure: { retries: 1 } })
  const { message } = await run.until('up', ({ phase }) => phase === 'Stopped')
  expect(message).toMatch(/^server-0: install-kubelet failed: no space left on device; .* is past the point of no return/)
  expect(hosts.acted.filter((act) => act === 'server-0 install-kubelet')).toHaveLength(2)
  expect(hosts.acted.filter((act) => act === 'server-0 upgrade-node')).toHaveLength(1)
  expect(run.cluster.twin.fleet.controlPlane.lowestVersion()).toBe('v1.31.5')
  hosts.faultOf = () => undefined
  await run.edit('up', { continueFrom: 1 })
  await run.until('up', ({ phase }) => phase === 'Complete')
  expect(run.witness.leftOvers()).toEqual([])
  expect(run.problems()).toEqual([])
})

describe('a controller that is killed', () => {
  it('while each step is at work on its host is followed by one that finds it there', async () => {
    const made = await stage()
    const { run, hosts } = made
    const { cluster } = run
    const seen = new Set<string>()
    let controller = cluster.startController({ hosts })
    hosts.onStep = ({ kind, node: name, call: { step } }) => {
      const key = `${name} ${step}`
      if (kind !== 'Began' || seen.has(key)) return
      seen.add(key)
      controller.kill()
      // some while the step is still at work, some when it has ended
      cluster.clock.after(seen.size % 2 === 0 ? 3_000 : 20_000, () => {
        controller = cluster.startController({ hosts })
      })
    }
    await run.create('up', spec)
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(seen.size).toBe(onServer.length + onWorker.length)
    expectOnce(made)
  })
})
