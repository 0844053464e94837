import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { timestamp } from '../../kubernetes/timestamp.ts'
import { judgedOnce } from '../../version/judged-once.ts'
import type { BatchStatus } from '../api/upgrade-status.ts'
import { sickMember } from '../health/control-plane-members.ts'
import { changesLeft } from '../hosts/host-changes.ts'
import { foreignMark } from '../node/foreign-mark.ts'
import { ownsCordon, quarantineLabel } from '../node/node-cordon.ts'
import { patchNode, type RunContext } from '../node/node-turn.ts'
import { isBelow } from '../path/version-set.ts'
import type { Hop } from '../run/next-hop.ts'
import { answeredVersion, versionsOf } from '../run/path-of-run.ts'
import type { Pool } from '../run/pools.ts'
import { activeWorks, type RunView, type Started } from '../run/run-view.ts'
import type { RunEntry } from '../run-journal.ts'
import type { UpgradeAction } from '../upgrade-decision.ts'
import { holdersToAsk, isBehind, isStarted, nextServer } from './next-server.ts'
import { type BatchInput, type PickedBatch, pickBatch } from './pick-batch.ts'
import { budgetMessage, isAway } from './unavailable-budget.ts'

const nothing: Started = { actions: [], batches: new Map() }

/** Begins with nodes: one of the control plane, or a batch of the first pool that has nodes left. Nothing while something holds the run. */
export function startNodes(view: RunView): Started {
  const { next } = view
  if (next.kind !== 'Hop') return nothing
  const servers = view.groups.controlPlane.filter((node) => view.context.settings.scope !== 'Pools' && isBehind(node, next.hop))
  if (servers.length > 0) return startServer(view, next.hop, servers)
  const old = oldApiServer(view.context.facts.apiServer, view.groups.controlPlane, next.hop)
  if (old !== undefined) return { ...nothing, stage: 'ControlPlane', message: old }
  const pool = view.groups.pools.find((one) => nodesLeft(one, view, next.hop).length > 0)
  return pool === undefined ? nothing : startBatch(view, next.hop, pool)
}

/**
 * Kubelets may not be newer than an API server (version-skew policy), and what a node of the control plane reports is its kubelet: that its
 * API server was replaced as well is known from its answers alone.
 */
function oldApiServer(apiServer: string, controlPlane: readonly NodeFacts[], { version, hosts }: Hop): string | undefined {
  if (hosts !== undefined) return undefined
  const answered = answeredVersion(apiServer, versionsOf(controlPlane))
  if (answered === undefined || !isBelow(answered, version)) return undefined
  return `an API server still answers as ${answered.text}, although every control-plane node reports ${version.text}: upgrade and restart the one that was left out; nodes wait for it`
}

/** One at a time, and only while every other one serves: etcd keeps its quorum, and somebody answers for the API. */
function startServer(view: RunView, hop: Hop, servers: readonly NodeFacts[]): Started {
  const { context, hold } = view
  const stage = 'ControlPlane'
  const busy = activeNodes(view)
  const [first] = busy
  if (hold !== undefined || first !== undefined) return { ...nothing, stage }
  const free = servers.filter((node) => !isStarted(node, view))
  const node = nextServer(free, context)
  if (node === undefined) return { ...nothing, stage, message: 'control-plane nodes that failed are left: mend them, then continue' }
  const sick = sickMember(node.name, context.facts)
  if (sick !== undefined) return { ...nothing, stage, message: `waits before ${node.name}: ${sick}; bring it back` }
  if (holdersToAsk(view).length > 0) return { ...nothing, stage, message: 'looks which control plane has the address of the API' }
  return { actions: [[startNode(node, view, hop)]], batches: new Map(), stage }
}

function startBatch(view: RunView, hop: Hop, pool: Pool): Started {
  const { name } = pool.settings
  const known = view.context.facts.upgrade.status?.pools?.find((status) => status.name === name)
  const left = nodesLeft(pool, view, hop)
  const busy = new Set(activeNodes(view))
  const atWork = pool.nodes.some((node) => busy.has(node.name))
  const pending = (known?.batch?.nodes ?? []).filter((node) => left.some((one) => one.name === node))
  const batch = atWork || pending.length > 0 ? known?.batch : undefined
  // after a pause or a failure it grows from the first size again
  if (view.hold !== undefined) return keep(name, { ...(batch === undefined ? {} : { batch }), finishedBatches: 0 })
  const finishedBatches = known?.finishedBatches ?? 0
  if (batch !== undefined) return goOn(view, hop, pool, { batch, pending, finishedBatches })
  if (busy.size > 0) return keep(name, { finishedBatches })
  return nextBatch(view, hop, pool, known?.batch === undefined ? finishedBatches : finishedBatches + 1)
}

