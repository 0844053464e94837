import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import { FalkirkError } from '../core/falkirk-error.ts'

export interface HealthServer {
  readonly port: number
  close(): Promise<void>
}

/** What the probes are told; a reason means no. */
export interface Health {
  /** The program turns; without it a restart helps. */
  readonly alive: () => string | undefined
  /** Caches are filled. */
  readonly ready: () => string | undefined
  readonly registry: Registry
}

/** Serves /healthz, /readyz and /metrics on `listen` (`host:port` or `:port`). Throws FK_BAD_SETTING when the address cannot be taken. */
export async function startHealthServer(listen: string, health: Health): Promise<HealthServer> {
  const [, host, port] = /^(?:\[?(.*?)\]?)?:(\d+)$/.exec(listen) ?? []
  if (port === undefined) throw new FalkirkError('FK_BAD_SETTING', `--listen is "${listen}": write host:port or :port`)
  const server = createServer((request, response) => {
    const probe = (reason: string | undefined) => {
      response.writeHead(reason === undefined ? 200 : 503, { 'content-type': 'text/plain' }).end(`${reason ?? 'ok'}\n`)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end()
    if (request.url === '/healthz') return probe(health.alive())
    if (request.url === '/readyz') return probe(health.ready())
    if (request.url !== '/metrics') return void response.writeHead(404).end()
    health.registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': health.registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  await listening(server, Number(port), host || undefined, listen)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listening(server: Server, port: number, host: string | undefined, listen: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new FalkirkError(
          'FK_BAD_SETTING',
          `--listen ${listen} cannot be used (${(cause as NodeJS.ErrnoException).code}): name a free port`,
          { cause },
        ),
      )
    })
    server.listen(port, host, resolve)
  })
}
