import { styleText } from 'node:util'
import type { InFlightStatus, PoolStatus } from '../../core/upgrade/api/upgrade-status.ts'
import { fitColumns } from '../align-columns.ts'
import { wrapIndented, wrapText } from '../wrap-text.ts'
import { durationText } from './duration-text.ts'
import type { RunState } from './run-state.ts'

/** What a terminal shows of a run at one moment. */
export interface RunFrame {
  readonly run: RunState
  /** Epoch milliseconds. */
  readonly nowMs: number
  /** `Away`: the API server does not answer, and what is shown is how it was. */
  readonly state: 'Live' | 'Away' | 'Ended' | 'Once'
}

export interface FrameSize {
  readonly columns: number
  readonly rows: number
}

const remarks = {
  Live: 'Ctrl-C leaves it running',
  Away: 'the API server does not answer; the run goes on',
  Ended: '',
  Once: '',
} as const

/** Longer than any line: for output that is no terminal. */
export const unbounded: FrameSize = { columns: Number.MAX_SAFE_INTEGER, rows: Number.MAX_SAFE_INTEGER }

/**
 * Draws a run without colours: where it is, each pool with its batch, a line for each node in flight with step, time and what it waits for, what
 * failed, what is next. No line is wider than the columns. Where rows are few, what a node waits for is cut to its line, then nodes are counted.
 */
