import { afterEach, describe, expect, it } from 'vitest'
import type { ClusterUpgradeStatus } from '../../src/core/upgrade/api/upgrade-status.ts'
import { FalkirkCommands, type UpgradeCommand } from './falkirk-commands.ts'
import { workloadObjects } from './story-objects.ts'
import { UpgradeCluster, type UpgradeClusterOptions } from './upgrade-cluster.ts'
import type { RunningController } from './virtual-cluster.ts'

const running: UpgradeCluster[] = []

afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

interface Stage {
  readonly run: UpgradeCluster
  readonly controller: RunningController
  readonly falkirk: FalkirkCommands
  /** Lets time pass until the command has ended; gives its exit code. */
  ended(command: UpgradeCommand): Promise<number>
  minorsOf(node: RegExp): readonly string[]
}

async function aCluster(options: UpgradeClusterOptions): Promise<Stage> {
  const run = await UpgradeCluster.start(options)
  running.push(run)
  const controller = run.cluster.startController()
  await run.cluster.clock.advance(5_000)
  const ended = async (command: UpgradeCommand) => {
    for (let seconds = 0; seconds < 20_000; seconds += 5) {
      const code = command.exitCode()
      if (code !== undefined) return code
      await run.cluster.clock.advance(5_000)
    }
    throw new Error(`does not end:\n${command.output()}`)
  }
  const minorsOf = (node: RegExp) => {
    const nodes = run.cluster.store.list('nodes').filter(({ metadata }) => node.test(metadata.name))
    const minors = nodes.map(
      ({ status }) => /1\.(\d+)/.exec((status as { nodeInfo: { kubeletVersion: string } }).nodeInfo.kubeletVersion)?.[0],
    )
    return [...new Set(minors.map(String))]
  }
  return { run, controller, falkirk: new FalkirkCommands(run.cluster), ended, minorsOf }
}

/** Batches as the status tells them, each once, in their order: `POOL NUMBER: NODES`. */
function batchesOf(run: UpgradeCluster) {
  const batches: string[] = []
  const note = ({ pools = [] }: ClusterUpgradeStatus) => {
    const told = pools.flatMap(({ name, batch }) => (batch === undefined ? [] : [`${name} ${batch.number}: ${batch.nodes.length}`]))
    batches.push(...told.filter((text) => text !== batches.at(-1)))
  }
  const watched = async (name: string, holds: (status: ClusterUpgradeStatus) => boolean) =>
    await run.until(name, (status) => {
      note(status)
      return holds(status)
    })
  return { batches, watched }
}

/** Nodes that do not serve as usual. */
function disturbed({ cluster }: UpgradeCluster): readonly string[] {
  const nodes = cluster.store.list('nodes').filter(({ metadata, spec }) => {
    const isCordoned = (spec as { unschedulable?: boolean }).unschedulable === true
    return isCordoned || metadata.annotations?.['falkirk.dev/run'] !== undefined
  })
  return nodes.map(({ metadata }) => metadata.name)
}

describe('a K3s cluster that is upgraded as a whole, by falkirk upgrade alone', () => {
  it('takes servers one after another, agents when all servers are there, no minor is skipped and none is gone back', async () => {
    const web = workloadObjects({ kind: 'Deployment', replicas: 3, minAvailable: 2, readySeconds: 5 }, 'web')
    const { run, falkirk, ended, minorsOf } = await aCluster({ version: 'v1.23.9+k3s1', servers: 3, workers: 3, objects: web })

    const upgrade = falkirk.upgrade({ to: 'v1.24.6+k3s1' })
    expect(await ended(upgrade)).toBe(0)
    expect(upgrade.output()).toMatch(/^ClusterUpgrade to-1-24-6-k3s1 created\n/)
    expect(upgrade.output()).toMatch(/Complete: the cluster runs v1\.24\.6\+k3s1\n?$/)
    expect(run.witness.changed.slice(0, 3)).toEqual(['server-0', 'server-1', 'server-2'])
    expect([...run.witness.changed.slice(3)].sort()).toEqual(['worker-0', 'worker-1', 'worker-2'])

    // what no Plan may be trusted with: minors in between are not skipped
    expect(await ended(falkirk.upgrade({ to: 'v1.26.15+k3s1' }))).toBe(0)
    expect(run.witness.versions.get('server-1')?.map((version) => /1\.\d+/.exec(version)?.[0])).toEqual(['1.24', '1.25', '1.26'])
    expect(minorsOf(/./)).toEqual(['1.26'])

    // going back is refused before a single node is cordoned
    const back = falkirk.upgrade({ to: 'v1.24.6+k3s1' })
    expect(await ended(back)).toBe(2)
    expect(back.output()).toMatch(/lower/)
    await run.cluster.clock.advance(300_000)
    expect(disturbed(run)).toEqual([])
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })
})

