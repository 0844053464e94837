import type { ServerResponse } from 'node:http'
import { constants, type Http2ServerResponse } from 'node:http2'
import type { ResponseHeaders, TwinResponse } from '../http/twin-request.ts'
import { objectPieces } from './json-pieces.ts'

export type WireResponse = ServerResponse | Http2ServerResponse

export interface WireOptions {
  readonly pretty: boolean
  /** Of a HEAD request: only headers. */
  readonly headOnly: boolean
}

/** Writes an answer, never faster than it is read. Resolves when it is written or the connection has ended. */
export async function writeResponse(wire: WireResponse, response: TwinResponse, options: WireOptions): Promise<void> {
  switch (response.kind) {
    case 'Broken':
      return breakConnection(wire)
    case 'Bytes':
      begin(wire, response.status, response.headers)
      return endWith(wire, options.headOnly ? undefined : response.body)
    case 'Object':
      begin(wire, response.status, {
        'content-type': response.as === 'Json' ? 'application/json' : 'application/yaml',
        ...response.headers,
      })
      if (options.headOnly) return endWith(wire, undefined)
      return await writePieces(wire, objectPieces(response, options.pretty))
    case 'Stream':
      begin(wire, response.status, response.headers)
      flushHeaders(wire)
      return await writePieces(wire, response.pieces)
  }
}

function begin(wire: WireResponse, status: number, headers: ResponseHeaders): void {
  wire.statusCode = status
  wire.setHeader('cache-control', 'no-cache, private')
  for (const [name, value] of Object.entries(headers)) wire.setHeader(name, value)
}

function endWith(wire: WireResponse, body: string | Uint8Array | undefined): void {
  if (body === undefined) wire.end()
  else wire.end(body)
}

async function writePieces(wire: WireResponse, pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
  for await (const piece of pieces) {
    if (wire.destroyed || wire.writableEnded) return
    if (!write(wire, piece)) await untilDrained(wire)
  }
  wire.end()
}

/** Leaves no listener behind: a watch waits often in its life. */
function untilDrained(wire: WireResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      wire.off('drain', end)
      wire.off('close', end)
      resolve()
    }
    wire.on('drain', end)
    wire.on('close', end)
  })
}

/** So that a client knows that its watch has begun, whether anything happens or not. */
function flushHeaders(wire: WireResponse): void {
  const http1 = wire as ServerResponse
  http1.flushHeaders()
}

function write(wire: WireResponse, piece: string): boolean {
  return (wire as ServerResponse).write(piece)
}

function breakConnection(wire: WireResponse): void {
  if ('stream' in wire) wire.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  else wire.socket?.destroy()
}
