import { randomInt } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { platform } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { sendJson, statusBody } from './http-server.ts'
import { VersionedCollection } from './versioned-collection.ts'

const longestForkMs = 5_000

/** A list or a watch, as it was asked for. */
export interface AskedFor {
  readonly verb: 'list' | 'watch'
  readonly query: URLSearchParams
  readonly page: number
}

/** An answer other than the right one. */
export type WrongAnswer = (response: ServerResponse) => void

/** What may be done to the watches that are open. */
export type Break = 'end' | 'fin' | 'reset' | 'half an event' | 'gone' | 'error 500' | 'garbage' | 'nameless object' | 'silence'

interface Watch {
  readonly response: ServerResponse
  from: number
  /** Accepts events and sends none. */
  mute: boolean
  readonly bookmarks: boolean
}

export interface MisbehavingServerOptions {
  /** Serves `sendInitialEvents`; otherwise answers 422, as servers without WatchList do. */
  readonly streamingLists?: boolean
}

/**
 * An API server for one collection (whatever the path) over real sockets, right in everything until it is told to misbehave.
 * Ends with the test.
 */
export class MisbehavingServer {
  readonly collection = new VersionedCollection()
  readonly asked: AskedFor[] = []
  /** Decides about each request before it is served: a wrong answer, or `undefined` for the right one. */
  misanswer: (request: AskedFor) => WrongAnswer | undefined = () => undefined
  readonly #options: MisbehavingServerOptions
  readonly #sockets = new Set<Socket>()
  readonly #watches = new Set<Watch>()
  readonly #snapshots = new Map<string, readonly unknown[]>()
  #server: Server | undefined
  readonly #host = ownLoopbackAddress()
  #port = ownPort

  constructor(options: MisbehavingServerOptions = {}) {
    this.#options = options
    this.collection.onEvent((event) => {
      for (const watch of this.#watches) if (event.version > watch.from) send(watch, { type: event.type, object: event.object })
    })
  }

  get url(): string {
    return `http://${this.#host}:${this.#port}`
  }

  /** Sockets that are open. */
  get connections(): number {
    return this.#sockets.size
  }

  get watches(): number {
    return this.#watches.size
  }

  /** Lists, each counted once however many pages it had. */
  lists(): number {
    return this.asked.filter(({ verb, page }) => verb === 'list' && page === 1).length
  }

  /** Starts to listen; the second time on the same port as before. */
  async start(): Promise<this> {
    const server = createServer((request, response) => this.#answer(request, response))
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      socket.on('error', () => {})
    })
    await this.#listen(server)
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
    return this
  }

  /** A process that another thread of the tests has just forked still has the old listener, until it becomes its program. */
  async #listen(server: Server): Promise<void> {
    const endsMs = performance.now() + longestForkMs
    for (;;) {
      const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
        server.once('error', resolve).listen(this.#port, this.#host, () => resolve(undefined))
      })
      if (error === undefined) return
      if (error.code !== 'EADDRINUSE' || performance.now() > endsMs) throw error
      await sleep(5)
    }
  }

  /** Goes away: nothing listens, every connection is broken. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Tells all watches that want it how far history has come. */
  bookmark(): void {
    for (const watch of this.#watches) if (watch.bookmarks) send(watch, bookmarkAt(this.collection.version))
  }

  /** From now on no `continue` token is known. */
  expirePages(): void {
    this.#snapshots.clear()
  }

  breakWatches(how: Break): void {
    for (const watch of this.#watches) {
      if (how !== 'silence') this.#watches.delete(watch)
      breaks[how](watch)
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const query = new URL(request.url ?? '/', this.url).searchParams
    const verb = query.has('watch') ? 'watch' : 'list'
    const [snapshot, page = '1'] = (query.get('continue') ?? '').split('/')
    const asked: AskedFor = { verb, query, page: Number(page) }
    this.asked.push(asked)
    const wrong = this.misanswer(asked)
    if (wrong !== undefined) wrong(response)
    else if (verb === 'watch') this.#watch(query, response)
    else this.#list(query, response, { snapshot, page: Number(page) })
  }

  #list(query: URLSearchParams, response: ServerResponse, at: { snapshot: string | undefined; page: number }): void {
    const snapshot = at.snapshot || String(this.collection.version)
    if (at.page === 1) this.#snapshots.set(snapshot, this.collection.objects())
    const objects = this.#snapshots.get(snapshot)
    if (objects === undefined) {
      answerStatus(410, 'Expired')(response)
      return
    }
    const limit = Number(query.get('limit') ?? Number.POSITIVE_INFINITY)
    const isLast = at.page * limit >= objects.length
    const metadata = { resourceVersion: snapshot, ...(isLast ? {} : { continue: `${snapshot}/${at.page + 1}` }) }
    sendJson(response, { kind: 'List', metadata, items: objects.slice((at.page - 1) * limit, at.page * limit) })
  }

  #watch(query: URLSearchParams, response: ServerResponse): void {
    const isStreamed = query.get('sendInitialEvents') === 'true'
    const from = isStreamed ? this.collection.version : Number(query.get('resourceVersion'))
    if (isStreamed && !this.#options.streamingLists) answerStatus(422, 'Invalid')(response)
    else if (!this.collection.knows(from)) answerStatus(410, 'Expired')(response)
    else this.#serveWatch(response, { from, isStreamed, bookmarks: query.get('allowWatchBookmarks') === 'true' })
  }

  #serveWatch(response: ServerResponse, asked: { from: number; isStreamed: boolean; bookmarks: boolean }): void {
    const { from, isStreamed, bookmarks } = asked
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    const watch: Watch = { response, from, mute: false, bookmarks }
    if (isStreamed) {
      for (const object of this.collection.objects()) send(watch, { type: 'ADDED', object })
      send(watch, bookmarkAt(from, { 'k8s.io/initial-events-end': 'true' }))
    } else for (const { type, object } of this.collection.since(from)) send(watch, { type, object })
    this.#watches.add(watch)
    response.on('close', () => this.#watches.delete(watch))
  }
}

