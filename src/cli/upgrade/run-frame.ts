import { styleText } from 'node:util'
import type { InFlightStatus, PoolStatus } from '../../core/upgrade/upgrade-status.ts'
import { alignColumns } from '../align-columns.ts'
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
 * failed, what is next. Each line fits the columns; nodes that do not fit the rows are counted.
 */
export function drawRun(frame: RunFrame, { columns, rows }: FrameSize): string {
  const { run, state } = frame
  const head = [headline(run), ...standing(frame)]
  const pools = poolTable(run)
  const foot = [...failures(run), ...messageLines(run, columns), ...(remarks[state] === '' ? [] : ['', remarks[state]])]
  const nodes = nodeTable(frame)
  const room = Math.max(rows - head.length - pools.length - foot.length - 3, 2)
  const shown = nodes.length <= room ? nodes : [...nodes.slice(0, room - 1), `… and ${nodes.length - room + 1} more nodes in flight`]
  const lines = [...head, ...section(pools), ...section(shown), ...section(foot)]
  return lines.map((line) => cut(line, columns)).join('\n')
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines]
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(columns - 1, 0))}…`
}

function headline({ name, version, status }: RunState): string {
  const way = status.from === undefined ? `to ${version ?? '?'}` : `${status.from} → ${version ?? '?'}`
  return `ClusterUpgrade ${name}   ${way}   ${status.phase ?? 'Waiting'}`
}

function standing({ run: { status }, nowMs }: RunFrame): readonly string[] {
  const { hop, progress, startedAt, endedAt } = status
  const parts = [
    ...(hop === undefined ? [] : [`hop ${hop.number}/${hop.of} ${hop.version}`]),
    ...(progress === undefined ? [] : [`control plane ${progress.controlPlane}`, `nodes ${progress.nodes}`]),
    ...(startedAt === undefined ? [] : [durationText((endedAt === undefined ? nowMs : Date.parse(endedAt)) - Date.parse(startedAt))]),
  ]
  return parts.length === 0 ? [] : [parts.join(' · ')]
}

function poolTable({ status: { pools = [], inFlight = [] } }: RunState): readonly string[] {
  if (pools.length === 0) return []
  const isAtWork = (node: string) => inFlight.some((one) => one.node === node)
  return alignColumns([
    ['POOL', 'DONE', 'BATCH'],
    ...pools.map((pool) => [pool.name, `${pool.done}/${pool.nodes}`, batchCell(pool, isAtWork)]),
  ])
}

function batchCell({ batch, nodes, done }: PoolStatus, isAtWork: (node: string) => boolean): string {
  if (batch === undefined) return done === nodes ? '✓' : ''
  return `${batch.number}: ${batch.nodes.filter(isAtWork).length} of ${batch.nodes.length} at work`
}

function nodeTable({ run, nowMs }: RunFrame): readonly string[] {
  const { inFlight = [] } = run.status
  if (inFlight.length === 0) return []
  return alignColumns([['NODE', 'STEP', 'TIME', 'WAITS FOR'], ...inFlight.map((node) => nodeCells(node, nowMs))])
}

function nodeCells({ node, step, since, attempt, message = '' }: InFlightStatus, nowMs: number): readonly string[] {
  const tries = attempt > 1 ? ` (try ${attempt})` : ''
  return [node, `▸ ${step}${tries}`, durationText(nowMs - Date.parse(since)), oneLine(withoutName(message, node))]
}

/** Messages of a node begin with its name, which stands at the line's beginning here. */
export function withoutName(message: string, node: string): string {
  return message.startsWith(`${node}: `) ? message.slice(node.length + 2) : message
}

export function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' | ')
}

function failures({ status: { failed = [] } }: RunState): readonly string[] {
  return failed.map(({ node, reason, message }) => `✘ ${node} ${reason}: ${oneLine(message)}`)
}

/** The whole sentence: it says what to do. */
function messageLines({ status: { message } }: RunState, columns: number): readonly string[] {
  if (message === undefined) return ['no controller has looked at it yet']
  return wrapped(oneLine(message), columns)
}

function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
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
