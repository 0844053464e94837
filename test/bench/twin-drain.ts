import { setMaxListeners } from 'node:events'
import { VirtualClock } from '../../src/cluster/virtual-clock.ts'
import { clusterCidrOf } from '../../src/twin/load/cluster-cidr.ts'
import { generateCluster } from '../../src/twin/load/generator/generate-cluster.ts'
import { loadObjects } from '../../src/twin/load/load-objects.ts'
import { RollingUpgrade } from '../../src/twin/scenario/rolling-upgrade.ts'
import { seededRandom } from '../../src/twin/time/seeded-random.ts'
import { createTwin, type Twin } from '../../src/twin/twin.ts'

/** What it costs to drain and upgrade every node of a cluster in virtual time. */
export interface TwinDrain {
  readonly nodes: number
  readonly pods: number
  /** Nodes at once. */
  readonly concurrency: number
  /** Virtual, from the first cordon until the last node is back. */
  readonly virtualSeconds: number
  readonly wallSeconds: number
  /** User and system time of the process meanwhile. */
  readonly cpuSeconds: number
  /** Of the store meanwhile. */
  readonly writes: number
  readonly peakMib: number
}

export interface DrainSize {
  readonly nodes: number
  readonly pods: number
}

const sizes: readonly DrainSize[] = [
  { nodes: 100, pods: 3_000 },
  { nodes: 300, pods: 9_000 },
  { nodes: 1_000, pods: 30_000 },
]
const concurrency = 2
const startMs = Date.parse('2026-11-21T10:00:00Z')
const stepMs = 10_000
const settleMs = 120_000
/** Virtual; a drain that takes a node longer than this on average has come to a standstill. */
const limitMsPerNode = 1_800_000
const operator = { username: 'operator', groups: ['system:masters', 'system:authenticated'] }

/** Measures the sizes one after the other in this process; the smallest alone with `quick`. */
export async function measureTwinDrains({ quick }: { readonly quick: boolean }): Promise<readonly TwinDrain[]> {
  const measured: TwinDrain[] = []
  for (const size of quick ? sizes.slice(0, 1) : sizes) measured.push(await measureTwinDrain(size))
  return measured
}

/** Throws when the drain does not end or something goes wrong inside. */
async function measureTwinDrain({ nodes, pods }: DrainSize): Promise<TwinDrain> {
  const clock = new VirtualClock({ startMs })
  const defects: string[] = []
  const { objects, version } = generateCluster({ nodes, pods, nowMs: startMs })
  const twin = await createTwin({
    clock,
    random: seededRandom(1),
    version,
    clusterCidr: clusterCidrOf(objects),
    kubelets: { heartbeats: 'Elided' },
    onDefect: (where, error) => defects.push(`${where}: ${String(error)}`),
  })
  try {
    await loadObjects(twin, objects)
    await twin.start()
    await clock.advance(settleMs)
    const measured = await drained(twin, clock, nodes)
    if (defects.length > 0) throw new Error(`the twin has ${defects.length} defects: ${defects[0]}`)
    return { nodes, pods, concurrency, ...measured }
  } finally {
    twin.close()
  }
}

async function drained(twin: Twin, clock: VirtualClock, nodes: number) {
  const { store } = twin.api.registry
  const abort = new AbortController()
  // every pod that a drain waits for listens
  setMaxListeners(0, abort.signal)
  const upgrade = new RollingUpgrade(
    { concurrency, version: nextPatch(twin), drain: { force: true } },
    { twin, transport: twin.transport(operator), clock, signal: abort.signal, reached: () => {}, say: () => {} },
  )
  const [beginMs, beginVersion, beginWall, beginCpu] = [clock.now(), store.resourceVersion, performance.now(), process.cpuUsage()]
  let [over, peak] = [false, 0]
  const run = upgrade.start().finally(() => {
    over = true
  })
  while (!over) {
    await clock.advance(stepMs)
    peak = Math.max(peak, process.memoryUsage.rss())
    if (clock.now() - beginMs > limitMsPerNode * nodes) {
      const states = upgrade.nodes.filter(({ state }) => state !== 'Done').map(({ node, state, problem }) => `${node} ${state}: ${problem}`)
      throw new Error(`the drain does not end: ${states.join('; ')}`)
    }
  }
  await run
  const { user, system } = process.cpuUsage(beginCpu)
  return {
    virtualSeconds: (clock.now() - beginMs) / 1000,
    wallSeconds: (performance.now() - beginWall) / 1000,
    cpuSeconds: (user + system) / 1e6,
    writes: store.resourceVersion - beginVersion,
    peakMib: peak / 2 ** 20,
  }
}

/** The version after the one that the oldest server has. */
function nextPatch({ fleet }: Twin): string {
  const lowest = fleet.controlPlane.lowestVersion() ?? 'v1.32.1+k3s1'
  return lowest.replace(/^(v\d+\.\d+\.)(\d+)/, (_, minor: string, patch: string) => `${minor}${Number(patch) + 1}`)
}

/** A row for each size, the goals beneath. */
export function twinDrainTable(drains: readonly TwinDrain[]): string {
  const rows = drains.map(({ nodes, pods, virtualSeconds, wallSeconds, cpuSeconds, writes, peakMib }) =>
    [
      nodes.toLocaleString('en'),
      pods.toLocaleString('en'),
      Math.round(virtualSeconds).toLocaleString('en'),
      wallSeconds.toFixed(1),
      cpuSeconds.toFixed(1),
      `${Math.round(virtualSeconds / wallSeconds).toLocaleString('en')} ×`,
      ((cpuSeconds * 1000) / nodes).toFixed(0),
      Math.round(writes / nodes),
      Math.round(peakMib),
    ].join(' | '),
  )
  return [
    `| Nodes, ${concurrency} at once | Pods | Virtual s | Wall s | CPU s | Faster than real time | CPU ms a node | Writes a node | Peak MiB |`,
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map((row) => `| ${row} |`),
    '',
    'Goals: 1,000 nodes and 30,000 pods in less than 60 s on one core and 500 × faster than real time; growth close to linear.',
  ].join('\n')
}
