import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The address that agents of a cluster with several servers are told, as a load balancer or a virtual address is in front of real ones. */
export interface ApiBalancer {
  /** `https://ADDRESS:PORT`. */
  readonly server: string
  stop(): Promise<void>
}

const apiPort = 6443
const connectTimeoutMs = 1000

/**
 * Hands each TCP connection to one of the API servers in turn; one that takes none is passed over. It looks at nothing that is said, and
 * a connection ends with that of its server.
 */
export async function startApiBalancer(host: string, addresses: readonly string[]): Promise<ApiBalancer> {
  const open = new Set<Socket>()
  let turn = 0
  const server = createServer({ noDelay: true }, (client) => {
    keep(open, client)
    turn += 1
    const order = addresses.map((_, index) => addresses[(turn + index) % addresses.length] ?? '')
    void firstThatAnswers(order).then((upstream) => {
      if (upstream === undefined || client.destroyed) {
        client.destroy()
        upstream?.destroy()
        return
      }
      keep(open, upstream)
      client.pipe(upstream).pipe(client)
      client.once('close', () => upstream.destroy())
      upstream.once('close', () => client.destroy())
    })
  })
  server.listen(0, host)
  await once(server, 'listening')
  return {
    server: `https://${host}:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

async function firstThatAnswers(addresses: readonly string[]): Promise<Socket | undefined> {
  for (const address of addresses) {
    const socket = connect({ host: address, port: apiPort, noDelay: true })
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.setTimeout(connectTimeoutMs, () => resolve(false))
    })
    socket.setTimeout(0)
    if (connected) return socket
    socket.destroy()
  }
  return undefined
}

function keep(open: Set<Socket>, socket: Socket): void {
  open.add(socket)
  // how it ends is for the two who talk through it
  socket.on('error', () => {})
  socket.once('close', () => open.delete(socket))
}
