import { performance } from 'node:perf_hooks'
import type { PodFacts } from '../../src/core/kubernetes/pod-facts.ts'
import { decideUpgrade } from '../../src/core/upgrade/decide-upgrade.ts'
import { aPod, from, RunWorld, server, several, to, worker } from '../../src/core/upgrade/run-world.test-support.ts'

/** How long one decision takes at one moment of a run; milliseconds. */
export interface DecisionMeasurement {
  readonly moment: string
  readonly p50: number
  readonly p99: number
  /** Mean of the time of processors, which does not count what else the machine does. */
  readonly cpu: number
}

const nodes = 5_000
const podsPerNode = 30
const rounds = 200
const goalMs = 50

/** Measures decisions of one run over 5,000 nodes with 150,000 pods, in this process. */
export function measureDecisions(): readonly DecisionMeasurement[] {
  const fresh = largeWorld(from)
  const picking = largeWorld(to)
  const started = largeWorld(to)
  started.until((world) => world.marked().length >= 50 && world.changeJobs().length > 0, 600)
  const soaking = largeWorld(to)
  soaking.until((world) => world.entry('worker-0')?.step === 'Soaking', 1_200)
  return [
    measure('the first control-plane node is begun', fresh),
    measure('a batch of 50 is picked', picking),
    measure('50 nodes are at work, 4,950 still to come', started),
    measure('50 nodes soak, the next 50 have their images', soaking),
  ]
}

function measure(moment: string, { facts, nowMs }: RunWorld): DecisionMeasurement {
  const before = process.cpuUsage()
  const times = several(rounds, () => timed(() => decideUpgrade(facts, nowMs))).toSorted((a, b) => a - b)
  const { user, system } = process.cpuUsage(before)
  return { moment, p50: at(times, 0.5), p99: at(times, 0.99), cpu: (user + system) / 1_000 / rounds }
}

/** The measurements as a table of Markdown, with the goal. */
export function decisionTable(measurements: readonly DecisionMeasurement[]): string {
  const rows = measurements.map(
    ({ moment, p50, p99, cpu }) => `| ${moment} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | < ${goalMs} | ${cpu.toFixed(1)} |`,
  )
  return ['| one decision, 5,000 nodes and 150,000 pods | p50 ms | p99 ms | goal of p99 | CPU ms |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  )
}

/** With a control plane of this version. */
function largeWorld(kubeletVersion: string): RunWorld {
  const servers = several(3, (index) => server(index, { kubeletVersion }))
  const world = new RunWorld([...servers, ...several(nodes, (index) => worker(index))], { apiServer: kubeletVersion })
  world.edit({ pools: [{ name: 'all', nodeSelector: {}, batches: { first: 50, max: 50 }, maxUnavailable: 50 }] })
  const pods = new Map<string, readonly PodFacts[]>(several(nodes, (index) => [`worker-${index}`, podsOf(index)] as const))
  world.facts = { ...world.facts, podsByNode: { get: (node) => pods.get(node) ?? [] } }
  return world
}

/** Of a workload with a replica on each of 50 nodes. */
function podsOf(node: number): readonly PodFacts[] {
  return several(podsPerNode, (index) => {
    const name = `app-${Math.floor(node / 50)}-${index}`
    return aPod(`${name}-${node}`, `worker-${node}`, {
      controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: name, controller: true },
    })
  })
}

function timed(run: () => unknown): number {
  const beganMs = performance.now()
  run()
  return performance.now() - beganMs
}

function at(sorted: readonly number[], quantile: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0
}
