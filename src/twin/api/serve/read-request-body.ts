import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { mostBodyBytes } from '../http/decode-body.ts'

/** A client that sends more than this is cut off. */
const mostReadBytes = 64 * 1024 * 1024

/**
 * The body of a request; nothing where there is none. Of one that is too large only so much is kept that the server can see it is; the rest is
 * read all the same, within reason, because a client that is still sending does not hear the refusal.
 * Rejects when the connection breaks.
 */
export async function readRequestBody(request: IncomingMessage | Http2ServerRequest): Promise<Uint8Array | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  const chunks: Buffer[] = []
  let size = 0
  let held = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (held <= mostBodyBytes) {
      chunks.push(chunk)
      held += chunk.length
    }
    if (size > mostReadBytes) break
  }
  return held === 0 ? undefined : Buffer.concat(chunks, held)
}
