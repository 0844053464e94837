import { setTimeout as sleep } from 'node:timers/promises'
import { elapsed } from '../scripts/progress.mjs'
import { frameWriter } from '../src/cli/upgrade/frame-writer.ts'
import { windowSize } from '../src/cli/upgrade/window-size.ts'

const lookEveryMs = 300
const answersWithinMs = 2000

/** What is watched is not there any more. */
export class SightLost extends Error {}

/** What is watched: how it is looked at, when it is over, and how it is shown. */
export interface Sight<T> {
  /** Rejects while the API server does not answer, and with `SightLost`. */
  readonly look: () => Promise<T>
  readonly isOver: (seen: T) => boolean
  /** What changed between two looks, a line each; without the first of them, how everything is. */
  readonly changes: (before: T | undefined, after: T) => readonly string[]
  /** A frame for a terminal of this size, without colours; no line is longer than it is wide. Of more lines than rows the last ones are shown. */
  readonly draw: (frame: SightFrame<T>, size: { columns: number; rows: number }) => string
  /** Colours for a drawn frame: they come last, as a line is cut by what is seen of it. */
  readonly paint: (text: string) => string
}

/** What the terminal shows at one moment. */
export interface SightFrame<T> {
  /** Nothing before the first answer. */
  readonly seen: T | undefined
  /** `Away`: the API server does not answer, and what is shown is how it was. */
  readonly state: 'Answers' | 'Away' | 'Ended'
  /** What has happened so far, oldest first. */
  readonly history: readonly string[]
  /** For people: `12 s`. */
  readonly elapsed: string
}

/** Shows what happens until it is over, or `signal` aborts (undefined): a live view on a terminal, lines elsewhere. Resolves with the last look; throws `SightLost`. */
export async function watchCluster<T>(sight: Sight<T>, signal: AbortSignal): Promise<T | undefined> {
  const view = process.stdout.isTTY ? liveView(sight) : lineView(sight)
  try {
    while (!signal.aborted) {
      // an API server is away for a moment while its own node is upgraded
      const seen = await timely(sight.look()).catch(unlessLost)
      view.seen(seen)
      if (seen !== undefined && sight.isOver(seen)) return seen
      await sleep(lookEveryMs, undefined, { signal }).catch(() => {})
    }
    return undefined
  } finally {
    view.end()
  }
}

function unlessLost(error: unknown): undefined {
  if (error instanceof SightLost) throw error
}

async function timely<T>(look: Promise<T>): Promise<T> {
  const late = new AbortController()
  const isLate = sleep(answersWithinMs, undefined, { signal: late.signal }).then(() => {
    throw new Error('the API server does not answer')
  })
  isLate.catch(() => {})
  try {
    return await Promise.race([look, isLate])
  } finally {
    late.abort()
  }
}

interface View<T> {
  /** Nothing: the API server has not answered. */
  seen(look: T | undefined): void
  end(): void
}

function lineView<T>({ changes }: Sight<T>): View<T> {
  const begin = performance.now()
  let before: T | undefined
  return {
    seen(look) {
      if (look === undefined) return
      for (const line of changes(before, look)) process.stdout.write(`${elapsed(begin).padStart(12)}  ${line}\n`)
      before = look
    },
    end() {},
  }
}

function liveView<T>({ changes, draw, paint }: Sight<T>): View<T> {
  const begin = performance.now()
  const writeFrame = frameWriter((text) => process.stdout.write(text))
  const history: string[] = []
  let seen: T | undefined
  let state: SightFrame<T>['state'] = 'Answers'
  const show = () => {
    const { columns, rows } = windowSize(process.stdout)
    const lines = draw({ seen, state, history, elapsed: elapsed(begin) }, { columns, rows }).split('\n')
    // the last frame of all stays as it is
    const fitting = state === 'Ended' ? lines : lines.slice(-Math.max(rows - 1, 1))
    writeFrame({ lines: fitting, columns, paint: process.env.NO_COLOR ? (text) => text : paint })
  }
  // the clock goes on while nobody answers
  const timer = setInterval(show, 500)
  return {
    seen(look) {
      state = look === undefined ? 'Away' : 'Answers'
      if (look !== undefined) {
        // how it was at the start is in the picture
        const lines = seen === undefined ? [] : changes(seen, look)
        history.push(...lines.map((line) => `${elapsed(begin).padStart(10)}  ${line}`))
        seen = look
      }
      show()
    },
    end() {
      clearInterval(timer)
      state = 'Ended'
      show()
    },
  }
}
