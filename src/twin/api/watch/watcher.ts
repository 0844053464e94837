import type { Clock } from '../../../cluster/clock.ts'

/** What waits for one watch at most; a client that reads more slowly is cut off. */
export interface QueueLimit {
  readonly events: number
  readonly characters: number
}

const usualLimit: QueueLimit = { events: 10_000, characters: 16 * 1024 * 1024 }

const pieceCharacters = 128 * 1024

export interface WatcherOptions {
  readonly clock: Clock
  /** Told first, made when they are asked for: they take no room in the queue. */
  readonly initial: Iterable<string>
  readonly limit?: QueueLimit
  readonly signal?: AbortSignal
  /** Held back for so long before it is told. */
  readonly lagMs?: number
  /** Called once, when nothing more will be told. */
  readonly onEnd: () => void
}

/** One open watch: what is pushed waits until it is read, in pieces of many events. */
export class Watcher {
  readonly #options: WatcherOptions
  readonly #limit: QueueLimit
  #queue: string[] = []
  #characters = 0
  #wake: (() => void) | undefined
  #state: 'Open' | 'Ending' | 'Ended' = 'Open'

  constructor(options: WatcherOptions) {
    this.#options = options
    this.#limit = options.limit ?? usualLimit
    options.signal?.addEventListener('abort', this.cutOff, { once: true })
  }

  push(text: string): void {
    if (this.#state !== 'Open') return
    this.#queue.push(text)
    this.#characters += text.length
    if (this.#queue.length > this.#limit.events || this.#characters > this.#limit.characters) this.cutOff()
    else this.#wakeUp()
  }

  /** What waits is still told; then the stream ends. */
  end(): void {
    if (this.#state !== 'Open') return
    this.#state = 'Ending'
    this.#release()
    this.#wakeUp()
  }

  /** What waits is thrown away. */
  readonly cutOff = (): void => {
    if (this.#state === 'Ended') return
    if (this.#state === 'Open') this.#release()
    this.#state = 'Ended'
    this.#queue = []
    this.#characters = 0
    this.#wakeUp()
  }

  /** What is told, in pieces of whole events; to be read once. */
  async *pieces(): AsyncGenerator<string, void, undefined> {
    try {
      for (const piece of batched(this.#options.initial)) {
        if (this.#isOver()) return
        yield piece
      }
      while (await this.#hasMore()) {
        const piece = this.#takeAll()
        if (piece !== '') yield piece
      }
    } finally {
      this.cutOff()
    }
  }

  /** Waits until there is something to tell. */
  async #hasMore(): Promise<boolean> {
    while (this.#queue.length === 0) {
      if (this.#state !== 'Open') return false
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const { lagMs = 0, clock, signal } = this.#options
    if (lagMs > 0) await clock.sleep(lagMs, signal)
    return true
  }

  #isOver(): boolean {
    return this.#state === 'Ended'
  }

  #takeAll(): string {
    const piece = this.#queue.join('')
    this.#queue = []
    this.#characters = 0
    return piece
  }

  #release(): void {
    this.#options.signal?.removeEventListener('abort', this.cutOff)
    this.#options.onEnd()
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}

function* batched(texts: Iterable<string>): Generator<string> {
  let batch: string[] = []
  let characters = 0
  for (const text of texts) {
    batch.push(text)
    characters += text.length
    if (characters < pieceCharacters) continue
    yield batch.join('')
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield batch.join('')
}
