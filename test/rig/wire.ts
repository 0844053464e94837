import { connect, createServer, type Socket } from 'node:net'

/** What stands between a client and a server: it counts connections, lets them wait, and cuts them. */
export interface Wire {
  readonly port: number
  readonly connections: () => number
  cut(): void
  close(): Promise<void>
}

export interface WireOptions {
  readonly delayMs?: number
  readonly cutAfterBytes?: number
}

/**
 * A wire to the sshd of a host.
 *
 * @param delayMs by which each piece is late
 * @param cutAfterBytes that a client has sent, the first connection is cut
 */
export async function wireTo(address: string, { delayMs = 0, cutAfterBytes = Number.POSITIVE_INFINITY }: WireOptions = {}): Promise<Wire> {
  const sockets = new Set<Socket>()
  let count = 0
  const server = createServer((from) => {
    count += 1
    const to = connect(22, address)
    let sent = 0
    if (count === 1) {
      from.on('data', (piece: Buffer) => {
        sent += piece.length
        if (sent > cutAfterBytes) cut()
      })
    }
    for (const [source, sink] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(source)
      source.on('data', (piece) => setTimeout(() => sink.write(piece), delayMs))
      source.on('error', () => sink.destroy())
      source.on('close', () => {
        sockets.delete(source)
        sink.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as { port: number }).port,
    connections: () => count,
    cut,
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
