import type { PlannedNode, PlannedUpgrade } from '../../core/upgrade/foresee/plan-upgrade.ts'
import { fitColumns } from '../align-columns.ts'
import { wrapIndented, wrapText } from '../wrap-text.ts'
import { unbounded, withoutName } from './run-frame.ts'

/** Which cell of a row is the node's name. */
const nodeCell = 2

/**
 * A plan for people: one line a node in the order in which they would begin, and what would hold drains up. No line is wider than the columns, which are
 * as many as there are words where output is no terminal.
 */
export function planText({ name, version, nodes, end }: PlannedUpgrade, columns = unbounded.columns): string {
  const different = new Set(nodes.map(({ node }) => node)).size
  const turns = nodes.length === different ? '' : `, in ${nodes.length} turns`
  const count = different === 1 ? '1 node' : `${different} nodes`
  const stays = nodes.length > 0 && nodes.every(({ from, to }) => from === to)
  const what = stays
    ? `: ${count} whose ${nodes.length === 1 ? 'host is' : 'hosts are'} changed`
    : ` to ${version}: ${count} to bring there${turns}`
  const head = wrapText(`ClusterUpgrade ${name}${what}; nothing is changed now`, columns)
  const rows = nodes.map((turn, index) => [String(index + 1), turn.hop.version, turn.node, turn.from, podsCell(turn), turn.why])
  const table =
    nodes.length === 0 ? [] : ['', ...fitColumns([['#', 'HOP', 'NODE', 'RUNS', 'PODS', 'WHY'], ...rows], columns, nodeCell).flat()]
  const when = nodes.some(({ drain }) => drain.trouble !== undefined) ? 'End, when all of them do' : 'End'
  const last = wrapText(`${when}: ${end.phase ?? 'unknown'}: ${end.message ?? 'nothing is said'}`, columns)
  return [...head, ...table, ...troubles(nodes, columns), '', ...last].join('\n')
}

/** Pods that move, how many rules leave on the node, and volumes that have to be detached. */
function podsCell({ drain: { pods, left, volumes } }: PlannedNode): string {
  const stay = left === undefined ? [] : [`${left} stay`]
  const detached = volumes === undefined ? [] : [`${volumes} ${volumes === 1 ? 'volume' : 'volumes'}`]
  return [String(pods), ...stay, ...detached].join(', ')
}

/** Of each node once, as pods lie now. */
function troubles(nodes: readonly PlannedNode[], columns: number): readonly string[] {
  const told = new Map(nodes.flatMap(({ node, drain: { trouble } }) => (trouble === undefined ? [] : [[node, trouble] as const])))
  if (told.size === 0) return []
  const lines = [...told].flatMap(([node, trouble]) =>
    wrapIndented(`${node}: ${withoutName(trouble, node)}`, Math.max(columns - 2, 1), '  ').map((line) => `  ${line}`),
  )
  return ['', ...wrapText('As pods lie now, these drains would not end by themselves, or wait for others:', columns), ...lines]
}
