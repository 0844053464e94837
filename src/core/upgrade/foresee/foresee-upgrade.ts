import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { timestamp } from '../../kubernetes/timestamp.ts'
import { isControlPlane } from '../../plan/node-selection.ts'
import { compareUpstream, parseVersion } from '../../version/kubernetes-version.ts'
import type { ClusterUpgradeStatus } from '../api/upgrade-status.ts'
import { decideUpgrade } from '../decide-upgrade.ts'
import type { CanaryFacts, CanaryOrder } from '../health/canary.ts'
import type { HostChanges } from '../hosts/host-changes.ts'
import { osNote } from '../hosts/os-note.ts'
import { jobStepLabel } from '../jobs/upgrade-job.ts'
import { ownsCordon } from '../node/node-cordon.ts'
import { isEndPhase } from '../run/run-phase.ts'
import { parseRunEntry, type RunEntry } from '../run-journal.ts'
import type { RunPatch, UpgradeDecision } from '../upgrade-decision.ts'
import type { UpgradeFacts } from '../upgrade-facts.ts'

/** One node's turn, foreseen. */
export interface ForeseenNode {
  readonly node: string
  readonly from: string
  readonly to: string
  readonly hop: { readonly version: string; readonly number: number; readonly of: number }
  /** What is changed on its host beside Kubernetes; absent when nothing is. */
  readonly changes?: HostChanges
  /** Absent for a node of the control plane. */
  readonly batch?: { readonly pool: string; readonly number: number; readonly nodes: number }
}

export interface ForeseenUpgrade {
  /** In the order in which they begin; a node comes again with a later hop. */
  readonly nodes: readonly ForeseenNode[]
  /** Where the run comes to rest: complete, or why it does not go on. */
  readonly end: ClusterUpgradeStatus
}

/** A turn of a node takes this long here; only the order matters. */
const turnMs = 3_600_000

/** Nothing gets worse in what is foreseen, and nothing that is known gets old. */
const allWell = { atMs: Number.MAX_SAFE_INTEGER, troubles: [], components: [], unread: [] }

interface World {
  readonly facts: UpgradeFacts
  readonly nowMs: number
}

/**
 * Foresees the whole of a run by deciding again and again, as if each node that is begun were done before anything else happens: the same decisions as
 * the controller's, on a cluster where nothing fails and nothing else changes. Pure.
 */
export function foreseeUpgrade(facts: UpgradeFacts, nowMs: number): ForeseenUpgrade {
  const nodes: ForeseenNode[] = []
  let world = begunDone({
    facts: { ...facts, upgrade: unsteered(facts.upgrade), health: allWell, factsAgeMs: 0, addressHolders: staying(facts) },
    nowMs,
  })
  // each turn begins or gives back at least one node, or is the last
  const mostTurns = 40 * (facts.nodes.length + 1)
  for (let turn = 0; turn < mostTurns; turn += 1) {
    const decision = decideUpgrade(world.facts, world.nowMs)
    const patches = nodePatches(decision)
    nodes.push(...patches.flatMap((patch) => foreseen(patch, world.facts, decision.status)))
    const goesOn = (patches.length > 0 || decision.asksCanary !== undefined) && !isEndPhase(decision.status.phase)
    if (!goesOn) return { nodes, end: decision.status }
    world = after(world, decision, patches)
  }
  return { nodes, end: world.facts.upgrade.status ?? {} }
}

/** An address of the API stays where it is. */
function staying({ addressHolders }: UpgradeFacts): NonNullable<UpgradeFacts['addressHolders']> {
  return { nodes: addressHolders?.nodes ?? [], atMs: Number.MAX_SAFE_INTEGER }
}

/** Where pods land is not foreseen, and no node need be tainted for it. */
function unsteered(upgrade: UpgradeFacts['upgrade']): UpgradeFacts['upgrade'] {
  return { ...upgrade, spec: { ...upgrade.spec, drain: { ...upgrade.spec.drain, preferDoneNodes: false } } }
}