export function drawRun(frame: RunFrame, { columns, rows }: FrameSize): string {
  const { run, state } = frame
  const head = [...headline(run, columns), ...standing(frame, columns)]
  const pools = poolTable(run, columns)
  const foot = [...failures(run, columns), ...messageLines(run, columns), ...(remarks[state] === '' ? [] : ['', remarks[state]])]
  const room = Math.max(rows - head.length - pools.length - foot.length - 3, 2)
  const nodes = fittingNodes(nodeTable(frame, columns), room)
  const lines = [...head, ...section(pools), ...section(nodes), ...section(foot)]
  return lines.map((line) => cut(line, columns)).join('\n')
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines]
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(columns - 1, 0))}…`
}

/** The phase stands at the end of a line of its own where the whole is too long. */
function headline({ name, goal, status }: RunState, columns: number): readonly string[] {
  const way = goal === undefined ? 'to no version that can be read' : wayText(status.from, goal)
  const parts = [`ClusterUpgrade ${name}`, way, status.phase ?? 'Waiting']
  const line = parts.join('   ')
  return line.length <= columns ? [line] : parts.flatMap((part) => wrapIndented(part, columns, '  '))
}

function wayText(from: string | undefined, goal: string): string {
  return from === undefined || from === goal ? `to ${goal}` : `${from} → ${goal}`
}

/** In one line while a run goes on: where that is too long, how often pods moved is told with its end. Elsewhere it is whole, and breaks between its parts. */
function standing({ run: { status }, nowMs, state }: RunFrame, columns: number): readonly string[] {
  const { hop, progress, moves, startedAt, endedAt } = status
  const where = [
    ...(hop === undefined ? [] : [`hop ${hop.number}/${hop.of} ${hop.version}`]),
    ...(progress === undefined ? [] : [`control plane ${progress.controlPlane}`, `nodes ${progress.nodes}`]),
  ]
  const moved = moves === undefined ? [] : [`${moves.perPod} moves a pod`]
  const elapsed =
    startedAt === undefined ? [] : [durationText((endedAt === undefined ? nowMs : Date.parse(endedAt)) - Date.parse(startedAt))]
  const lines = joinParts([...where, ...moved, ...elapsed], columns)
  const goesOn = state === 'Live' || state === 'Away'
  return goesOn && lines.length > 1 ? joinParts([...where, ...elapsed], columns) : lines
}

/** As many parts in a line as fit, with points between them. */
function joinParts(parts: readonly string[], columns: number): readonly string[] {
  const lines: string[] = []
  for (const part of parts) {
    const joined = lines.length === 0 ? part : `${lines.at(-1)} · ${part}`
    if (lines.length > 0 && joined.length <= columns) lines[lines.length - 1] = joined
    else lines.push(part)
  }
  return lines.flatMap((line) => wrapText(line, columns))
}

function poolTable({ status: { pools = [], inFlight = [] } }: RunState, columns: number): readonly string[] {
  if (pools.length === 0) return []
  const isAtWork = (node: string) => inFlight.some((one) => one.node === node)
  const rows = pools.map((pool) => [pool.name, `${pool.done}/${pool.nodes}`, batchCell(pool, isAtWork)])
  return fitColumns([['POOL', 'DONE', 'BATCH'], ...rows], columns).flat()
}

function batchCell({ batch, nodes, done }: PoolStatus, isAtWork: (node: string) => boolean): string {
  if (batch === undefined) return done === nodes ? '✓' : ''
  return `${batch.number}: ${batch.nodes.filter(isAtWork).length} of ${batch.nodes.length} at work`
}

/** The lines of each row by themselves. */
function nodeTable({ run, nowMs }: RunFrame, columns: number): readonly (readonly string[])[] {
  const { inFlight = [] } = run.status
  if (inFlight.length === 0) return []
  return fitColumns([['NODE', 'STEP', 'TIME', 'WAITS FOR'], ...inFlight.map((node) => nodeCells(node, nowMs))], columns)
}

function fittingNodes(table: readonly (readonly string[])[], room: number): readonly string[] {
  const whole = table.flat()
  if (whole.length <= room) return whole
  const brief = table.map(([first = '', ...rest]) => (rest.length === 0 ? first : `${first}…`))
  return brief.length <= room ? brief : [...brief.slice(0, room - 1), `… and ${brief.length - room + 1} more nodes in flight`]
}

function nodeCells({ node, step, since, attempt, message = '' }: InFlightStatus, nowMs: number): readonly string[] {
  const tries = attempt > 1 ? ` (try ${attempt})` : ''
  return [node, `▸ ${step}${tries}`, durationText(nowMs - Date.parse(since)), oneLine(withoutName(message, node))]
}

/** Messages of a node begin with its name, which stands at the line's beginning here. */
export function withoutName(message: string, node: string): string {
  const [beginning] = [`${node}: `, `${node} `].filter((each) => message.startsWith(each))
  return beginning === undefined ? message : message.slice(beginning.length)
}

export function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' | ')
}

function failures({ status: { failed = [], findings = [] } }: RunState, columns: number): readonly string[] {
  const found = findings.flatMap((finding) => wrapIndented(`! ${finding}`, columns, '  '))
  const lines = failed.flatMap(({ node, reason, message }) =>
    wrapIndented(`✘ ${node} ${reason}: ${oneLine(withoutName(message, node))}`, columns, '  '),
  )
  return [...lines, ...found]
}

/** The whole sentence: it says what to do. That a spec cannot be read is known before a controller says so. */
function messageLines({ status, problem }: RunState, columns: number): readonly string[] {
  return wrapText(oneLine(status.message ?? problem ?? 'no controller has looked at it yet'), columns)
}

/** Colours for a drawn frame: they come last, as a line is cut by what is seen of it. */
export function paintRun(text: string): string {
  return text
    .replaceAll(/^(POOL|NODE) .*/gm, (line) => styleText('dim', line, { validateStream: false }))
    .replaceAll(/▸ \w+/g, (step) => styleText('cyan', step, { validateStream: false }))
    .replaceAll(/✓|\b(Complete)$/gm, (done) => styleText('green', done, { validateStream: false }))
    .replaceAll(/✘ \S+ \w+|\b(Stopped|Refused)$/gm, (failed) => styleText('red', failed, { validateStream: false }))
    .replaceAll(/\b(Paused|Cancelling|Cancelled|CompletedWithFindings)$/gm, (held) => styleText('yellow', held, { validateStream: false }))
}
