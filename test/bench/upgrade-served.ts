import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { semiSpaceFlag } from '../../scripts/image.mjs'
import { upgradeCrd } from '../../src/core/upgrade/api/upgrade-crd.ts'
import type { ClusterUpgradeStatus } from '../../src/core/upgrade/api/upgrade-status.ts'
import type { TwinRequest } from '../../src/twin/api/http/twin-request.ts'
import type { TwinServer } from '../../src/twin/api/http/twin-server.ts'
import type { DraftObject } from '../../src/twin/kube-object.ts'
import { defaultTimings } from '../../src/twin/kubelet/pod/pod-timings.ts'
import type { Twin } from '../../src/twin/twin.ts'
import { startFalkirk } from '../rig/falkirk-process.ts'
import { type ServedTwinCluster, servedTwin } from './served-twin.ts'

/** What a ClusterUpgrade costs the controller's process, over HTTPS and in real time. */
export interface ServedUpgrade {
  readonly nodes: number
  readonly pods: number
  readonly wallSeconds: number
  readonly phase: string
  /** User and system time of the controller, its start included. */
  readonly cpuSeconds: number
  readonly peakMib: number
  readonly evictions: number
  /** All but evictions and watches. */
  readonly requests: number
  readonly movesPerPod: string
}

const namespace = 'system-upgrade'
const upgrades = 'clusterupgrades.falkirk.dev'
const largestBatch = 50
/** Machines that are quick at everything: what is measured is the controller. */
const quickMachines = {
  upgradeSeconds: 1,
  restartSeconds: 1,
  timingsOf: () => ({ ...defaultTimings, readySeconds: 1, stopSeconds: 1, pullOverheadSeconds: 0, pullBytesPerSecond: 1e12 }),
}
const mostMs = 3_600_000

/** `program`: the shipped bundle. Throws when the run does not end within an hour. */
export async function measureServedUpgrades(
  program: string,
  { quick: isQuick }: { readonly quick: boolean },
): Promise<readonly ServedUpgrade[]> {
  const sizes = [
    { nodes: 100, pods: 3_000 },
    { nodes: 1_000, pods: 30_000 },
  ]
  const measured: ServedUpgrade[] = []
  for (const size of isQuick ? sizes.slice(0, 1) : sizes) measured.push(await measureServedUpgrade(program, size))
  return measured
}

/** A row for each size, and the goals. */
export function servedUpgradeTable(runs: readonly ServedUpgrade[]): string {
  const rows = runs.map((run) =>
    [
      run.nodes.toLocaleString('en'),
      run.pods.toLocaleString('en'),
      `${run.wallSeconds.toFixed(0)} (${run.phase})`,
      run.cpuSeconds.toFixed(1),
      Math.round(run.peakMib),
      (run.requests / run.nodes).toFixed(1),
      (run.evictions / run.nodes).toFixed(1),
      run.movesPerPod,
    ].join(' | '),
  )
  return [
    '| Nodes | Pods | Wall s | CPU s | Peak MiB | Requests a node | Evictions a node | Moves a pod |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map((row) => `| ${row} |`),
    '',
    `Goals at 1,000 nodes: at most 20 CPU s, 200 MiB. Batches of 1, 2, 4 and so on up to ${largestBatch}; machines that need a second for everything.`,
  ].join('\n')
}

async function measureServedUpgrade(program: string, size: { readonly nodes: number; readonly pods: number }): Promise<ServedUpgrade> {
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-upgrade-served-'))
  const counts = { evictions: 0, requests: 0 }
  const count = ({ method, path, query }: TwinRequest) => {
    if (method === 'POST' && path.endsWith('/eviction')) counts.evictions += 1
    else if (!query.has('watch')) counts.requests += 1
  }
  try {
    const options = {
      kubelets: { ...quickMachines, heartbeats: 'Elided', events: 'None' },
      around: (handle: TwinServer['handle']) => (request: TwinRequest) => {
        count(request)
        return handle(request)
      },
    } as const
    return await servedTwin(folder, { ...size, masters: 3 }, (cluster) => upgraded(cluster, { program, folder, size, counts }), options)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Bench {
  readonly program: string
  readonly folder: string
  readonly size: { readonly nodes: number; readonly pods: number }
  readonly counts: { evictions: number; requests: number }
}

async function upgraded({ twin, kubeconfig }: ServedTwinCluster, { program, folder, size, counts }: Bench): Promise<ServedUpgrade> {
  await twin.start()
  const { client } = twin.api
  await client.create('namespaces', { metadata: { name: namespace } })
  await client.create('serviceaccounts', { metadata: { namespace, name: 'system-upgrade' } })
  await client.create('customresourcedefinitions.apiextensions.k8s.io', upgradeCrd() as DraftObject)
  const falkirk = await startFalkirk({ program, kubeconfig, folder, namespace, nodeArgs: [semiSpaceFlag] })
  try {
    await falkirk.ready()
    Object.assign(counts, { evictions: 0, requests: 0 })
    const beginMs = performance.now()
    await client.create(upgrades, { metadata: { name: 'bench' }, spec: spec() })
    const { phase = '', moves, message } = await ended(twin)
    const wallSeconds = (performance.now() - beginMs) / 1_000
    const usage = falkirk.usage()
    if (usage === undefined) throw new Error('the controller ended before it was measured')
    if (phase !== 'Complete') process.stderr.write(`${phase}: ${message}\n`)
    const { cpuSeconds, peakRssMib: peakMib } = usage
    return { ...size, ...counts, wallSeconds, phase, cpuSeconds, peakMib, movesPerPod: moves?.perPod ?? '-' }
  } finally {
    await falkirk.stop()
  }
}

async function ended(twin: Twin): Promise<ClusterUpgradeStatus> {
  const endsMs = performance.now() + mostMs
  for (;;) {
    const status = (twin.api.client.store.get(upgrades, undefined, 'bench')?.status ?? {}) as ClusterUpgradeStatus
    if (hasEnded(status)) return status
    if (performance.now() > endsMs) throw new Error(`the run does not end: ${status.message}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function spec(): object {
  const pool = { name: 'general', nodeSelector: {}, batches: { first: 1, factor: 2, max: largestBatch }, maxUnavailable: largestBatch }
  return { version: 'v1.32.2+k3s1', pools: [pool], drain: { force: true }, soak: { for: '1s' } }
}

function hasEnded({ phase }: ClusterUpgradeStatus): boolean {
  return phase !== undefined && !['Pending', 'ControlPlane', 'Nodes'].includes(phase)
}