describe('a dedicated cluster of three masters and two node pools', () => {
  const options = {
    version: 'v1.28.15+k3s1',
    servers: 3,
    workers: 14,
    poolOf: (worker: number) => (worker < 2 ? 'ingress' : 'web'),
    objects: workloadObjects({ kind: 'Deployment', replicas: 2, minAvailable: 1, readySeconds: 5 }, 'shop'),
  } satisfies UpgradeClusterOptions

  it('is upgraded masters first, its pools at leisure, in growing batches, paused, continued and cancelled', async () => {
    const { run, falkirk, ended, minorsOf } = await aCluster(options)
    const { clock } = run.cluster
    const { batches, watched } = batchesOf(run)

    // "upgrade the control plane alone": masters one by one, each is named while it is its turn
    const masters = falkirk.upgrade({ to: 'v1.30.14+k3s1', scope: 'ControlPlane', name: 'masters' })
    expect(await ended(masters)).toBe(0)
    const named = ['server-0', 'server-1', 'server-2'].map((node) => masters.output().indexOf(`${node}: Changing`))
    expect(named.every((at) => at >= 0)).toBe(true)
    expect(named).toEqual(named.toSorted((a, b) => a - b))
    expect(minorsOf(/server/)).toEqual(['1.30'])
    // an API server is never more than two minors ahead of a kubelet here: the witness judges that
    expect(minorsOf(/worker/)).toEqual(['1.28'])

    // a node that is added from now on has the version of the control plane, and nothing to wait for
    await run.join('worker-20', 'v1.30.14+k3s1', 'web')

    // "upgrade the node pools in quiet hours": one pool at a time, 1, 2, 4 …, at most as many as were asked for
    const pools = falkirk.upgrade({ to: 'v1.30.14+k3s1', scope: 'Pools', pools: 'pool=ingress,pool=web', max: '4', name: 'pools' })
    await watched('pools', ({ pools: seen = [] }) => seen.some(({ name, batch }) => name === 'web' && batch?.number === 2))
    expect(batches).toEqual(['ingress 1: 1', 'ingress 2: 1', 'web 1: 1', 'web 2: 2'])
    expect(minorsOf(/worker-[01]$/)).toEqual(['1.30'])

    // "pause": the batch that was started finishes, and no other begins for hours
    expect(await falkirk.change('Pause')).toMatch(/^pools is paused/)
    expect(await ended(pools)).toBe(3)
    expect(disturbed(run)).toEqual([])
    const changed = run.witness.changed.length
    expect(changed).toBe(3 + 2 + 1 + 2)
    await clock.advance(6 * 3_600_000)
    expect(run.witness.changed).toHaveLength(changed)

    // "continue": after a pause the batches grow from one again
    batches.length = 0
    expect(await falkirk.change('Continue')).toMatch(/^pools goes on/)
    await watched('pools', ({ inFlight = [] }) => inFlight.filter(({ step }) => step === 'Changing').length === 4)
    expect(batches).toEqual(['web 1: 1', 'web 2: 2', 'web 3: 4'])

    // "cancel": what was started finishes, what was not is left as it is
    expect(await falkirk.change('Cancel')).toMatch(/^pools is cancelled/)
    await run.until('pools', ({ phase }) => phase === 'Cancelled')
    expect(run.witness.leftOvers()).toEqual([])
    const versions = run.cluster.store
      .list('nodes')
      .map(({ status }) => (status as { nodeInfo: { kubeletVersion: string } }).nodeInfo.kubeletVersion)
    expect(versions.filter((version) => version.startsWith('v1.28.'))).toHaveLength(12 - 1 - 2 - 1 - 2 - 4)

    // "both together": the rest, and the next minor, in one go; every version is checked at the end
    const all = falkirk.upgrade({ to: 'v1.31.14+k3s1', pools: 'pool=ingress,pool=web', max: '4', name: 'all' })
    expect(await ended(all)).toBe(0)
    expect(minorsOf(/./)).toEqual(['1.31'])
    const shop = run.cluster.store.get('deployments.apps', 'default', 'shop')
    expect(shop?.status).toMatchObject({ readyReplicas: 2 })
    expect(run.witness.changed).toContain('worker-20')
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('stops by itself at a fault, says what to do, and goes on from there; what is paused for a week is closed', async () => {
    const { run, controller, falkirk, ended } = await aCluster({ ...options, workers: 4 })
    const upgrade = falkirk.upgrade({ to: 'v1.29.15+k3s1', pools: 'pool=ingress,pool=web', name: 'up' })
    const { inFlight = [] } = await run.until('up', ({ inFlight: at = [] }) =>
      at.some(({ node, step }) => /worker/.test(node) && step === 'Changing'),
    )
    const node = inFlight.find(({ step }) => step === 'Changing')?.node ?? ''

    // PLEG is not healthy: the node does not come back
    run.cluster.twin.fleet.disconnect(node)
    expect(await ended(upgrade)).toBe(1)
    expect(upgrade.output()).toMatch(new RegExp(`${node} is not Ready.*bring it back; then falkirk continue`))
    const changed = run.witness.changed.length

    // "restart the node, then carry out the upgrade again"
    run.cluster.twin.fleet.reconnect(node)
    await run.cluster.clock.advance(120_000)
    expect(run.witness.changed).toHaveLength(changed)
    expect(await falkirk.change('Continue')).toMatch(/^up goes on from stop 1/)
    await run.until('up', ({ pools = [] }) => pools.some(({ name, batch }) => name === 'web' && batch !== undefined))

    // "a paused upgrade is closed after seven days, and what belongs to it is cleared away"
    await falkirk.change('Pause')
    await run.until('up', ({ phase }) => phase === 'Paused')
    // nobody is there all the time: whoever comes after a week knows how long it has been
    controller.kill()
    await run.cluster.clock.advance(7 * 24 * 3_600_000)
    run.cluster.startController()
    const { message } = await run.until('up', ({ phase }) => phase === 'Cancelled')
    expect(message).toMatch(/^given up after a pause/)
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })
})
