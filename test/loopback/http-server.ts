import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import type { KeyPair } from './certificates.ts'

/** A request as the server has read it. */
export interface SeenRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Number of the request, from 1. */
  readonly number: number
  /** Common name of the client's certificate. */
  readonly user?: string
}

export type Answer = (request: SeenRequest, response: ServerResponse) => void | Promise<void>

export interface LoopbackServer {
  /** With the address as a literal. */
  readonly url: string
  readonly port: number
  readonly seen: readonly SeenRequest[]
  /** Connections accepted so far. */
  connections(): number
  close(): Promise<void>
}

export interface ServerOptions {
  /** Without, it speaks plain HTTP. */
  readonly tls?: KeyPair
  /** Asks clients for a certificate of this authority. */
  readonly clientAuthority?: string
  readonly host?: '127.0.0.1' | '127.0.0.2' | '127.0.0.3' | '::1'
}

/** Starts a server on a free loopback port; it is ended with the test, its connections broken off. */
export async function startServer(
  answer: Answer,
  { tls, clientAuthority, host = '127.0.0.1' }: ServerOptions = {},
): Promise<LoopbackServer> {
  const seen: SeenRequest[] = []
  const sockets = new Set<Socket>()
  let accepted = 0
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const subject = tls === undefined ? undefined : (request.socket as TLSSocket).getPeerCertificate().subject
      const seenRequest: SeenRequest = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        number: seen.length + 1,
        ...(subject?.CN === undefined ? {} : { user: String(subject.CN) }),
      }
      seen.push(seenRequest)
      await answer(seenRequest, response)
    })
  }
  const client = clientAuthority === undefined ? {} : { ca: clientAuthority, requestCert: true, rejectUnauthorized: false }
  const server = tls === undefined ? createServer(listener) : createTlsServer({ ...tls, ...client }, listener)
  server.on('connection', (socket: Socket) => {
    accepted += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  onTestFinished(close)
  const scheme = tls === undefined ? 'http' : 'https'
  return { url: `${scheme}://${host === '::1' ? '[::1]' : host}:${port}`, port, seen, connections: () => accepted, close }
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** A failure as an API server writes it. */
export function statusBody(code: number, reason: string, message: string, details?: object): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
    ...(details === undefined ? {} : { details }),
  }
}
