import { setTimeout as sleep } from 'node:timers/promises'
import type { SomeObject } from './answer.ts'
import type { SideClient } from './side-client.ts'

export interface WatchEvent {
  readonly type: string
  readonly object: SomeObject
}

/** A watch that remembers what it was told. */
export class RecordedWatch {
  readonly events: WatchEvent[] = []
  status = 0
  /** The body of an answer that was no stream. */
  refusal: unknown
  #ended = false
  readonly #stop = new AbortController()

  /** Resolves when the server has begun to answer. */
  static async open(client: SideClient, path: string): Promise<RecordedWatch> {
    const watch = new RecordedWatch()
    const answer = await client.stream(path, watch.#stop.signal)
    watch.status = answer.statusCode
    if (answer.statusCode === 200) void watch.#read(answer.body)
    else watch.refusal = await answer.body.json()
    return watch
  }

  /** Whether it held within 20 s. */
  async until(holds: (events: readonly WatchEvent[], ended: boolean) => boolean): Promise<boolean> {
    const deadline = Date.now() + 20_000
    while (!holds(this.events, this.#ended)) {
      if (Date.now() > deadline) return false
      await sleep(20)
    }
    return true
  }

  close(): void {
    this.#stop.abort()
  }

  async #read(body: AsyncIterable<Buffer>): Promise<void> {
    let rest = ''
    try {
      for await (const chunk of body) {
        const lines = (rest + chunk.toString('utf8')).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines.filter((text) => text !== '')) this.events.push(JSON.parse(line) as WatchEvent)
      }
    } catch {
      // closed by the case
    }
    this.#ended = true
  }
}