/** Below those that the system gives to whoever asks for any: while a server is away, nobody else has its port. */
const ownPort = platform() === 'linux' ? 7_443 : 0

/** Two servers have an address each: on Linux every address of 127.0.0.0/8 is this machine. */
function ownLoopbackAddress(): string {
  if (platform() !== 'linux') return '127.0.0.1'
  return ['127', randomInt(1, 255), randomInt(256), randomInt(1, 255)].join('.')
}

/** Starts a server that ends with the test. */
export async function startMisbehavingServer(options?: MisbehavingServerOptions): Promise<MisbehavingServer> {
  const server = new MisbehavingServer(options)
  onTestFinished(() => server.stop())
  return server.start()
}

/** A failure as an API server writes it. */
export function answerStatus(code: number, reason: string, headers: Record<string, string> = {}): WrongAnswer {
  return (response) => sendJson(response, statusBody(code, reason, `${reason} says the test`), code, headers)
}

/** A proxy's page where an API server's answer should be. */
export const answerPage: WrongAnswer = (response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html>\n<body>Welcome to the hotel network</body>\n</html>\n')
}

function bookmarkAt(version: number, annotations?: Record<string, string>) {
  return { type: 'BOOKMARK', object: { kind: 'Node', metadata: { resourceVersion: String(version), ...(annotations && { annotations }) } } }
}

function send(watch: Watch, event: object): void {
  if (!watch.mute) watch.response.write(`${JSON.stringify(event)}\n`)
}

function sendAndEnd(watch: Watch, text: string): void {
  watch.response.write(text)
  watch.response.end()
}

const breaks: Record<Break, (watch: Watch) => void> = {
  end: ({ response }) => void response.end(),
  // The connection ends in good order, the answer does not.
  fin: ({ response }) => void response.socket?.end(),
  reset: ({ response }) => void response.socket?.resetAndDestroy(),
  'half an event': ({ response }) => {
    response.write('{"type":"MODIFIED","object":{"metadata":{"na', () => response.socket?.destroy())
  },
  gone: (watch) =>
    sendAndEnd(watch, `${JSON.stringify({ type: 'ERROR', object: statusBody(410, 'Expired', 'too old resource version') })}\n`),
  'error 500': (watch) =>
    sendAndEnd(watch, `${JSON.stringify({ type: 'ERROR', object: statusBody(500, 'InternalError', 'etcdserver: no leader') })}\n`),
  garbage: (watch) => sendAndEnd(watch, '<html>\n'),
  'nameless object': (watch) => sendAndEnd(watch, '{"type":"ADDED","object":{"metadata":{}}}\n'),
  silence: (watch) => {
    watch.mute = true
  },
}
