import { request } from 'node:https'
import { generate } from 'selfsigned'
import { VirtualClock } from '../../../src/cluster/virtual-clock.ts'
import { type ServedTwin, serveTwin } from '../../../src/twin/api/serve/serve-twin.ts'
import { createTwinApi, type TwinApi } from '../../../src/twin/api/twin-api.ts'
import { ObjectStore } from '../../../src/twin/store/object-store.ts'

/** An API server that listens on loopback, and what has gone wrong inside. */
export interface HeldTwin {
  readonly api: TwinApi
  readonly store: ObjectStore
  readonly served: ServedTwin
  /** What the server itself did not expect. */
  readonly defects: readonly unknown[]
  send(method: string, path: string, sent?: Sent): Promise<Received>
  /** Lets the server's own controllers do what is due. */
  settle(): Promise<void>
}

export interface Sent {
  readonly body?: string | Uint8Array | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface Received {
  readonly status: number
  readonly text: string
  /** Of a Status object; empty for other answers. */
  readonly reason: string
  readonly message: string
}

/** Serves a small cluster of one namespace and one ConfigMap, `canary`. */
export async function heldTwin(gitVersion = 'v1.32.1'): Promise<HeldTwin> {
  const store = new ObjectStore()
  const defects: unknown[] = []
  let seed = 1
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const clock = new VirtualClock({ startMs: Date.parse('2026-11-21T10:00:00Z') })
  const api = createTwinApi({ store, clock, random, gitVersion, onDefect: (error) => defects.push(error) })
  await api.client.create('namespaces', { metadata: { name: 'default' } })
  await api.client.create('configmaps', { metadata: { name: 'canary', namespace: 'default' }, data: { sings: 'yes' } })
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'twin' }], { keyType: 'ec', algorithm: 'sha256' })
  const served = await serveTwin({ server: api.server, cert, key })
  return {
    api,
    store,
    served,
    defects,
    send: (method, path, sent) => send(`${served.url}${path}`, method, sent),
    settle: () => clock.advance(1_000),
  }
}

function send(url: string, method: string, { body, headers = {} }: Sent = {}): Promise<Received> {
  // Node does not say how long the body of a DELETE is
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return new Promise((resolve, reject) => {
    const made = request(url, {
      method,
      rejectUnauthorized: false,
      headers: { 'content-type': 'application/json', ...length, ...headers },
      agent: false,
    })
    let answered = false
    // a server that has answered may close before all of a body is sent
    made.on('error', (error) => (answered ? undefined : reject(error)))
    made.on('response', (response) => {
      answered = true
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve(received(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'))))
    })
    made.end(body)
  })
}

function received(status: number, text: string): Received {
  try {
    const { kind, reason = '', message = '' } = JSON.parse(text)
    return kind === 'Status' ? { status, text, reason, message } : { status, text, reason: '', message: '' }
  } catch {
    return { status, text, reason: '', message: '' }
  }
}
