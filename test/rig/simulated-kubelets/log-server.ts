import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeAuthority } from '../certificates.ts'

/** The part of a kubelet's own HTTPS API that `kubectl logs` needs, for all simulated nodes at once. */
export interface LogServer {
  readonly port: number
  set(namespace: string, pod: string, container: string, log: string): void
  forget(namespace: string, pod: string): void
  close(): Promise<void>
}

export async function startLogServer(): Promise<LogServer> {
  const logs = new Map<string, Map<string, string>>()
  const { cert, key } = await makeAuthority('simulated-kubelet') // the API server does not check it
  const server = createServer({ cert, key }, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://127.0.0.1')
    const [, route, namespace, pod, container = ''] = url.pathname.split('/')
    const log = route === 'containerLogs' ? logs.get(`${namespace}/${pod}`)?.get(container) : undefined
    response.writeHead(log === undefined ? 404 : 200, { 'content-type': 'text/plain' })
    response.end(log === undefined ? 'no such container\n' : excerpt(log, url.searchParams))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    set(namespace, pod, container, log) {
      const key = `${namespace}/${pod}`
      const ofPod = logs.get(key) ?? new Map<string, string>()
      logs.set(key, ofPod.set(container, log))
    },
    forget: (namespace, pod) => void logs.delete(`${namespace}/${pod}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The query parameters `tailLines` and `limitBytes` of the kubelet's log endpoint. */
export function excerpt(log: string, query: URLSearchParams): string {
  const whole = log === '' || log.endsWith('\n') ? log : `${log}\n`
  const tail = query.get('tailLines')
  const lines = whole.split('\n').slice(0, -1)
  const kept =
    tail === null
      ? whole
      : lines
          .slice(Math.max(0, lines.length - Number(tail)))
          .map((line) => `${line}\n`)
          .join('')
  const limit = query.get('limitBytes')
  return limit === null ? kept : Buffer.from(kept).subarray(0, Number(limit)).toString('utf8')
}
