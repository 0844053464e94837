import { styleText } from 'node:util'
import type { HostPreparation } from '../../core/prepare/plan-preparation.ts'
import { alignColumns, fitColumns } from '../align-columns.ts'
import { durationText } from '../upgrade/duration-text.ts'
import type { FrameSize } from '../upgrade/run-frame.ts'
import { wrapIndented } from '../wrap-text.ts'
import { bytesText } from './prepare-list.ts'

/** How it ended on a host. */
export type PrepareEnd =
  /** `already`: all was there before, and nothing was fetched. */
  | { readonly kind: 'Done'; readonly preparation: HostPreparation; readonly already?: true }
  /** `message`: one sentence; `lines`: what the host printed before. */
  | { readonly kind: 'Failed'; readonly message: string; readonly lines: readonly string[] }

/** How far a host is. */
export interface HostProgress {
  readonly node: string
  readonly versions: readonly string[]
  /** Absent: it waits for its turn. */
  readonly hop?: string
  /** What goes on, and since when. */
  readonly step?: string
  readonly sinceMs?: number
  readonly end?: PrepareEnd
}

export interface PrepareFrame {
  readonly version: string
  readonly hosts: readonly HostProgress[]
  readonly beginMs: number
  readonly nowMs: number
  readonly isOver: boolean
}

/** Draws it without colours: how many hosts are done, a line for each that is not, what failed. Where rows are few, hosts are counted. */
export function drawPrepare(frame: PrepareFrame, { columns, rows }: FrameSize): readonly string[] {
  const { hosts, isOver } = frame
  const head = headline(frame)
  const failures = hosts.flatMap(({ node, end }) => (end?.kind === 'Failed' ? failureLines(node, end, columns) : []))
  const foot = [...section(failures), ...(isOver ? [] : ['', 'Ctrl-C leaves running what was begun on hosts'])]
  const shown = isOver
    ? hosts.filter(({ end }) => end?.kind === 'Done')
    : hosts.filter(({ end, hop }) => end === undefined && hop !== undefined)
  const table = isOver ? doneTable(shown, columns) : workTable(shown, frame)
  const room = Math.max(rows - foot.length - 2, 2)
  const fitting = table.length <= room ? table : [...table.slice(0, room - 1), `… and ${table.length - room + 1} more`]
  return [head, ...section(fitting), ...foot]
    .map((line) => (line.length <= columns ? line : `${line.slice(0, Math.max(columns - 1, 0))}…`))
    .slice(-rows)
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines]
}

function headline({ version, hosts, beginMs, nowMs }: PrepareFrame): string {
  const of = (kind: PrepareEnd['kind']) => hosts.filter(({ end }) => end?.kind === kind).length
  const failed = of('Failed') === 0 ? '' : `, ${of('Failed')} failed`
  return `Prepare ${version}   ${of('Done')} of ${hosts.length} hosts done${failed}   ${durationText(nowMs - beginMs)}`
}

function workTable(hosts: readonly HostProgress[], { nowMs }: PrepareFrame): readonly string[] {
  if (hosts.length === 0) return []
  const rows = hosts.map(({ node, versions, hop = '', step = '', sinceMs = nowMs }) => {
    const number = versions.length === 1 ? '' : ` (${versions.indexOf(hop) + 1}/${versions.length})`
    return [node, `${hop}${number}`, durationText(nowMs - sinceMs), `▸ ${step}`]
  })
  // a line a host: what is too long is cut
  return alignColumns([['HOST', 'HOP', 'TIME', 'STEP'], ...rows])
}

function doneTable(hosts: readonly HostProgress[], columns: number): readonly string[] {
  if (hosts.length === 0) return []
  const rows = hosts.flatMap(({ node, end }) => (end?.kind === 'Done' ? [[node, `✓ ${doneText(end)}`]] : []))
  return fitColumns([['HOST', 'WHAT IS THERE'], ...rows], columns).flat()
}

/** `v1.21.14: 3 packages (60 MiB), 7 images (200 MiB)`: the sizes of what lies there, where they are known. */
function doneText({ preparation: { hops }, already }: Extract<PrepareEnd, { kind: 'Done' }>): string {
  const files = hops.flatMap((hop) => hop.files)
  const packages = hops.flatMap((hop) => hop.packages)
  const images = [...new Map(hops.flatMap((hop) => hop.images.map((image) => [image.name, image] as const))).values()]
  const parts = [
    ...(packages.length === 0 ? [] : [countText(packages, 'package')]),
    ...(images.length === 0 ? [] : [countText(images, 'image')]),
    ...(files.length === 0 ? [] : [countText(files, 'file')]),
  ]
  return `${hops.map(({ version }) => version).join(', ')}: ${parts.join(', ')}${already === true ? ', all there before' : ''}`
}

function countText(needs: readonly { readonly bytes?: number }[], what: string): string {
  const size = bytesText(needs)
  return `${needs.length} ${what}${needs.length === 1 ? '' : 's'}${size === '' ? '' : ` (${size})`}`
}

/** How it ended, in one line. */
export function hostText(end: PrepareEnd): string {
  return end.kind === 'Done' ? `done: ${doneText(end)}` : `failed: ${end.message}`
}

function failureLines(node: string, { message, lines }: Extract<PrepareEnd, { kind: 'Failed' }>, columns: number): readonly string[] {
  const before = lines.slice(-3).flatMap((line) => wrapIndented(`  ${line}`, columns, '  '))
  return [...wrapIndented(`✘ ${node}: ${message}`, columns, '  '), ...before.map((line) => `  ${line.trimStart()}`)]
}

/** Colours for what was drawn: they come last, as a line is cut by what is seen of it. */
export function paintPrepare(text: string): string {
  return text
    .replaceAll(/^HOST .*/gm, (line) => styleText('dim', line, { validateStream: false }))
    .replaceAll(/▸ [\w-]+/g, (step) => styleText('cyan', step, { validateStream: false }))
    .replaceAll('✓', (done) => styleText('green', done, { validateStream: false }))
    .replaceAll(/^✘ \S+/gm, (failed) => styleText('red', failed, { validateStream: false }))
}
