import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A proxy that sends every name to the loopback address. */
export interface LoopbackProxy {
  readonly port: number
  /** `host:port` of each tunnel asked for. */
  readonly tunnels: readonly string[]
  /** Value of each Proxy-Authorization header. */
  readonly authorizations: readonly (string | undefined)[]
}

/** Starts an HTTP proxy that knows CONNECT alone. */
export async function startHttpProxy(): Promise<LoopbackProxy> {
  const tunnels: string[] = []
  const authorizations: (string | undefined)[] = []
  const server = createHttpServer()
  const track = tracker(server)
  server.on('connect', (request, client: Socket) => {
    tunnels.push(request.url ?? '')
    authorizations.push(request.headers['proxy-authorization'])
    const upstream = track(connect(Number(request.url?.split(':').at(-1)), '127.0.0.1'))
    upstream.on('connect', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      client.pipe(upstream).pipe(client)
    })
  })
  return { port: await listen(server), tunnels, authorizations }
}

/** Starts a SOCKS5 proxy without authentication (RFC 1928). */
export async function startSocksProxy(): Promise<LoopbackProxy> {
  const tunnels: string[] = []
  const server = createServer()
  const track = tracker(server)
  server.on('connection', async (client) => {
    await once(client, 'data')
    client.write(Buffer.from([5, 0]))
    const [request] = (await once(client, 'data')) as [Buffer]
    const { host, port } = socksTarget(request)
    tunnels.push(`${host}:${port}`)
    const upstream = track(connect(port, '127.0.0.1'))
    upstream.on('connect', () => {
      client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]))
      client.pipe(upstream).pipe(client)
    })
  })
  return { port: await listen(server), tunnels, authorizations: [] }
}

function socksTarget(request: Buffer): { host: string; port: number } {
  const port = request.readUInt16BE(request.length - 2)
  const host = request[3] === 3 ? request.subarray(5, -2).toString() : [...request.subarray(4, 8)].join('.')
  return { host, port }
}

function tracker(server: Server) {
  const sockets = new Set<Socket>()
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    return socket
  }
  server.on('connection', track)
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  })
  return track
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
