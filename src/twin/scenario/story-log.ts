import { createHash } from 'node:crypto'
import type { Clock } from '../../cluster/clock.ts'

/** One thing that has happened, so many milliseconds after the begin. */
export interface StoryLine {
  readonly atMs: number
  readonly text: string
}

/** What happens in a scenario, in its order. */
export class StoryLog {
  readonly #clock: Clock
  readonly #startMs: number
  readonly #listener: (line: StoryLine) => void
  readonly lines: StoryLine[] = []

  constructor(clock: Clock, listener: (line: StoryLine) => void = () => {}) {
    this.#clock = clock
    this.#startMs = clock.now()
    this.#listener = listener
  }

  /** Milliseconds since the begin. */
  get elapsedMs(): number {
    return this.#clock.now() - this.#startMs
  }

  tell(text: string): void {
    const line = { atMs: this.elapsedMs, text }
    this.lines.push(line)
    this.#listener(line)
  }

  /** SHA-256 over all lines: the same for the same scenario and seed. */
  hash(): string {
    const hash = createHash('sha256')
    for (const { atMs, text } of this.lines) hash.update(`${atMs} ${text}\n`)
    return hash.digest('hex')
  }
}
