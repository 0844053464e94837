import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { setTimeout as wait } from 'node:timers/promises'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type HeldTwin, heldTwin } from './served-twin.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'

let twin: HeldTwin
const sessions: ClientHttp2Session[] = []
const sockets: TLSSocket[] = []

beforeEach(async () => {
  twin = await heldTwin()
})

afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy()
  for (const socket of sockets.splice(0)) socket.destroy()
  await twin.served.close()
})

function newSession(options: Parameters<typeof connect>[1] = {}): ClientHttp2Session {
  const session = connect(twin.served.url, { rejectUnauthorized: false, ...options })
  session.on('error', () => {})
  sessions.push(session)
  return session
}

async function newSocket(): Promise<TLSSocket> {
  const socket = tlsConnect({ host: '127.0.0.1', port: twin.served.port, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
  socket.on('error', () => {})
  socket.resume()
  sockets.push(socket)
  await once(socket, 'secureConnect')
  return socket
}

/** Opens a watch and resolves when its answer has begun. */
async function watch(session: ClientHttp2Session): Promise<ClientHttp2Stream> {
  const stream = session.request({
    ':path': `${configMaps}?watch=1&resourceVersion=${twin.store.resourceVersion}`,
    accept: 'application/json',
  })
  stream.on('error', () => {})
  const [headers] = await once(stream, 'response')
  expect(headers[':status']).toBe(200)
  return stream
}

/** Others are served as if nothing were. */
async function isUnharmed(): Promise<void> {
  const { status, text } = await twin.send('GET', `${configMaps}/canary`)
  expect({ status, data: JSON.parse(text).data }).toEqual({ status: 200, data: { sings: 'yes' } })
  expect(twin.defects).toEqual([])
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(10)
}

const write = (at: number, text: string) =>
  twin.api.client.change('configmaps', { namespace: 'default', name: 'canary' }, (current) => ({
    ...current,
    metadata: { ...current.metadata, annotations: { at: String(at), text } },
  }))

function heapMegabytes(): number {
  return process.memoryUsage().heapUsed / 1e6
}

describe('watches', () => {
  it('two thousand that wait cost little, and each hears what happens', async () => {
    const before = heapMegabytes()
    const perSession = 200
    const streams: ClientHttp2Stream[] = []
    for (let at = 0; at < 10; at += 1) {
      const session = newSession()
      streams.push(...(await Promise.all(Array.from({ length: perSession }, () => watch(session)))))
    }
    expect(streams).toHaveLength(2_000)
    let heard = 0
    for (const stream of streams)
      stream.once('data', () => {
        heard += 1
      })
    expect(heapMegabytes() - before).toBeLessThan(300)
    await write(1, 'x')
    await until(() => heard === streams.length)
    await isUnharmed()
  })

  it('that nobody reads are cut off: what waits for them does not grow without end', async () => {
    const session = newSession({ settings: { initialWindowSize: 65_535 } })
    const streams = await Promise.all(Array.from({ length: 20 }, () => watch(session)))
    const closed = streams.map((stream) => once(stream, 'close'))
    for (const stream of streams) stream.pause()
    const before = heapMegabytes()
    const text = 'x'.repeat(10_000)
    for (let at = 0; at < 3_000; at += 1) await write(at, text)
    await isUnharmed()
    expect(heapMegabytes() - before).toBeLessThan(300)
    // read at last, each ends instead of telling all that was missed
    for (const stream of streams) stream.resume()
    await Promise.all(closed)
    await isUnharmed()
  })
})

describe('connections', () => {
  it('two hundred with half a request keep nobody else waiting', async () => {
    for (let at = 0; at < 200; at += 1) {
      const socket = await newSocket()
      socket.write(`POST ${configMaps} HTTP/1.1\r\nhost: twin\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"metadata"`)
    }
    await isUnharmed()
    for (const socket of sockets) socket.destroy()
    await isUnharmed()
    expect(twin.store.count('configmaps')).toBe(1)
  })

  it('a body that breaks off writes nothing', async () => {
    const socket = await newSocket()
    const body = '{"metadata":{"name":"half"}}'
    socket.write(
      `POST ${configMaps} HTTP/1.1\r\nhost: twin\r\ncontent-type: application/json\r\ncontent-length: ${body.length + 1}\r\n\r\n${body}`,
    )
    socket.end()
    await once(socket, 'close')
    expect(twin.store.get('configmaps', 'default', 'half')).toBeUndefined()
    await isUnharmed()
  })

  it.each([
    { what: 'headers of 1 MiB', text: `GET /version HTTP/1.1\r\nhost: twin\r\nx: ${'x'.repeat(1024 * 1024)}\r\n\r\n`, code: '431' },
    { what: '10,000 headers', text: `GET /version HTTP/1.1\r\nhost: twin\r\n${'a: b\r\n'.repeat(10_000)}\r\n`, code: '431' },
    { what: 'a path of 1 MiB', text: `GET /${'a'.repeat(1024 * 1024)} HTTP/1.1\r\nhost: twin\r\n\r\n`, code: '431' },
    { what: 'no HTTP', text: 'nonsense\r\n\r\n', code: '400' },
    {
      what: 'two lengths',
      text: `POST ${configMaps} HTTP/1.1\r\nhost: twin\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
      code: '400',
    },
    {
      what: 'a length and chunks',
      text: `POST ${configMaps} HTTP/1.1\r\nhost: twin\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`,
      code: '400',
    },
  ])('$what are refused with $code', async ({ text, code }) => {
    const socket = await newSocket()
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString()
    })
    socket.write(text)
    await once(socket, 'close')
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${code}`)
    await isUnharmed()
  })

  it('plain HTTP to the port of HTTPS is no request', async () => {
    const answer = await fetch(twin.served.url.replace('https', 'http')).then(String, () => 'refused')
    expect(answer).toBe('refused')
    await isUnharmed()
  })
})

describe('HTTP/2', () => {
  it('requests that are taken back at once, thousands of them, keep nobody else waiting', async () => {
    const session = newSession()
    await once(session, 'connect')
    for (let at = 0; at < 5_000 && !session.closed && !session.destroyed; at += 1) {
      const stream = session.request({ ':path': configMaps })
      stream.on('error', () => {})
      stream.close(constants.NGHTTP2_CANCEL)
    }
    await isUnharmed()
  })

  it('more streams than a connection may have wait for their turn', async () => {
    const session = newSession()
    const statuses = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const stream = session.request({ ':path': '/version' })
        stream.resume()
        const [headers] = await once(stream, 'response')
        return headers[':status']
      }),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
    await isUnharmed()
  })

  it('headers of a megabyte end that request alone', async () => {
    const session = newSession({ maxSendHeaderBlockLength: 4 * 1024 * 1024 })
    const stream = session.request({ ':path': '/version', x: 'x'.repeat(1024 * 1024) })
    const outcome = await Promise.race([
      once(stream, 'response').then(([headers]) => headers[':status']),
      once(stream, 'error').then(() => 'Error'),
      once(stream, 'close').then(() => 'Closed'),
    ]).catch(() => 'Error')
    expect(outcome).not.toBe(200)
    await isUnharmed()
  })

  it('pings without end are answered or ended, and nobody else waits', async () => {
    const session = newSession({ maxOutstandingPings: 10_000 })
    await once(session, 'connect')
    for (let at = 0; at < 10_000 && !session.destroyed; at += 1) session.ping(() => {})
    await isUnharmed()
  })
})
