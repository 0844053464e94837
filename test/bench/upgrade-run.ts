import { silentLog } from '../../src/cluster/log.ts'
import type { ApiRequest, ApiTransport } from '../../src/cluster/transport.ts'
import { VirtualClock } from '../../src/cluster/virtual-clock.ts'
import { controllerOptions } from '../../src/controller/controller-options.ts'
import { createMetrics } from '../../src/controller/metrics.ts'
import { Readiness } from '../../src/controller/readiness.ts'
import { serveCluster } from '../../src/controller/serve-cluster.ts'
import { upgradeCrd } from '../../src/core/upgrade/api/upgrade-crd.ts'
import type { ClusterUpgradeSpec } from '../../src/core/upgrade/api/upgrade-spec.ts'
import type { ClusterUpgradeStatus } from '../../src/core/upgrade/api/upgrade-status.ts'
import type { DraftObject } from '../../src/twin/kube-object.ts'
import type { ImageBehaviour } from '../../src/twin/kubelet/image-behaviour.ts'
import { clusterCidrOf } from '../../src/twin/load/cluster-cidr.ts'
import { generateCluster } from '../../src/twin/load/generator/generate-cluster.ts'
import { loadObjects } from '../../src/twin/load/load-objects.ts'
import { isImage } from '../../src/twin/machine/image-name.ts'
import { seededRandom } from '../../src/twin/time/seeded-random.ts'
import { createTwin, type Twin } from '../../src/twin/twin.ts'

/** How long a whole ClusterUpgrade of one hop takes in virtual time, and what it asks of the API server. */
export interface UpgradeRun {
  readonly nodes: number
  readonly pods: number
  /** Virtual, from the object's creation until its end. */
  readonly minutes: number
  /** What the changes alone take when nothing else takes any time: the masters one by one, then batches that double. */
  readonly changeMinutes: number
  /** Of `minutes`: no node was between its cordon and its uncordon. */
  readonly idleMinutes: number
  readonly batches: number
  /** `Complete` when all went well. */
  readonly phase: string
  /** Of the controller; watches are one each. */
  readonly requests: RequestCounts
  /** Moves of a pod on average, as the run tells. */
  readonly movesPerPod: string
  /** Length of the largest status, bytes of JSON. */
  readonly statusBytes: number
  /** User and system time of the process, the twin's own included. */
  readonly cpuSeconds: number
}

export interface RequestCounts {
  readonly evictions: number
  /** Status, nodes, Jobs and everything else that is written. */
  readonly writes: number
  readonly reads: number
}

/** Published for managed clusters of a cloud: 8 minutes a master, 5 a node. */
const published = { masterSeconds: 480, nodeSeconds: 300 }
const largestBatch = 50
const masters = 3
const namespace = 'system-upgrade'
const upgrades = 'clusterupgrades.falkirk.dev'
const startMs = Date.parse('2026-11-21T10:00:00Z')
const stepMs = 5_000
const mostMs = 86_400_000
const spec: ClusterUpgradeSpec = {
  version: 'v1.32.2+k3s1',
  pools: [{ name: 'general', nodeSelector: {}, batches: { first: 1, factor: 2, max: largestBatch }, maxUnavailable: largestBatch }],
  // bare pods go with their node
  drain: { force: true },
}
const user = { username: `system:serviceaccount:${namespace}:system-upgrade`, groups: ['system:masters', 'system:authenticated'] }

/** Measures the sizes one after the other in this process; the smallest alone with `quick`. Throws when a run does not end. */
export async function measureUpgradeRuns({ quick }: { readonly quick: boolean }): Promise<readonly UpgradeRun[]> {
  const sizes = [
    // system pods alone
    { nodes: 100, pods: 0 },
    { nodes: 100, pods: 3_000 },
    { nodes: 1_000, pods: 0 },
    { nodes: 1_000, pods: 30_000 },
  ]
  const measured: UpgradeRun[] = []
  for (const size of quick ? sizes.slice(0, 2) : sizes) measured.push(await measureUpgradeRun(size))
  return measured
}

/** A row for each size, the goals and the settings beneath. */
export function upgradeRunTable(runs: readonly UpgradeRun[]): string {
  const rows = runs.map((run) =>
    [
      run.nodes.toLocaleString('en'),
      run.pods.toLocaleString('en'),
      `${run.minutes.toFixed(1)} (${run.phase})`,
      run.changeMinutes.toFixed(0),
      run.batches,
      `${((run.idleMinutes / run.minutes) * 100).toFixed(1)} %`,
      ((run.requests.writes + run.requests.reads) / run.nodes).toFixed(1),
      (run.requests.evictions / run.nodes).toFixed(1),
      run.movesPerPod || '-',
      (run.statusBytes / 1_024).toFixed(1),
      run.cpuSeconds.toFixed(0),
    ].join(' | '),
  )
  return [
    '| Nodes | Pods | Virtual min | Changes alone, min | Batches | No node at work | Requests a node | Evictions a node | Moves a pod | Status KiB | CPU s, twin included |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map((row) => `| ${row} |`),
    '',
    `Settings: ${masters} masters, ${published.masterSeconds / 60} min each; workers ${published.nodeSeconds / 60} min each, in batches of 1, 2, 4 and so on up to ${largestBatch}; one hop.`,
    'Goals: 100 nodes in less than 65 min, 1,000 nodes in a window of 240 min, no node at work for at most 5 % of the time, at most 4 requests a node, at most 1.1 moves a pod.',
  ].join('\n')
}

