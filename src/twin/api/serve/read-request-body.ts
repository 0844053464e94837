import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { mostBodyBytes } from '../http/decode-body.ts'

/**
 * The body of a request; nothing where there is none. Of one that is too large only so much is read that the server can see it is.
 * Rejects when the connection breaks.
 */
export async function readRequestBody(request: IncomingMessage | Http2ServerRequest): Promise<Uint8Array | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > mostBodyBytes) break
  }
  return size === 0 ? undefined : Buffer.concat(chunks, size)
}