function keep(pool: string, batches: { readonly batch?: BatchStatus; readonly finishedBatches: number }, message?: string): Started {
  return { ...nothing, stage: 'Nodes', ...(message === undefined ? {} : { message }), batches: new Map([[pool, batches]]) }
}

function nextBatch(view: RunView, hop: Hop, pool: Pool, finishedBatches: number): Started {
  const { name } = pool.settings
  const candidates = nodesLeft(pool, view, hop).filter((node) => !isStarted(node, view))
  const picked = pickFrom(pool, { candidates, finishedBatches }, view.context)
  if (picked.kind === 'Wait') return keep(name, { finishedBatches }, `pool ${name} waits: ${picked.message}`)
  const batch = { number: finishedBatches + 1, nodes: picked.nodes }
  return goOn(view, hop, pool, { batch, pending: picked.nodes, finishedBatches })
}

/** The next batch of a pool, or why there is none now. */
export function pickFrom(
  { settings, nodes }: Pool,
  left: Pick<BatchInput, 'candidates' | 'finishedBatches'>,
  { facts, settings: { stopAfter } }: RunContext,
): PickedBatch {
  return pickBatch({
    ...left,
    pool: stopAfter === 'Node' ? { ...settings, max: 1 } : settings,
    nodes,
    podsByNode: facts.podsByNode,
    allNodes: facts.nodes.map(({ name }) => name),
    ownNode: facts.ownNode,
  })
}

interface BatchAtWork {
  readonly batch: BatchStatus
  /** Nodes of it that were not started. */
  readonly pending: readonly string[]
  readonly finishedBatches: number
}

/** Nodes of a batch start together; one that would be too many away waits for the others. */
function goOn(view: RunView, hop: Hop, pool: Pool, { batch, pending, finishedBatches }: BatchAtWork): Started {
  const unstarted = pool.nodes.filter((node) => pending.includes(node.name) && !isStarted(node, view))
  // one that was set aside without a cordon serves
  const busy = new Set(activeNodes(view))
  const away = pool.nodes.filter((node) => isAway(node) || busy.has(node.name))
  const { maxUnavailable, name } = pool.settings
  const room = Math.max(0, maxUnavailable - away.length)
  const allowed = [...unstarted.filter(isAway), ...unstarted.filter((node) => !isAway(node)).slice(0, room)]
  const waits =
    allowed.length === 0 && unstarted.length > 0 ? { message: `pool ${name} waits: ${budgetMessage(away, maxUnavailable)}` } : {}
  return {
    actions: allowed.map((node) => [startNode(node, view, hop)]),
    stage: 'Nodes',
    ...waits,
    batches: new Map([[name, { batch, finishedBatches }]]),
  }
}

/** Nodes of the pool that have to move at this hop and have not failed. */
export function nodesLeft(pool: Pool, { works }: Pick<RunView, 'works'>, hop: Hop): readonly NodeFacts[] {
  const failed = new Set(works.filter(({ turn }) => turn.kind === 'Failed').map(({ at }) => at.node.name))
  const moves = judgedOnce((version) => version !== undefined && hop.moving.has(version.text))
  const isLeft = ({ name, kubeletVersion }: NodeFacts) => hop.hosts?.has(name) === true || moves(kubeletVersion)
  return pool.nodes.filter((node) => isLeft(node) && !failed.has(node.name))
}

function activeNodes(view: RunView): readonly string[] {
  return activeWorks(view).map(({ at }) => at.node.name)
}

/** The entry goes on the node before anything else does. */
function startNode(node: NodeFacts, { context }: RunView, hop: Hop): UpgradeAction {
  const labels = node.labels[quarantineLabel] === undefined ? {} : { labels: { [quarantineLabel]: null } }
  return patchNode({ node }, { entry: firstEntry(node, context, hop), ...labels })
}

/** What a node's turn begins with. What an ended run has left there is taken on, with how that one found the node. */
export function firstEntry(node: NodeFacts, context: RunContext, hop: Hop): RunEntry {
  const { metadata } = context.facts.upgrade
  const mark = foreignMark(node, { uid: metadata.uid, others: context.facts.others })
  const left = mark?.kind === 'LeftOver' && ownsCordon(mark.entry) ? mark.entry : undefined
  return {
    run: metadata.uid,
    name: metadata.name,
    version: hop.hosts === undefined ? hop.version.text : node.kubeletVersion,
    ...(context.settings.via === 'SSH' ? { via: 'SSH' } : {}),
    ...changesLeft(node, context),
    step: 'Staging',
    since: timestamp(context.nowMs),
    ...(left?.cordonedAt === undefined ? {} : { cordonedAt: left.cordonedAt }),
    attempt: 1,
    tries: 1,
    before: {
      unschedulable: left?.before.unschedulable ?? node.unschedulable,
      kubeletVersion: node.kubeletVersion,
      bootId: node.bootId,
    },
  }
}
