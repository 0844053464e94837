import { describe, expect, it } from 'vitest'
import { HostWitness } from './host-witness.ts'
import type { DeathAtCall, DeathAtWrite } from './killable-ports.ts'
import { type HostCall, TwinHosts } from './twin-hosts.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'
import type { ControllerStart } from './virtual-cluster.ts'

/** FALKIRK_TWIN_KILLS=all: every point at which a controller can die, also with three control-plane nodes; a part of them unless told. */
const isAll = process.env.FALKIRK_TWIN_KILLS === 'all'
const every = isAll ? 1 : 23

/** Where the first controller dies: at one of its writes, or at one of its calls to hosts, which may be while a step is at work there. */
type Death =
  | ({ readonly at: 'Write'; readonly number: number } & Pick<DeathAtWrite, 'when'>)
  | ({ readonly at: 'Call'; readonly number: number } & Pick<DeathAtCall, 'when'>)

interface Told {
  readonly writes: number
  readonly calls: readonly HostCall[]
  /** What nodes, machines and the ClusterUpgrade look like in the end, and each step that was begun. */
  readonly end: object
}

const from = 'v1.30.4'
const version = 'v1.31.5'

/** A whole hop whose first controller dies; another one takes over a little later. */
async function told(size: { readonly servers: number; readonly workers: number }, death?: Death): Promise<Told> {
  const run = await UpgradeCluster.start({ version: from, distribution: 'kubeadm', ...size })
  const { cluster } = run
  try {
    const hosts = watchedHosts(run)
    const onDeath = () => void cluster.clock.after(7_000, () => cluster.startController({ hosts }))
    const first = cluster.startController({ hosts, ...startOf(death, onDeath) })
    await run.create('up', { version, node: { via: 'SSH' } })
    const { phase, progress, failed, message } = await run.until('up', (status) => status.phase === 'Complete')
    const wrong = [...run.problems(), ...run.witness.leftOvers()]
    const acted = hosts.acted.toSorted()
    return {
      writes: first.writes.length,
      calls: hosts.calls,
      end: { wrong, phase, progress, failed, message, acted, machines: machinesOf(run) },
    }
  } finally {
    cluster.stop()
  }
}

function watchedHosts(run: UpgradeCluster): TwinHosts {
  const { cluster, witness } = run
  const hosts = new TwinHosts(cluster)
  const judge = new HostWitness(cluster.twin.fleet, () => cluster.clock.now(), {
    takenBack: witness.takenBack,
    seeChange: (node) => witness.seeChange(node),
    violated: (what) => witness.violated(what),
    lostMs: () => undefined,
  })
  hosts.onStep = (happening) => judge.onStep(happening)
  return hosts
}

function startOf(death: Death | undefined, onDeath: () => void): ControllerStart {
  if (death === undefined) return {}
  if (death.at === 'Write') return { death: { write: death.number, when: death.when, onDeath } }
  return { deathAtCall: { call: death.number, when: death.when, onDeath } }
}

function machinesOf({ cluster }: UpgradeCluster): readonly object[] {
  return cluster.store.list('nodes').map(({ metadata: { name }, spec }) => {
    const { packages, files, kubeletVersion, bootId } = cluster.twin.fleet.machineOf(name)
    const { unschedulable = false } = spec as { unschedulable?: boolean }
    const manifests = [...files].filter(([path]) => path.startsWith('/etc/kubernetes/manifests/')).toSorted()
    return { name, unschedulable, kubeletVersion, bootId, packages: [...packages].toSorted(), manifests }
  })
}

describe.each(
  isAll
    ? [
        { servers: 1, workers: 1 },
        { servers: 3, workers: 1 },
      ]
    : [{ servers: 1, workers: 1 }],
)('a hop of $servers control-plane nodes and a worker over SSH', (size) => {
  it('whose controller is killed before or after any write, and before, within or after any call to a host, comes to the same end, each step done once', async () => {
    const { writes, calls, end } = await told(size)
    expect(end).toMatchObject({ wrong: [], failed: [] })
    const deaths: Death[] = [
      ...Array.from({ length: writes }, (_, index) => ({ at: 'Write' as const, number: index + 1 })).flatMap((point) => [
        { ...point, when: 'Before' as const },
        { ...point, when: 'After' as const },
      ]),
      ...calls
        .map((_, index) => ({ at: 'Call' as const, number: index + 1 }))
        .flatMap((point) => [
          { ...point, when: 'Before' as const },
          { ...point, when: 'Within' as const },
          { ...point, when: 'After' as const },
        ]),
    ]
    expect(deaths.length).toBeGreaterThan(200)
    const chosen = deaths.filter((_, index) => index % every === 0)
    for (const death of chosen) expect({ death, end: (await told(size, death)).end }).toEqual({ death, end })
    if (isAll)
      process.stdout.write(
        `${JSON.stringify(size)}: killed at ${chosen.length} points (${writes} writes, ${calls.length} calls to hosts)\n`,
      )
  })
})
