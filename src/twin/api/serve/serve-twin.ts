import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2Session,
  type SecureServerOptions,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { unauthorized } from '../http/access.ts'
import { refusalAnswer } from '../http/refusal-answer.ts'
import type { TwinRequest, TwinResponse } from '../http/twin-request.ts'
import type { TwinServer } from '../http/twin-server.ts'
import { StatusError } from '../status-error.ts'
import { certificateUser } from './client-certificate.ts'
import { readRequestBody } from './read-request-body.ts'
import { refuseBrokenRequest } from './refuse-broken-request.ts'
import { type WireResponse, writeResponse } from './write-response.ts'

export interface ServeOptions {
  readonly server: Pick<TwinServer, 'handle'>
  /** PEM. */
  readonly cert: string
  readonly key: string
  /** PEM of the CA of client certificates; without it nobody is known by one. */
  readonly clientCa?: string
  /** Loopback unless told. */
  readonly host?: string
  /** A free one unless told. */
  readonly port?: number
  /** Requests that are answered at the same time, watches among them; more are answered with 429. 10,000 unless told. */
  readonly mostOpen?: number
}

/** An API server that listens. */
export interface ServedTwin {
  /** `https://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  /** Ends everything, open watches too. */
  close(): Promise<void>
}

/** A certificate is asked for and not needed: there are tokens too. */
function tlsOptions({ cert, key, clientCa }: ServeOptions): SecureServerOptions {
  const own = { allowHTTP1: true, cert, key, settings: { maxConcurrentStreams: 250 } }
  return clientCa === undefined ? own : { ...own, ca: clientCa, requestCert: true, rejectUnauthorized: false }
}

type WireRequest = IncomingMessage | Http2ServerRequest

/** Serves over HTTPS, HTTP/1.1 and HTTP/2. Rejects when the port is taken. */
export async function serveTwin(options: ServeOptions): Promise<ServedTwin> {
  const { server, host = '127.0.0.1', port = 0, mostOpen = 10_000 } = options
  const http = createSecureServer(tlsOptions(options))
  const open = new Set<Socket | Http2Session>()
  const remember = (one: Socket | Http2Session) => {
    open.add(one)
    one.once('close', () => open.delete(one))
  }
  // one whose handshake has not ended keeps a server from closing, too
  http.on('connection', remember)
  http.on('session', remember)
  http.on('secureConnection', remember)
  // A client that breaks off is its own affair.
  http.on('sessionError', () => {})
  http.on('tlsClientError', () => {})
  http.on('clientError', refuseBrokenRequest)
  let answering = 0
  http.on('request', (request: WireRequest, wire: WireResponse) => {
    answering += 1
    const tooMany = answering > mostOpen
    void answer(server, request, wire, tooMany).finally(() => {
      answering -= 1
    })
  })
  await listen(http, port, host)
  const { port: chosen } = http.address() as AddressInfo
  return {
    url: `https://${host.includes(':') ? `[${host}]` : host}:${chosen}`,
    port: chosen,
    close: () => closeAll(http, open),
  }
}

function listen(http: Http2SecureServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      resolve()
    })
  })
}

function closeAll(http: Http2SecureServer, open: ReadonlySet<Socket | Http2Session>): Promise<void> {
  return new Promise((resolve) => {
    http.close(() => resolve())
    for (const one of [...open]) one.destroy()
  })
}

const tooManyRequests = refusalAnswer(
  new StatusError(429, 'TooManyRequests', 'too many requests, please try again later', { retryAfterSeconds: 1 }),
)

async function answer(server: ServeOptions['server'], request: WireRequest, wire: WireResponse, tooMany: boolean): Promise<void> {
  const gone = new AbortController()
  wire.on('close', () => gone.abort())
  wire.on('error', () => gone.abort())
  const [path = '/', search = ''] = splitTarget(request.url ?? '/')
  const query = new URLSearchParams(search)
  const options = { headOnly: request.method === 'HEAD', pretty: isForPeople(query, request.headers) }
  try {
    const asked = { method: request.method ?? 'GET', path, query, headers: headersOf(request.headers), signal: gone.signal }
    const response = tooMany ? tooManyRequests : await answered(server, request, { ...asked, ...(await bodyOf(request)) })
    if (response.kind === 'Object' && response.status === 413 && request.httpVersionMajor === 1) wire.setHeader('connection', 'close')
    await writeResponse(wire, response, options)
  } catch {
    // The connection has broken, or the body came to no end.
    wire.destroy()
  }
}

async function answered(server: ServeOptions['server'], { socket, headers }: WireRequest, asked: TwinRequest): Promise<TwinResponse> {
  const known = certificateUser(socket as TLSSocket)
  switch (known.kind) {
    case 'User':
      return await server.handle({ ...asked, user: known.user })
    case 'Refused':
      return headers.authorization === undefined ? refusalAnswer(unauthorized()) : await server.handle(asked)
    case 'None':
      return await server.handle(asked)
  }
}

async function bodyOf(request: WireRequest): Promise<{ body?: Uint8Array }> {
  const body = await readRequestBody(request)
  return body === undefined ? {} : { body }
}

function splitTarget(url: string): readonly string[] {
  const at = url.indexOf('?')
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at + 1)]
}

function headersOf(headers: IncomingHttpHeaders): Readonly<Record<string, string | undefined>> {
  const flat = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value] as const)
  // HTTP/2 says it in another place.
  return { ...Object.fromEntries(flat), host: headers.host ?? (headers[':authority'] as string | undefined) }
}

/** Source: Kubernetes, apiserver isPrettyPrint. */
function isForPeople(query: URLSearchParams, headers: IncomingHttpHeaders): boolean {
  const asked = query.get('pretty')
  if (asked !== null) return asked !== '0' && asked !== 'false'
  return /^(curl|Wget|Mozilla\/5\.0)/.test(headers['user-agent'] ?? '')
}
