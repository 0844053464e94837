import type { ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import { createAuthority, issueServer } from '../../loopback/certificates.ts'
import { freePorts } from '../../rig/free-port.ts'

export interface ChannelRequest {
  readonly path: string
  /** Names and values in turn, spelt as they came. */
  readonly rawHeaders: readonly string[]
  readonly atMs: number
}

export type ChannelReply = (response: ServerResponse) => void

/** A server of release channels: HTTPS, with an authority that nobody knows who is not told. */
export interface ChannelServer {
  /** PEM. */
  readonly authority: string
  url(path: string): string
  /** Answers this path so from now on. */
  reply(path: string, reply: ChannelReply): void
  requests(path: string): readonly ChannelRequest[]
  /** Connections are broken off, new ones refused. */
  goAway(): Promise<void>
  /** On the same port as before. */
  comeBack(): Promise<void>
  close(): Promise<void>
}

/** What a channel server says: the newest release. */
export function redirectTo(location: string | undefined, status = 302): ChannelReply {
  return (response) => void response.writeHead(status, location === undefined ? {} : { location }).end()
}

/** `name` is that of its authority: two of the same name would be taken for one another. */
export async function startChannelServer(name: string): Promise<ChannelServer> {
  const authority = await createAuthority(name)
  const keys = await issueServer(authority)
  const replies = new Map<string, ChannelReply>()
  const seen: ChannelRequest[] = []
  const sockets = new Set<Socket>()
  const make = (): Server => {
    const server = createServer(keys, (request, response) => {
      const path = request.url ?? ''
      seen.push({ path, rawHeaders: request.rawHeaders, atMs: Date.now() })
      const reply = replies.get(path) ?? redirectTo(undefined, 404)
      reply(response)
    })
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => undefined)
    })
    return server
  }
  let server = make()
  // not one that the system gives to whoever asks for any: it has to be free when the server comes back
  const [port = 0] = await freePorts(1)
  await listen(server, port)
  const goAway = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return {
    authority: authority.cert,
    url: (path) => `https://127.0.0.1:${port}${path}`,
    reply: (path, reply) => void replies.set(path, reply),
    requests: (path) => seen.filter((request) => request.path === path),
    goAway,
    async comeBack() {
      server = make()
      await listen(server, port)
    },
    close: goAway,
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}
