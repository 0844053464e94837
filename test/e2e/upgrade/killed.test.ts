import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { upgradeCrd } from '../../../src/core/upgrade/api/upgrade-crd.ts'
import { seededRandom } from '../../../src/twin/time/seeded-random.ts'
import type { FalkirkProcess } from '../../rig/falkirk-process.ts'
import type { ObservedNode } from '../../rig/observed-facts.ts'
import { numberedNodes } from '../../rig/simulated-kubelets/node-object.ts'
import { type BareStage, setBareStage } from '../plan/bare-stage.ts'

const seed = Number(process.env.FALKIRK_SEED ?? randomInt(2 ** 31))
const [before, after] = ['v1.20.2+k3s1', 'v1.20.3+k3s1']
const run = 'killed'
const servers = numberedNodes(3, 'server', { version: before, controlPlane: true })
const workers = numberedNodes(16, 'worker', { version: before })
const path = `/apis/falkirk.dev/v1alpha1/clusterupgrades/${run}`

interface SeenUpgrade {
  readonly status?: { readonly phase: string; readonly message: string; readonly progress: object; readonly failed: readonly unknown[] }
}

describe('a ClusterUpgrade', () => {
  let stage: BareStage
  let falkirk: FalkirkProcess

  beforeAll(async () => {
    process.stdout.write(`moments of the kills: FALKIRK_SEED=${seed}\n`)
    // no simulated kubelet replaces an API server: this one is there already
    stage = await setBareStage({ name: 'upgrade-killed', version: after, nodes: [...servers, ...workers] })
    await stage.plane.kubectl.apply(JSON.stringify(upgradeCrd()))
    await stage.plane.kubectl.established('clusterupgrades.falkirk.dev')
    // somebody works on this one
    await stage.plane.kubectl(['cordon', 'worker-003'])
    falkirk = await startController('first')
    await falkirk.ready()
  })

  afterAll(async () => {
    await stage?.down()
  })

  /** Another name each time, as if it ran elsewhere; the Lease of one that was killed has to end before. */
  function startController(processName: string): Promise<FalkirkProcess> {
    return stage.startController({ processName, leaderElect: true })
  }

  const upgrade = async () => (await stage.plane.api.get<SeenUpgrade>(path)).status

  /** Resolves after so many more transitions of nodes and Jobs, as seen from outside. */
  async function transitions(count: number): Promise<void> {
    const seen = () => stage.observer.nodes.history().length + stage.observer.jobs.history().length
    const wanted = seen() + count
    await stage.observer.until(`${count} more transitions`, () => seen() >= wanted)
  }

  it('ends as if nothing had been, however often its controller is killed and another takes over', async () => {
    const random = seededRandom(seed)
    stage.script.upgrade(run, () => ({ seconds: 0.3, restartSeconds: 0.2, notReady: true }))
    const spec = { version: after, soak: { for: '0s' } }
    await stage.plane.api.post('/apis/falkirk.dev/v1alpha1/clusterupgrades', {
      apiVersion: 'falkirk.dev/v1alpha1',
      kind: 'ClusterUpgrade',
      metadata: { name: run },
      spec,
    })
    for (let kill = 1; kill <= 20; kill++) {
      await transitions(1 + Math.floor(random() * 6))
      await sleep(random() * 100)
      expect((await upgrade())?.phase, `kill ${kill} comes after the end`).not.toBe('Complete')
      await falkirk.kill()
      falkirk = await startController(`after-kill-${kill}`)
    }
    // what it waits for is in the status that is looked at next
    await stage.plane.kubectl.attempt(['wait', `clusterupgrade/${run}`, '--for=condition=Complete', '--timeout=120s'])
    expect(await upgrade()).toMatchObject({
      phase: 'Complete',
      message: `the cluster runs ${after}`,
      progress: { controlPlane: '3/3', nodes: '16/16' },
      failed: [],
    })
  })

  it('has changed every node once', () => {
    const runs = stage.kubelets.runsPerNode()
    expect(Object.fromEntries(runs)).toEqual(Object.fromEntries([...servers, ...workers].map(({ name }) => [name, 1])))
  })

  it('has taken servers one at a time and first, and never more workers than a batch may have', () => {
    const { nodes } = stage.observer
    const began = nodes.became(({ unschedulable }) => unschedulable).map(({ key }) => key)
    const isServer = (name: string) => servers.some((server) => server.name === name)
    expect(
      began
        .filter((name) => name !== 'worker-003')
        .slice(0, 3)
        .every(isServer),
    ).toBe(true)
    const away = (holds: (node: ObservedNode) => boolean) =>
      nodes.peak((node) => (node.unschedulable || !node.ready) && node.name !== 'worker-003' && holds(node)).count
    expect(away(({ name }) => isServer(name))).toBe(1)
    expect(away(({ name }) => !isServer(name))).toBeLessThanOrEqual(10)
  })

  it("has left nothing of itself on a node, and somebody else's cordon where it was", async () => {
    const { items } = await stage.plane.api.get<{ items: { metadata: { name: string }; spec: { unschedulable?: boolean } }[] }>(
      '/api/v1/nodes',
    )
    expect(items.filter((node) => JSON.stringify([node.metadata, node.spec]).includes('falkirk.dev/'))).toEqual([])
    expect(items.filter(({ spec }) => spec.unschedulable).map(({ metadata }) => metadata.name)).toEqual(['worker-003'])
    const states = stage.observer.nodes.history('worker-003').map(({ facts }) => facts?.unschedulable)
    expect(states.slice(states.indexOf(true)), 'from when on somebody had cordoned it').not.toContain(false)
  })
})