/** Nodes that a run under way has begun with are taken for done: how far each of them is does not change what follows. */
function begunDone({ facts, nowMs }: World): World {
  const nodes = facts.nodes.map((node) => {
    const read = parseRunEntry(node.run)
    const isBegun = read.kind === 'Entry' && read.entry.run === facts.upgrade.metadata.uid && !atRest.has(read.entry.step)
    if (!isBegun) return node
    const cordon = ownsCordon(read.entry) ? {} : { unschedulable: node.unschedulable }
    return { ...patched(node, { entry: read.entry }, nowMs), ...cordon }
  })
  // what is being fetched is there then
  const jobs = facts.jobs.filter(({ end, labels }) => end !== undefined || labels[jobStepLabel] !== 'Stage')
  return { facts: { ...facts, nodes, jobs, apiServer: oldestServer(nodes) ?? facts.apiServer }, nowMs }
}

/** Steps that a node leaves when somebody says so, or that are foreseen as they are. */
const atRest: ReadonlySet<RunEntry['step']> = new Set(['Failed', 'Quarantined', 'Soaking'])

interface NodePatch {
  readonly node: string
  readonly patch: RunPatch
}

function nodePatches({ actions }: UpgradeDecision): readonly NodePatch[] {
  return actions.flat().flatMap((action) => (action.kind === 'PatchNode' ? [{ node: action.node, patch: action.patch }] : []))
}

function foreseen(
  { node: name, patch: { entry } }: NodePatch,
  { nodes }: UpgradeFacts,
  status: ClusterUpgradeStatus,
): readonly ForeseenNode[] {
  const node = nodes.find((one) => one.name === name)
  if (node === undefined || entry === undefined || entry === null || entry.step !== 'Staging') return []
  const pool = isControlPlane(node) ? undefined : status.pools?.find(({ batch }) => batch?.nodes.includes(name))
  const { version, number, of } = status.hop ?? { version: entry.version, number: 1, of: 1 }
  // without the times of the foreseen status: they are made up
  const hop = { version, number, of }
  const { os, runtime } = entry
  const changes = os === undefined && runtime === undefined ? {} : { changes: { ...(os && { os }), ...(runtime && { runtime }) } }
  const turn = { node: name, from: node.kubeletVersion, to: entry.version, hop, ...changes }
  return pool?.batch === undefined
    ? [turn]
    : [{ ...turn, batch: { pool: pool.name, number: pool.batch.number, nodes: pool.batch.nodes.length } }]
}

/** Nodes that were begun are done and soaked; those that were given back bear nothing any more. */
function after({ facts, nowMs }: World, { status, asksCanary }: UpgradeDecision, patches: readonly NodePatch[]): World {
  const laterMs = nowMs + turnMs
  const byNode = new Map(patches.map(({ node, patch }) => [node, patch] as const))
  const nodes = facts.nodes.map((node) => {
    const patch = byNode.get(node.name)
    return patch === undefined ? node : patched(node, patch, laterMs)
  })
  const upgrade = { ...facts.upgrade, status }
  const canary = asksCanary === undefined ? {} : { canary: cameThrough(asksCanary, nowMs) }
  return { facts: { ...facts, ...canary, nodes, apiServer: oldestServer(nodes) ?? facts.apiServer, upgrade }, nowMs: laterMs }
}

/** Controllers are alive in what is foreseen. */
function cameThrough({ name }: CanaryOrder, nowMs: number): CanaryFacts {
  return { name, atMs: nowMs, sentAtMs: nowMs, unanswered: [] }
}

/** An API server is of the version of its node. */
function oldestServer(nodes: readonly NodeFacts[]): string | undefined {
  const versions = nodes.filter(isControlPlane).flatMap(({ kubeletVersion }) => parseVersion(kubeletVersion) ?? [])
  return versions.toSorted(compareUpstream)[0]?.text
}

function patched(before: NodeFacts, { entry, taints, unschedulable = before.unschedulable }: RunPatch, nowMs: number): NodeFacts {
  const node = taints === undefined ? before : { ...before, taints }
  const { run, ...rest } = node
  if (entry === undefined) return { ...node, unschedulable }
  if (entry === null) return { ...rest, unschedulable }
  const since = timestamp(nowMs - turnMs)
  const soaked: RunEntry = { ...entry, step: 'Soaking', since, cordonedAt: since }
  return {
    ...rest,
    ready: true,
    unschedulable: entry.before.unschedulable,
    kubeletVersion: entry.version,
    ...(entry.runtime === undefined ? {} : { runtimeVersion: `${entry.runtime.name}://${entry.runtime.version ?? ''}` }),
    ...(entry.os === undefined ? {} : { osNote: osNote(entry.run, entry.os, since) }),
    run: JSON.stringify(soaked),
  }
}
