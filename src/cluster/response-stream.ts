import type { Readable } from 'node:stream'
import type { ApiStream } from './transport.ts'

export interface ResponseStreamOptions {
  /** Abort is the same as `close()`. */
  readonly signal: AbortSignal
  /** Called once, when nothing more will come. */
  readonly onEnd: () => void
  /** Makes the error that is thrown of the one that broke the connection. */
  readonly asFault: (error: unknown) => Error
}

/**
 * An answer's body as an `ApiStream`: ends with the answer, with `close()` and with the signal; a connection that breaks throws.
 * Must be iterated to its end or closed, for it holds a connection.
 */
export function responseStream(body: Readable, { signal, onEnd, asFault }: ResponseStreamOptions): ApiStream {
  let wanted = true
  let ended = false
  const end = () => {
    if (ended) return
    ended = true
    signal.removeEventListener('abort', close)
    onEnd()
  }
  const close = () => {
    wanted = false
    body.destroy()
    end()
  }
  // The iteration hears of errors by itself; without this one, an error before it begins would end the process.
  body.on('error', () => {})
  if (signal.aborted) close()
  else signal.addEventListener('abort', close, { once: true })
  return {
    close,
    async *[Symbol.asyncIterator]() {
      try {
        for await (const chunk of body) {
          if (!wanted) return
          yield chunk as Uint8Array
        }
      } catch (error) {
        if (wanted) throw asFault(error)
      } finally {
        wanted = false
        body.destroy()
        end()
      }
    },
  }
}
