import type { HostPreparation } from '../../core/prepare/plan-preparation.ts'
import { durationText } from '../upgrade/duration-text.ts'
import type { ExitCode } from '../upgrade/exit-code.ts'
import { frameWriter } from '../upgrade/frame-writer.ts'
import type { ViewPorts } from '../upgrade/run-views.ts'
import { drawPrepare, type HostProgress, hostText, type PrepareEnd, paintPrepare } from './prepare-frame.ts'

/** Shows what goes on on the hosts. */
export interface PrepareView {
  hop(node: string, version: string): void
  says(node: string, line: string): void
  ended(node: string, end: PrepareEnd): void
  end(exitCode: ExitCode): void
}

export interface PrepareViewOptions {
  readonly version: string
  readonly hosts: readonly { readonly node: string; readonly versions: readonly string[] }[]
  readonly json: boolean
}

/** One picture that is drawn anew on a terminal, lines elsewhere, and one JSON object a line where that is asked for. */
export function prepareView(options: PrepareViewOptions, ports: ViewPorts): PrepareView {
  if (options.json) return jsonView(options, ports)
  return ports.size() === undefined ? lineView(options, ports) : liveView(options, ports)
}

/** One line of `-o json`. Fields are added with time, and none is taken away. */
type PrepareEvent = { readonly time: string } & (
  | { readonly event: 'Hop'; readonly node: string; readonly version: string }
  | { readonly event: 'Step'; readonly node: string; readonly version: string; readonly message: string }
  | ({ readonly event: 'Host'; readonly node: string; readonly state: 'Done'; readonly already?: true } & Pick<HostPreparation, 'hops'>)
  | { readonly event: 'Host'; readonly node: string; readonly state: 'Failed'; readonly message: string; readonly lines: readonly string[] }
  | { readonly event: 'Ended'; readonly exitCode: ExitCode }
)

type Untimed<T> = T extends unknown ? Omit<T, 'time'> : never

function jsonView({ hosts }: PrepareViewOptions, { write, now }: ViewPorts): PrepareView {
  const versions = new Map(hosts.map(({ node, versions: [first = ''] }) => [node, first]))
  const tell = (event: Untimed<PrepareEvent>) => write(`${JSON.stringify({ time: new Date(now()).toISOString(), ...event })}\n`)
  return {
    hop(node, version) {
      versions.set(node, version)
      tell({ event: 'Hop', node, version })
    },
    says: (node, message) => tell({ event: 'Step', node, version: versions.get(node) ?? '', message }),
    ended(node, end) {
      if (end.kind === 'Done')
        tell({ event: 'Host', node, state: 'Done', ...(end.already === true ? { already: true } : {}), hops: end.preparation.hops })
      else tell({ event: 'Host', node, state: 'Failed', message: end.message, lines: end.lines })
    },
    end: (exitCode) => tell({ event: 'Ended', exitCode }),
  }
}

function lineView({ hosts }: PrepareViewOptions, { write, now }: ViewPorts): PrepareView {
  const beginMs = now()
  const width = Math.max(...hosts.map(({ node }) => node.length))
  const versions = new Map<string, string>()
  const tell = (node: string, line: string) => write(`${durationText(now() - beginMs).padStart(12)}  ${node.padEnd(width)}  ${line}\n`)
  return {
    hop: (node, version) => void versions.set(node, version),
    says: (node, line) => tell(node, `${versions.get(node)}: ${line}`),
    ended(node, end) {
      if (end.kind === 'Failed') for (const line of end.lines.slice(-5)) tell(node, `  ${line}`)
      tell(node, hostText(end))
    },
    end() {},
  }
}

const redrawMs = 500

function liveView({ version, hosts }: PrepareViewOptions, { write, size, colours, now, every, onResize }: ViewPorts): PrepareView {
  const beginMs = now()
  const progress = new Map<string, HostProgress>(hosts.map(({ node, versions }) => [node, { node, versions }]))
  const change = (node: string, more: Partial<HostProgress>) => {
    const before = progress.get(node)
    if (before !== undefined) progress.set(node, { ...before, ...more })
    draw()
  }
  const writeFrame = frameWriter(write)
  let isOver = false
  const draw = () => {
    const room = size()
    if (room === undefined) return
    const frame = { version, hosts: [...progress.values()], beginMs, nowMs: now(), isOver }
    const lines = drawPrepare(frame, { columns: room.columns, rows: isOver ? Number.MAX_SAFE_INTEGER : Math.max(room.rows - 1, 1) })
    writeFrame({ lines, columns: room.columns, paint: colours ? paintPrepare : (text) => text })
  }
  const stops = [every(redrawMs, draw), onResize(draw)]
  draw()
  return {
    hop: (node, hop) => change(node, { hop, step: 'looks what is there', sinceMs: now() }),
    says: (node, step) => change(node, { step, sinceMs: now() }),
    ended: (node, end) => change(node, { end }),
    end() {
      for (const stop of stops) stop()
      isOver = true
      draw()
    },
  }
}
