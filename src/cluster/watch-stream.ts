import type { ApiStream } from './transport.ts'

/** One line of a watch, not yet looked into. */
export interface WatchEvent {
  readonly type: string
  readonly object: unknown
}

/** An object is at most a few MB; what goes on for longer is not a watch. */
const longestLineBytes = 32 * 1024 * 1024
const newline = 0x0a

/**
 * Splits bytes into lines, whatever the pieces they come in; empty lines are left out, a last line without an end stays inside.
 * Works on bytes: a character that is cut in two by a piece's end is whole again in its line.
 */
export class LineSplitter {
  #rest: Uint8Array[] = []
  #restBytes = 0

  /** Throws when a line gets longer than 32 MiB. */
  push(piece: Uint8Array, onLine: (line: Buffer) => void): void {
    let from = 0
    for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, from)) {
      const line = this.#complete(piece.subarray(from, end))
      from = end + 1
      if (line.length > 0) onLine(line)
    }
    if (from === piece.length) return
    // A copy: the reader of the socket may use its buffer again.
    this.#rest.push(Uint8Array.from(piece.subarray(from)))
    this.#restBytes += piece.length - from
    if (this.#restBytes > longestLineBytes) throw new Error('the API server sent a watch event of more than 32 MiB')
  }

  #complete(end: Uint8Array): Buffer {
    if (this.#rest.length === 0) return Buffer.from(end.buffer, end.byteOffset, end.byteLength)
    const line = Buffer.concat([...this.#rest, end])
    this.#rest = []
    this.#restBytes = 0
    return line
  }
}

/**
 * Hands over the events of a watch, in their order, until the server ends it; what was cut off at the end is dropped.
 * Rejects when the connection breaks, when a line is no watch event, and with whatever `onEvent` throws.
 */
export async function readWatch(stream: ApiStream, onEvent: (event: WatchEvent) => void): Promise<void> {
  const lines = new LineSplitter()
  for await (const piece of stream) lines.push(piece, (line) => onEvent(watchEvent(line)))
}

function watchEvent(line: Buffer): WatchEvent {
  let event: unknown
  try {
    event = JSON.parse(line.toString('utf8'))
  } catch (cause) {
    throw new Error('the API server sent a watch event that is no JSON', { cause })
  }
  if (typeof event === 'object' && event !== null && 'type' in event && typeof event.type === 'string' && 'object' in event) {
    return { type: event.type, object: event.object }
  }
  throw new Error('the API server sent a line that is no watch event')
}
