import type { Hop, HopNodes, UpgradePath, WayPoint } from '../core/upgrade/path/upgrade-path.ts'

/** Columns that a terminal has at least. */
const narrow = 80

/** A path for people: one line for each hop, then what has to be true before them. No line is wider than 80 columns. */
export function pathTable(path: UpgradePath): string {
  if (path.hops.length === 0) return `${path.to} runs everywhere: there is nothing to do`
  const rows = path.hops.map((hop, index) => [String(index + 1), controlPlaneText(hop), nodesText(hop.nodes)])
  const before = path.hops.flatMap((hop, index) => duties(hop, index + 1))
  return [headline(path), '', ...columns([['HOP', 'CONTROL PLANE', 'NODES'], ...rows]), ...before, ...foot(path)].join('\n')
}

/** The same with reasons, notes and their pages, in lines as long as they are. */
export function widePathTable(path: UpgradePath): string {
  if (path.hops.length === 0) return pathTable(path)
  const rows = path.hops.map((hop, index) => [String(index + 1), controlPlaneText(hop), nodesText(hop.nodes), hop.nodes.reason])
  const details = path.hops.flatMap((hop, index) => wideDetails(hop, index + 1))
  return [headline(path), '', ...columns([['HOP', 'CONTROL PLANE', 'NODES', 'WHY'], ...rows]), ...details].join('\n')
}

function headline({ from, to, distribution, hops, nodeMoves }: UpgradePath): string {
  return `${from} to ${to} (${distribution}): ${count(hops.length, 'hop')}, ${nodeMoves === 0 ? 'nodes stay' : `nodes move ${times(nodeMoves)}`}`
}

function controlPlaneText({ version, controlPlane }: Hop): string {
  return controlPlane.from === controlPlane.to ? `${version} (is there)` : version
}

function nodesText({ required, cause, from }: HopNodes): string {
  if (required) return from.length > 2 ? `move here from ${from[0]} and ${from.length - 1} others` : `move here from ${from.join(', ')}`
  if (cause === 'NoNodes') return 'none'
  return cause === 'NotBehind' ? 'are there' : 'may stay'
}

const states: Record<WayPoint['state'], string> = { Check: 'check', Required: 'do', MetByPath: 'met' }

function duties(hop: Hop, number: number): readonly string[] {
  const lines = [
    ...hop.wayPoints.map(
      ({ state, when, needs }) => `${states[state].padEnd(7)}${when === 'BeforeNodes' ? 'before the nodes: ' : ''}${needs}`,
    ),
    ...hop.risks.map((risk) => `RISK   ${risk}`),
  ]
  return lines.length === 0 ? [] : ['', `Before hop ${number}, ${hop.version}`, ...lines.flatMap((line) => wrapped(line, 9))]
}

function foot({ hops }: UpgradePath): readonly string[] {
  const risks = hops.some((hop) => hop.risks.length > 0)
    ? ['', 'Nobody supports a cluster beyond the version-skew policy; see RISK above.']
    : []
  return [...risks, '', 'Why, with notes and pages: -o wide']
}

function wideDetails(hop: Hop, number: number): readonly string[] {
  const wayPoints = hop.wayPoints.flatMap(({ id, state, when, needs, reason, source }) => [
    `  ${states[state].padEnd(7)}${id}, ${when === 'BeforeNodes' ? 'before the nodes' : 'before the control plane'}: ${needs}; ${reason}`,
    `         ${source}`,
  ])
  const notes = hop.notes.map(({ text, link }) => `  note   ${text} (${link})`)
  const lines = [...wayPoints, ...hop.risks.map((risk) => `  RISK   ${risk}`), ...notes]
  return lines.length === 0 ? [] : ['', `Hop ${number}, ${hop.version}`, ...lines]
}

/** Rows under each other, three blanks between columns. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3))
      .join('')
      .trimEnd(),
  )
}

/** The words of a line in lines that fit; those after the first begin `indent` blanks in. A word that is too long stays whole. */
function wrapped(line: string, indent: number): readonly string[] {
  const lines: string[] = []
  // the blanks after the first word are a column
  let current = `  ${line.slice(0, indent - 2)}`
  for (const word of line.slice(indent - 2).split(' ')) {
    const longer = current.length === indent ? `${current}${word}` : `${current} ${word}`
    if (longer.length <= narrow || current.length === indent) {
      current = longer
      continue
    }
    lines.push(current)
    current = ' '.repeat(indent) + word
  }
  return [...lines, current]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function times(number: number): string {
  return ['never', 'once', 'twice'][number] ?? `${number} times`
}
