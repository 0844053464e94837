import { styleText } from 'node:util'
import { alignColumns } from '../src/cli/align-columns.ts'
import { drawRun, type FrameSize, paintRun } from '../src/cli/upgrade/run-frame.ts'
import type { NodeRow } from './cluster-view.ts'
import { paintPods, podMarks } from './frame.ts'
import { budgetHolding, type UpgradeLook } from './upgrade-look.ts'
import type { SightFrame } from './watch-cluster.ts'

export interface UpgradeFrame extends SightFrame<UpgradeLook> {
  /** Epoch milliseconds of this machine. */
  readonly nowMs: number
  /** A path, for whoever looks on from another terminal. */
  readonly kubeconfig: string
}

/** More are counted. */
const mostPodMarks = 4

/** Below so many rows there is room for the run alone; below so many others, for what changes alone. */
const lowestForMap = 20
const lowestForAll = 30

const legend = '✓ has the version of the hop   ▸ at work   ● pod   ◌ leaving   ○ starting'

/**
 * Draws what `falkirk upgrade` shows, each node with its pods, what is still to come, and what has happened, as far as there is room. Without colours.
 */
export function drawUpgrade({ seen, state, history, elapsed, nowMs, kubeconfig }: UpgradeFrame, size: FrameSize): string {
  const last = state === 'Ended' ? elapsed : `${elapsed} · Ctrl-C ends it all · KUBECONFIG=${kubeconfig}`
  if (seen === undefined) return last
  const isTight = size.rows < lowestForAll
  const map = size.rows < lowestForMap ? [] : [...nodeMap(seen, size.columns, isTight), heldUp(seen) ?? legend, ...whatIsNext(seen)]
  const foot = isTight ? [last] : ['', last]
  // a row between, and the last one stays free, or the terminal would scroll
  const room = size.rows - map.length - foot.length - 2
  const frame = { run: seen.run, nowMs, state: state === 'Away' ? 'Away' : 'Once' } as const
  const run = drawRun(frame, { columns: size.columns, rows: room }).split('\n')
  const past = Math.min(Math.max(room - run.length - 1, 0), history.length)
  const sections = [run, map, history.slice(history.length - past)].filter((lines) => lines.length > 0)
  const lines = sections.flatMap((section, index) => (index === 0 ? section : ['', ...section]))
  return [...lines, ...foot].map((line) => line.slice(0, size.columns)).join('\n')
}

/**
 * A row for the servers and one for each pool, with short names where whole ones do not fit. `isTight`: servers that are done for good are left out.
 */
function nodeMap(look: UpgradeLook, columns: number, isTight: boolean): readonly string[] {
  const groups = groupsOf(look).filter(({ name, nodes }) => !isTight || name !== 'servers' || nodes.some((node) => !isAtEnd(node, look)))
  const drawn = (nameOf: (node: NodeRow) => string) =>
    alignColumns(groups.map(({ name, nodes }) => [name, ...nodes.map((node) => nodeCell(node, look, nameOf(node)))]))
  const whole = drawn(({ name }) => name)
  return whole.some((line) => line.length > columns) ? drawn(({ name }) => name.replace(/^.*-/, '')) : whole
}

interface NodeGroup {
  readonly name: string
  readonly nodes: readonly NodeRow[]
}

function groupsOf({ cluster: { nodes }, run }: UpgradeLook): readonly NodeGroup[] {
  const pools = (run.status.pools ?? []).map(({ name }) => ({ name, nodes: nodes.filter(({ pool }) => pool === name) }))
  return [{ name: 'servers', nodes: nodes.filter(({ role }) => role === 'server') }, ...pools]
}

function nodeCell(node: NodeRow, look: UpgradeLook, name: string): string {
  const pods = node.pods.length > mostPodMarks ? `${node.pods.length} ●` : node.pods.map(({ state }) => podMarks[state]).join('')
  return `${name} ${nodeMark(node, look)} ${pods}`.trimEnd()
}

function isAtEnd(node: NodeRow, look: UpgradeLook): boolean {
  return node.version === look.run.version && nodeMark(node, look) === '✓'
}

function nodeMark({ name, version }: NodeRow, { run }: UpgradeLook): string {
  const { inFlight = [], failed = [], hop } = run.status
  if (failed.some(({ node }) => node === name)) return '✘'
  if (inFlight.some(({ node }) => node === name)) return '▸'
  return version === (hop?.version ?? run.version) ? '✓' : '·'
}

/** Which drains wait for a budget: in the table above there may be no room for its name. */
function heldUp({ run }: UpgradeLook): string | undefined {
  const nodes = new Map<string, string[]>()
  for (const one of run.status.inFlight ?? []) {
    const budget = budgetHolding(one)
    if (budget !== undefined) nodes.set(budget, [...(nodes.get(budget) ?? []), one.node])
  }
  if (nodes.size === 0) return undefined
  return [...nodes].map(([budget, names]) => `waiting for PodDisruptionBudget ${budget}: ${names.join(', ')}`).join('; ')
}

/** What is still to come after the nodes at work: servers of this hop, further hops, nodes of each pool. */
function whatIsNext(look: UpgradeLook): readonly string[] {
  const { run } = look
  const { hop, path = [] } = run.status
  if (hop === undefined) return []
  const [servers, ...pools] = groupsOf(look)
  const waiting = (servers?.nodes ?? []).filter((node) => nodeMark(node, look) === '·').map(({ name }) => name)
  const left = pools.flatMap(({ name, nodes }) => {
    const count = nodes.filter((node) => node.version !== run.version && nodeMark(node, look) === '·').length
    return count === 0 ? [] : [`${name} (${count})`]
  })
  const parts = [waiting.join(', '), ...path.slice(hop.number), ...left].filter((part) => part !== '')
  return parts.length === 0 ? [] : [`next: ${parts.join(' → ')}`]
}

/** Colours for a drawn frame. */
export function paintUpgrade(text: string): string {
  return paintPods(paintRun(text))
    .replaceAll(/^ *\d.*/gm, (line) => styleText('dim', line))
    .replaceAll(/^(✓ has .*|next: .*)$/gm, (line) => styleText('dim', line))
    .replaceAll(/^waiting for PodDisruptionBudget .*$/gm, (line) => styleText('yellow', line))
}
