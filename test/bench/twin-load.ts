import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listAll } from '../../src/cluster/list-all.ts'
import { pods } from '../../src/cluster/resource.ts'
import { captureSnapshot } from '../../src/cluster/snapshot/capture-snapshot.ts'
import { readSnapshot } from '../../src/cluster/snapshot/read-snapshot.ts'
import { VirtualClock } from '../../src/cluster/virtual-clock.ts'
import type { DraftObject } from '../../src/twin/kube-object.ts'
import { generateCluster } from '../../src/twin/load/generator/generate-cluster.ts'
import { loadObjects } from '../../src/twin/load/load-objects.ts'
import { seededRandom } from '../../src/twin/time/seeded-random.ts'
import { createTwin, type Twin } from '../../src/twin/twin.ts'

/** What it costs to have a cluster of a size in the process; seconds and MiB. */
export interface TwinLoad {
  readonly nodes: number
  readonly pods: number
  readonly objects: number
  readonly generateSeconds: number
  readonly loadSeconds: number
  /** Of all pods, 500 at a time. */
  readonly listSeconds: number
  readonly captureSeconds: number
  readonly snapshotMib: number
  /** Of the snapshot, checked. */
  readonly readSeconds: number
  /** Memory of the process with the loaded cluster. */
  readonly residentMib: number
}

const sizes = [
  { nodes: 100, pods: 3_000 },
  { nodes: 1_000, pods: 30_000 },
  { nodes: 5_000, pods: 150_000 },
]
const startMs = Date.parse('2026-11-21T10:00:00Z')
const admin = { username: 'admin', groups: ['system:masters'] }

/** Measures the sizes one after the other in this process; the smallest alone with `quick`. */
export async function measureTwinLoads({ quick }: { readonly quick: boolean }): Promise<readonly TwinLoad[]> {
  const measured: TwinLoad[] = []
  for (const size of quick ? sizes.slice(0, 1) : sizes) measured.push(await measure(size))
  return measured
}

/** A row for each size, the goals in the heading. */
export function twinLoadTable(loads: readonly TwinLoad[]): string {
  const rows = loads.map(
    ({ nodes, pods: count, objects, generateSeconds, loadSeconds, listSeconds, captureSeconds, snapshotMib, readSeconds, residentMib }) =>
      [nodes, count, objects, ...[generateSeconds, loadSeconds, listSeconds, captureSeconds, readSeconds].map((s) => `${s.toFixed(1)} s`)]
        .concat([`${snapshotMib.toFixed(1)} MiB`, `${Math.round(residentMib)} MiB`])
        .join(' | '),
  )
  return [
    '| nodes | pods | objects | generate | load | list all pods | capture | read snapshot | snapshot | memory |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    '',
    'Goals: 1,000 nodes and 30,000 pods loaded in 5 s and 700 MiB; 5,000 and 150,000 load and answer a paged list.',
  ].join('\n')
}

async function measure({ nodes, pods: count }: (typeof sizes)[number]): Promise<TwinLoad> {
  const made = await timed(async () => generateCluster({ nodes, pods: count, nowMs: startMs }))
  const { objects, version } = made.result
  const loaded = await timed(() => twinOf(objects, version))
  const transport = loaded.result.transport(admin)
  const listed = await timed(() => listAll(transport, pods, { trim: () => 1 }))
  if (listed.result.items.length !== count) throw new Error(`${listed.result.items.length} pods are listed, ${count} were loaded`)
  const residentMib = process.memoryUsage().rss / 2 ** 20
  const folder = await mkdtemp(join(tmpdir(), 'twin-load-'))
  try {
    const file = join(folder, 'cluster.snapshot')
    const captured = await timed(() => captureSnapshot(transport, file, { now: () => startMs, by: 'bench' }))
    const read = await timed(() => readSnapshot(file))
    return {
      nodes,
      pods: count,
      objects: read.result.objects.length,
      generateSeconds: made.seconds,
      loadSeconds: loaded.seconds,
      listSeconds: listed.seconds,
      captureSeconds: captured.seconds,
      snapshotMib: (await stat(file)).size / 2 ** 20,
      readSeconds: read.seconds,
      residentMib,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function twinOf(objects: readonly DraftObject[], version: string): Promise<Twin> {
  const twin = await createTwin({ clock: new VirtualClock({ startMs }), random: seededRandom(1), version })
  await loadObjects(twin, objects)
  return twin
}

async function timed<T>(act: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const begin = performance.now()
  const result = await act()
  return { result, seconds: (performance.now() - begin) / 1000 }
}