async function measureUpgradeRun(size: { readonly nodes: number; readonly pods: number }): Promise<UpgradeRun> {
  const clock = new VirtualClock({ startMs })
  const defects: string[] = []
  const { objects, version } = generateCluster({ ...size, masters, nowMs: startMs })
  const twin = await createTwin({
    clock,
    random: seededRandom(1),
    version,
    clusterCidr: clusterCidrOf(objects),
    kubelets: { heartbeats: 'Elided', events: 'None', behaviours: [asPublished] },
    onDefect: (where, error) => defects.push(`${where}: ${String(error)}`),
  })
  try {
    await loadObjects(twin, objects)
    await twin.start()
    await twin.api.client.create('namespaces', { metadata: { name: namespace } })
    await twin.api.client.create('serviceaccounts', { metadata: { namespace, name: 'system-upgrade' } })
    await twin.api.client.create('customresourcedefinitions.apiextensions.k8s.io', upgradeCrd() as DraftObject)
    await clock.advance(120_000)
    const measured = await upgraded(twin, clock, defects)
    if (defects.length > 0) throw new Error(`${defects.length} defects: ${defects[0]}`)
    return { ...size, ...measured, changeMinutes: changeMinutes(size.nodes) }
  } finally {
    twin.close()
  }
}

async function upgraded(twin: Twin, clock: VirtualClock, defects: string[]) {
  const counts = { evictions: 0, writes: 0, reads: 0 }
  const stop = startController(counting(twin.transport(user), counts), clock, defects)
  await clock.advance(10_000)
  Object.assign(counts, { evictions: 0, writes: 0, reads: 0 })
  const [beginMs, beginCpu] = [clock.now(), process.cpuUsage()]
  await twin.api.client.create(upgrades, { metadata: { name: 'bench' }, spec })
  const statusOf = () => (twin.api.client.store.get(upgrades, undefined, 'bench')?.status ?? {}) as ClusterUpgradeStatus
  const idle = idleTime(twin, clock)
  let [statusBytes, batches, batch] = [0, 0, '']
  while (!hasEnded(statusOf())) {
    await clock.advance(stepMs)
    statusBytes = Math.max(statusBytes, JSON.stringify(statusOf()).length)
    const now =
      statusOf()
        .pools?.find(({ batch: one }) => one !== undefined)
        ?.batch?.nodes.join() ?? ''
    if (now !== '' && now !== batch) [batch, batches] = [now, batches + 1]
    if (clock.now() - beginMs > mostMs) throw new Error(`the run does not end: ${statusOf().phase}: ${statusOf().message}`)
  }
  const { user: userTime, system } = process.cpuUsage(beginCpu)
  const { phase = '', moves } = statusOf()
  stop()
  return {
    minutes: (clock.now() - beginMs) / 60_000,
    idleMinutes: idle() / 60_000,
    batches,
    phase,
    requests: { ...counts },
    movesPerPod: moves?.perPod ?? '',
    statusBytes,
    cpuSeconds: (userTime + system) / 1e6,
  }
}

/** Gives for how many ms no node has been between cordon and uncordon so far. */
function idleTime(twin: Twin, clock: VirtualClock): () => number {
  const atWork = new Set<string>()
  let [sinceMs, sumMs] = [clock.now(), 0]
  const untilNow = () => {
    if (atWork.size === 0) sumMs += clock.now() - sinceMs
    sinceMs = clock.now()
    return sumMs
  }
  twin.api.client.store.subscribe((change) => {
    if (change.resource !== 'nodes') return
    const { name, annotations } = change.object.metadata
    untilNow()
    if (/"step":"(Draining|Detaching|Changing|Verifying)"/.test(annotations?.['falkirk.dev/run'] ?? '')) atWork.add(name)
    else atWork.delete(name)
  })
  return untilNow
}

function hasEnded({ phase }: ClusterUpgradeStatus): boolean {
  return phase !== undefined && !['Pending', 'ControlPlane', 'Nodes'].includes(phase)
}

/** Returns what ends it. */
function startController(transport: ApiTransport, clock: VirtualClock, defects: string[]): () => void {
  const stop = new AbortController()
  const settings = controllerOptions({ name: 'bench', namespace, leaderElect: false, listen: '' }, {})
  serveCluster(settings, {
    transport,
    clock,
    source: 'virtual',
    env: {},
    random: seededRandom(2),
    log: silentLog,
    channelFetch: async () => ({ kind: 'Failed', message: 'no channel here' }),
    hostName: 'bench',
    metrics: createMetrics(),
    readiness: new Readiness(),
    signal: stop.signal,
  }).catch((error: unknown) => defects.push(`the controller ended: ${String(error)}`))
  return () => stop.abort()
}

function counting(transport: ApiTransport, counts: { evictions: number; writes: number; reads: number }): ApiTransport {
  const count = ({ method, path }: ApiRequest) => {
    if (path.endsWith('/eviction')) counts.evictions += 1
    else counts[method === 'GET' ? 'reads' : 'writes'] += 1
  }
  return {
    json: (request) => {
      count(request)
      return transport.json(request)
    },
    stream: (request) => {
      count(request)
      return transport.stream(request)
    },
  }
}

/** The change of a node takes as long as published. */
const asPublished: ImageBehaviour = ({ container, machine, role }) => {
  if (role !== 'Main' || !isImage(container, 'rancher/k3s-upgrade')) return undefined
  const stages = (container.command ?? []).some((word) => word === 'true' || word.endsWith('/true'))
  return stages ? undefined : { seconds: machine.role === 'Server' ? published.masterSeconds : published.nodeSeconds }
}

function changeMinutes(nodes: number): number {
  let [left, batch, batches] = [nodes - masters, 1, 0]
  for (; left > 0; left -= batch, batch = Math.min(batch * 2, largestBatch)) batches += 1
  return (masters * published.masterSeconds + batches * published.nodeSeconds) / 60
}
