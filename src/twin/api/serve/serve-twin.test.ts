import { once } from 'node:events'
import { connect } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { generate } from 'selfsigned'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { podNamed, smallServer } from '../http/small-server.test-support.ts'
import { type ServedTwin, serveTwin } from './serve-twin.ts'

interface Wire {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

let twin: Awaited<ReturnType<typeof smallServer>>
let served: ServedTwin
let keys: { cert: string; key: string }

beforeEach(async () => {
  twin = await smallServer()
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'twin' }], { keyType: 'ec', algorithm: 'sha256' })
  keys = { cert, key }
  served = await serveTwin({ server: twin.server, ...keys, mostOpen: 20 })
})

afterEach(() => served.close())

function call(method: string, path: string, sent: { body?: string | Buffer; headers?: Record<string, string> } = {}): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(`${served.url}${path}`, {
      method,
      rejectUnauthorized: false,
      ...(sent.headers === undefined ? {} : { headers: sent.headers }),
    })
    request.on('error', reject)
    request.on('response', (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      response.on('error', reject)
    })
    request.end(sent.body)
  })
}

it('closes although somebody has connected and never begins with TLS', async () => {
  const socket = connectTcp(served.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  const gone = once(socket, 'close')
  await served.close()
  await gone
})

describe('over HTTP/1.1', () => {
  it('answers with JSON on one line, and with readable JSON for people', async () => {
    const plain = await call('GET', '/api/v1/namespaces/default')
    expect(plain).toMatchObject({ status: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' } })
    expect(plain.body.trim().split('\n')).toHaveLength(1)
    const readable = await call('GET', '/api/v1/namespaces/default', { headers: { 'user-agent': 'curl/8' } })
    expect(readable.body).toContain('{\n  "')
    expect(JSON.parse(readable.body)).toEqual(JSON.parse(plain.body))
  })

  it('answers with YAML where it is asked for', async () => {
    const { body, headers } = await call('GET', '/api/v1/namespaces/default', { headers: { accept: 'application/yaml' } })
    expect(headers['content-type']).toBe('application/yaml')
    expect(body).toContain('kind: Namespace')
  })

  it('gives a long list the same form as a short one', async () => {
    for (let i = 0; i < 1_200; i += 1) await twin.client.create('configmaps', { metadata: { name: `c${i}`, namespace: 'default' } })
    const { body } = await call('GET', '/api/v1/configmaps')
    const list = JSON.parse(body)
    expect(list).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' })
    expect(new Set(list.items.map((item: { metadata: { name: string } }) => item.metadata.name)).size).toBe(1_200)
  })

  it('takes a body, and refuses one that is too large without reading it all', async () => {
    const created = await call('POST', '/api/v1/namespaces/default/configmaps', { body: JSON.stringify({ metadata: { name: 'a' } }) })
    expect(created.status).toBe(201)
    const refused = await call('POST', '/api/v1/namespaces/default/configmaps', { body: Buffer.alloc(10 * 1024 * 1024, 0x20) }).catch(
      (error: NodeJS.ErrnoException) => error,
    )
    // The connection may be broken off before the client has read why.
    if (refused instanceof Error) expect(['EPIPE', 'ECONNRESET']).toContain((refused as NodeJS.ErrnoException).code)
    else expect(refused.status).toBe(413)
    expect((await call('GET', '/healthz')).body).toBe('ok')
  })

  it('breaks the connection where a fault asks for it', async () => {
    const broken = await smallServer({ faults: { judge: () => ({ kind: 'Break' }) } })
    await served.close()
    served = await serveTwin({ server: broken.server, ...keys })
    await expect(call('GET', '/api/v1/pods')).rejects.toThrow(/socket hang up|ECONNRESET/)
  })

  it('survives clients that speak no HTTP or leave in the middle', async () => {
    for (const bytes of ['\u0000\u0001\u0002', 'GET / HTTP/9.9\r\n\r\n', 'POST /api HTTP/1.1\r\ncontent-length: 100\r\n\r\nhalf']) {
      await new Promise<void>((resolve) => {
        const socket = tlsConnect({ port: served.port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }, () => {
          socket.write(bytes)
          socket.end()
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve())
        socket.resume()
      })
    }
    expect((await call('GET', '/healthz')).status).toBe(200)
  })
})

describe('watches', () => {
  /** Opens a watch that is never read. */
  function idle(): Promise<{ end(): void }> {
    return new Promise((resolve, reject) => {
      const request = httpsRequest(`${served.url}/api/v1/pods?watch=true`, { rejectUnauthorized: false, agent: false })
      request.on('error', reject)
      request.on('response', (response) => {
        response.on('error', () => {})
        resolve({ end: () => request.destroy() })
      })
      request.end()
    })
  }

  it('are bounded: more than so many are told to come later', async () => {
    const watches = await Promise.all(Array.from({ length: 20 }, idle))
    expect(await call('GET', '/api/v1/pods')).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
    for (const watch of watches) watch.end()
    await expect.poll(() => twin.hub.open).toBe(0)
    expect((await call('GET', '/api/v1/pods')).status).toBe(200)
  })

  it('end with the server', async () => {
    await idle()
    expect(twin.hub.open).toBe(1)
    await served.close()
    await expect.poll(() => twin.hub.open).toBe(0)
  })

  it('run over HTTP/2, several on one connection', async () => {
    const session = connect(served.url, { rejectUnauthorized: false })
    try {
      const first = (path: string) =>
        new Promise<string>((resolve, reject) => {
          const stream = session.request({ ':path': path })
          stream.on('error', reject)
          stream.once('data', (chunk: Buffer) => {
            resolve(chunk.toString())
            stream.close()
          })
        })
      const events = Promise.all([first('/api/v1/pods?watch=true'), first('/api/v1/namespaces/default/pods?watch=true')])
      await expect.poll(() => twin.hub.open).toBe(2)
      await twin.client.create('pods', podNamed('p'))
      for (const text of await events) expect(JSON.parse(text)).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'p' } } })
    } finally {
      session.destroy()
    }
  })
})

it('tells when a port is taken', async () => {
  await expect(serveTwin({ server: twin.server, ...keys, port: served.port })).rejects.toThrow(/EADDRINUSE/)
})
