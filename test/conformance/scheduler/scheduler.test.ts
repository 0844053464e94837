import type { Node, Pod } from 'kubernetes-types/core/v1'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { nodeRejection, prepareFilters } from '../../../src/core/scheduling/node-filters.ts'
import { podInfo } from '../../../src/core/scheduling/pod-info.ts'
import { schedulePod } from '../../../src/core/scheduling/schedule-pod.ts'
import { SchedulerCache } from '../../../src/core/scheduling/scheduler-cache.ts'
import { unschedulableMessage } from '../../../src/core/scheduling/unschedulable-message.ts'
import { seededRandom } from '../../../src/twin/time/seeded-random.ts'
import { type ControlPlane, startControlPlane } from '../../rig/control-plane.ts'
import { generatedCluster } from './generated-cluster.ts'
import { RealScheduler, type RealVerdict } from './real-scheduler.ts'

const clusters = Number(process.env.FALKIRK_SCHEDULER_CLUSTERS ?? 200)
/** More clusters than usual are others each time: a change should not fail by another seed than the one before. */
const chance = process.env.FALKIRK_SCHEDULER_CLUSTERS === undefined ? 4711 : Math.floor(Math.random() * 2 ** 31)
const seed = Number(process.env.FALKIRK_SEED ?? chance)
const minor = 20

let plane: ControlPlane | undefined
let real: RealScheduler

beforeAll(async () => {
  plane = await startControlPlane()
  real = new RealScheduler(plane.api)
  await real.started()
})

afterAll(async () => {
  await real?.stop()
  await plane?.down()
})

const noVolumes = {
  claim: () => undefined,
  volume: () => undefined,
  volumesOfClass: () => [],
  storageClass: () => undefined,
  csiNode: () => undefined,
}

/** The filters of the twin, asked about a real cluster. */
class OwnVerdicts {
  readonly #cache = new SchedulerCache()
  readonly #nodeCount: number

  constructor(nodes: readonly Node[]) {
    for (const node of nodes) this.#cache.setNode(node)
    this.#nodeCount = nodes.length
  }

  bound(pod: Pod): void {
    this.#cache.addPod(podInfo(pod))
  }

  /** Why the filters do not accept a node for a pod; empty when they do. */
  rejection(pod: Pod, nodeName: string): string {
    const cycle = this.#cycle(pod)
    const node = this.#cache.node(nodeName)
    const filters = prepareFilters(cycle)
    if (node === undefined || filters.kind !== 'Ready') return `no node of the cluster fits: ${JSON.stringify(filters)}`
    const rejection = nodeRejection(cycle, filters.checks, node)
    return rejection === undefined ? '' : JSON.stringify(rejection)
  }

  /** The message with which the pod is left unscheduled; empty when some node fits. */
  message(pod: Pod): string {
    const verdict = schedulePod(this.#cycle(pod), { random: () => 0, startIndex: 0 })
    return verdict.kind === 'Unschedulable' ? unschedulableMessage(verdict, { nodeCount: this.#nodeCount, minor }) : ''
  }

  #cycle(pod: Pod) {
    return { pod: podInfo(pod), cache: this.#cache, volumes: noVolumes, minor }
  }
}

const told = { pods: 0, bound: 0, reasons: new Map<string, number>() }

/** What the real scheduler and the filters disagree about in one cluster. */
async function disagreements(name: string, random: () => number): Promise<readonly string[]> {
  const { nodes, pods } = generatedCluster(name, random)
  const own = new OwnVerdicts(await real.addNodes(nodes))
  const wrong: string[] = []
  for (const wanted of pods) {
    const pod = await real.addPod(wanted)
    const podName = pod.metadata?.name ?? ''
    const message = own.message(pod)
    const agrees = (verdict: RealVerdict) =>
      verdict.kind === 'Bound' ? own.rejection(pod, verdict.node) === '' : verdict.message === message
    const verdict = await real.verdict(podName, agrees)
    count(verdict)
    if (!agrees(verdict)) {
      const ours = verdict.kind === 'Bound' ? own.rejection(pod, verdict.node) : message
      wrong.push(`${podName}\n  real: ${JSON.stringify(verdict)}\n  ours: ${ours || 'fits'}\n  ${JSON.stringify(pod.spec)}`)
    }
    if (verdict.kind === 'Bound') own.bound(real.pod(podName))
    else await real.removePod(podName)
  }
  await real.clear()
  return wrong
}

function count(verdict: RealVerdict): void {
  told.pods += 1
  if (verdict.kind === 'Bound') told.bound += 1
  else
    for (const part of verdict.message.replace(/^[^:]*: /, '').split(/, (?=\d)/)) {
      const reason = part.replace(/^\d+ /, '').replace(/\.$/, '')
      told.reasons.set(reason, (told.reasons.get(reason) ?? 0) + 1)
    }
}

it(`accepts every binding of the real kube-scheduler in ${clusters} clusters, and names the same filters where it makes none`, async () => {
  const random = seededRandom(seed)
  const wrong: string[] = []
  for (let i = 0; i < clusters; i++) wrong.push(...(await disagreements(`c${i}`, random)))
  const reasons = [...told.reasons].sort((a, b) => b[1] - a[1]).map(([reason, times]) => `${times} ${reason}`)
  process.stdout.write(`seed ${seed}: ${told.pods} pods, ${told.bound} bound; ${reasons.join(', ')}\n`)
  expect(wrong).toEqual([])
  expect(told.bound).toBeGreaterThan(0)
  expect(told.reasons.size).toBeGreaterThan(5)
})
