import { durationText } from './duration-text.ts'
import { frameWriter } from './frame-writer.ts'
import { answersEvent, endedEvent, type RunEnd, type RunEvent, statusEvent } from './run-events.ts'
import { drawRun, type FrameSize, paintRun, type RunFrame, unbounded } from './run-frame.ts'
import { runChanges } from './run-lines.ts'
import type { RunState } from './run-state.ts'

/** Where a view is shown. */
export interface ViewPorts {
  /** Standard output. */
  readonly write: (text: string) => void
  /** Undefined where output is no terminal. */
  readonly size: () => FrameSize | undefined
  readonly colours: boolean
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Calls again and again; the returned function ends it. */
  readonly every: (ms: number, callback: () => void) => () => void
  /** Calls when the terminal has another size; the returned function ends it. */
  readonly onResize: (callback: () => void) => () => void
}

/** Shows a run while it is followed. */
export interface RunView {
  seen(run: RunState): void
  answers(answers: boolean): void
  /** What is shown last stays. */
  end(how: RunEnd): void
}

export type ViewKind = 'Text' | 'Json'

/** A view that draws anew on a terminal, tells changes line by line elsewhere, and prints one JSON object a change where that is asked for. */
export function runView(kind: ViewKind, name: string, ports: ViewPorts): RunView {
  if (kind === 'Json') return jsonView(name, ports)
  return ports.size() === undefined ? lineView(ports) : liveView(ports)
}

function jsonView(name: string, { write, now }: ViewPorts): RunView {
  const tell = (event: RunEvent) => write(`${JSON.stringify(event)}\n`)
  return {
    seen: (run) => tell(statusEvent(run, now())),
    answers: (answers) => tell(answersEvent(name, answers, now())),
    end: (how) => tell(endedEvent(name, how, now())),
  }
}

function lineView({ write, now }: ViewPorts): RunView {
  const beginMs = now()
  let before: RunState | undefined
  const tell = (line: string) => write(`${durationText(now() - beginMs).padStart(12)}  ${line}\n`)
  return {
    seen(run) {
      for (const line of runChanges(before, run)) tell(line)
      before = run
    },
    answers: (answers) => tell(answers ? 'the API server answers again' : 'the API server does not answer; the run goes on'),
    end() {},
  }
}

const redrawMs = 500

function liveView({ write, size, colours, now, every, onResize }: ViewPorts): RunView {
  let run: RunState | undefined
  let state: RunFrame['state'] = 'Live'
  const writeFrame = frameWriter(write)
  const draw = () => {
    const room = size()
    if (run === undefined || room === undefined) return
    const lines = fittingLines({ run, nowMs: now(), state }, room)
    writeFrame({ lines, columns: room.columns, paint: colours ? paintRun : (text) => text })
  }
  const stops = [every(redrawMs, draw), onResize(draw)]
  return {
    seen(next) {
      run = next
      draw()
    },
    answers(answers) {
      state = answers ? 'Live' : 'Away'
      draw()
    },
    end() {
      for (const stop of stops) stop()
      state = 'Ended'
      draw()
    },
  }
}

/**
 * A frame that the cursor can go back over: the last row stays free, or the terminal would scroll, and of one that is too high the end is shown, which says
 * what to do. Nothing goes back over the last frame of all: it is whole.
 */
function fittingLines(frame: RunFrame, { columns, rows }: FrameSize): readonly string[] {
  if (frame.state === 'Ended') return drawRun(frame, { columns, rows: unbounded.rows }).split('\n')
  const most = Math.max(rows - 1, 1)
  return drawRun(frame, { columns, rows: most }).split('\n').slice(-most)
}
