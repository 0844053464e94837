import { alignColumns } from '../align-columns.ts'
import type { PlannedNode, PlannedUpgrade } from '../run-plan.ts'

/** A plan for people: one line a node in the order in which they would begin, and what would hold drains up. */
export function planText({ name, version, nodes, end }: PlannedUpgrade): string {
  const head = `ClusterUpgrade ${name} to ${version}: ${nodes.length === 1 ? '1 node' : `${nodes.length} nodes`} to bring there; nothing is changed now`
  const rows = nodes.map((turn, index) => [String(index + 1), turn.hop.version, turn.node, turn.from, String(turn.drain.pods), turn.why])
  const table = nodes.length === 0 ? [] : ['', ...alignColumns([['#', 'HOP', 'NODE', 'RUNS', 'PODS', 'WHY'], ...rows])]
  const held = troubles(nodes)
  const when = held.length === 0 ? 'End' : 'End, when all of them do'
  return [head, ...table, ...held, '', `${when}: ${end.phase ?? 'unknown'}: ${end.message ?? 'nothing is said'}`].join('\n')
}

/** Of each node once, as pods lie now. */
function troubles(nodes: readonly PlannedNode[]): readonly string[] {
  const told = new Map(nodes.flatMap(({ node, drain: { trouble } }) => (trouble === undefined ? [] : [[node, trouble] as const])))
  if (told.size === 0) return []
  const lines = [...told].map(
    ([node, trouble]) => `  ${node}: ${trouble.startsWith(`${node} `) ? trouble.slice(node.length + 1) : trouble}`,
  )
  return ['', 'As pods lie now, these drains would not end by themselves, or wait for others:', ...lines]
}
