import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { accessTo, openTransport } from '../../test/loopback/access.ts'
import { createAuthority, issueClient, issueServer } from '../../test/loopback/certificates.ts'
import { type Answer, sendJson, startServer, statusBody } from '../../test/loopback/http-server.ts'
import { createInstantClock } from '../../test/loopback/instant-clock.ts'

const nodes = { method: 'GET', path: '/api/v1/nodes' } as const

async function plainTransport(answer: Answer) {
  const server = await startServer(answer)
  return { server, transport: openTransport(accessTo(server.url), { version: '1.2.3' }) }
}

describe('a request', () => {
  it('goes out with path prefix, query, user agent and token', async () => {
    const server = await startServer((_, response) => sendJson(response, { ok: true }))
    const access = accessTo(`${server.url}/k8s/clusters/c-1`, { headers: { Authorization: 'Bearer t' } })
    const answer = await openTransport(access, { version: '1.2.3' }).json({
      ...nodes,
      query: { labelSelector: 'a in (b,c)', limit: 500, watch: undefined, dryRun: 'All' },
    })
    expect(answer).toEqual({ ok: true })
    expect(server.seen[0]).toMatchObject({
      method: 'GET',
      url: '/k8s/clusters/c-1/api/v1/nodes?labelSelector=a+in+%28b%2Cc%29&limit=500&dryRun=All',
      headers: { 'user-agent': 'falkirk/1.2.3', authorization: 'Bearer t', accept: 'application/json' },
    })
  })

  it('sends a body with its content type', async () => {
    const { server, transport } = await plainTransport((_, response) => sendJson(response, {}))
    await transport.json({
      method: 'PATCH',
      path: '/x',
      contentType: 'application/merge-patch+json',
      body: { spec: { a: 'ä', b: undefined } },
    })
    expect(server.seen[0]).toMatchObject({ body: '{"spec":{"a":"ä"}}', headers: { 'content-type': 'application/merge-patch+json' } })
  })

  it('a thousand requests in a row do not open a thousand connections', async () => {
    const authority = await createAuthority()
    const server = await startServer((_, response) => sendJson(response, {}), { tls: await issueServer(authority) })
    const transport = openTransport(accessTo(server.url, { ca: authority.cert }))
    for (let i = 0; i < 1000; i++) await transport.json(nodes)
    // A second one when a request begins before the end of the last answer has been noticed.
    expect(server.connections()).toBeLessThanOrEqual(2)
  })

  it('a burst shares 32 connections, and a watch does not wait behind it', async () => {
    const held: (() => void)[] = []
    const { server, transport } = await plainTransport(({ url }, response) => {
      if (url.startsWith('/watch')) response.writeHead(200).write('x')
      else held.push(() => sendJson(response, {}))
    })
    const burst = Array.from({ length: 100 }, () => transport.json(nodes))
    await expect.poll(() => held.length).toBe(32)
    const stream = await transport.stream({ method: 'GET', path: '/watch' })
    expect(server.connections()).toBe(33)
    stream.close()
    const drain = setInterval(() => {
      for (const send of held.splice(0)) send()
    }, 1)
    await Promise.all(burst).finally(() => clearInterval(drain))
  })

  it.each([
    { method: 'GET', asks: 'gzip' },
    { method: 'POST', asks: undefined },
  ] as const)('$method asks for encoding $asks', async ({ method, asks }) => {
    const { server, transport } = await plainTransport((_, response) => sendJson(response, {}))
    await transport.json({ method, path: '/x' })
    expect(server.seen[0]?.headers['accept-encoding']).toBe(asks)
  })

  it('unpacks gzip, also of an error', async () => {
    const { transport } = await plainTransport(({ url }, response) => {
      const body = url === '/ok' ? { items: ['ü'.repeat(100_000)] } : statusBody(404, 'NotFound', 'no such thing')
      response.writeHead(url === '/ok' ? 200 : 404, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(body)))
    })
    expect(await transport.json({ method: 'GET', path: '/ok' })).toEqual({ items: ['ü'.repeat(100_000)] })
    await expect(transport.json({ method: 'GET', path: '/no' })).rejects.toMatchObject({ status: 404, message: 'no such thing' })
  })
})

describe('an answer that is not 2xx', () => {
  it('becomes an ApiError with the fields of its Status', async () => {
    const causes = [{ reason: 'FieldValueInvalid', message: 'must be > 0', field: 'spec.x' }]
    const { transport } = await plainTransport((_, response) =>
      sendJson(response, statusBody(422, 'Invalid', 'Plan is invalid', { name: 'p', kind: 'Plan', causes }), 422),
    )
    await expect(transport.json(nodes)).rejects.toMatchObject({
      name: 'ApiError',
      status: 422,
      reason: 'Invalid',
      message: 'Plan is invalid',
      causes,
    })
  })

  it('403 names verb, resource, user and the rule to add', async () => {
    const said = 'nodes is forbidden: User "u" cannot list resource "nodes" in API group "" at the cluster scope'
    const { transport } = await plainTransport((_, response) => sendJson(response, statusBody(403, 'Forbidden', said), 403))
    await expect(transport.json(nodes)).rejects.toMatchObject({
      code: 'FK_FORBIDDEN',
      message: expect.stringMatching(/"u" may not list nodes .*add the rule .*verbs: \["list"\]/),
    })
  })

  it.each([
    {
      status: 502,
      body: '<html>\n<b>Bad Gateway</b>\u001b[31m',
      says: 'GET /api/v1/nodes was answered 502 Bad Gateway: <html> <b>Bad Gateway</b> [31m',
    },
    { status: 404, body: '404 page not found', says: 'GET /api/v1/nodes was answered 404 Not Found: 404 page not found' },
    { status: 500, body: '', says: 'GET /api/v1/nodes was answered 500 Internal Server Error' },
  ])('$status without a Status quotes what came: $body', async ({ status, body, says }) => {
    const { transport } = await plainTransport((_, response) => void response.writeHead(status).end(body))
    await expect(transport.json(nodes)).rejects.toMatchObject({ status, reason: '', message: says })
  })

  it('a redirect is not followed and says where it leads', async () => {
    const { server, transport } = await plainTransport(
      (_, response) => void response.writeHead(307, { location: 'https://elsewhere/' }).end(),
    )
    await expect(transport.json(nodes)).rejects.toThrow(/redirected to https:\/\/elsewhere\/ \(307\): set the server address/)
    expect(server.seen).toHaveLength(1)
  })

  it('a 2xx that is no JSON is refused: no API server is there', async () => {
    const { transport } = await plainTransport((_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'))
    await expect(transport.json(nodes)).rejects.toMatchObject({
      code: 'FK_API_REFUSED',
      message: expect.stringContaining('text/html that is no JSON'),
    })
  })
})

describe('a busy server', () => {
  const busy =
    (status: number, times: number, retryAfter: string | undefined): Answer =>
    ({ number }, response) =>
      number > times
        ? sendJson(response, { number })
        : sendJson(response, statusBody(status, 'Busy', 'busy'), status, retryAfter === undefined ? {} : { 'retry-after': retryAfter })

  it.each([
    { method: 'GET', status: 429, retryAfter: '1', sent: 2 },
    { method: 'POST', status: 429, retryAfter: '1', sent: 2 },
    { method: 'PATCH', status: 429, retryAfter: '1', sent: 2 },
    { method: 'GET', status: 503, retryAfter: '1', sent: 2 },
    { method: 'GET', status: 500, retryAfter: '1', sent: 2 },
    { method: 'POST', status: 503, retryAfter: '1', sent: 1 },
    { method: 'PUT', status: 504, retryAfter: '1', sent: 1 },
    { method: 'DELETE', status: 500, retryAfter: '1', sent: 1 },
    { method: 'GET', status: 429, retryAfter: undefined, sent: 1 },
    { method: 'GET', status: 503, retryAfter: undefined, sent: 1 },
    { method: 'GET', status: 429, retryAfter: '60', sent: 1 },
    { method: 'GET', status: 404, retryAfter: '1', sent: 1 },
  ] as const)('$method, $status, Retry-After $retryAfter: sent $sent times', async ({ method, status, retryAfter, sent }) => {
    const { server, transport, clock } = await atOnce(busy(status, 1, retryAfter))
    const outcome = await transport.json({ method, path: '/x' }).catch((error: unknown) => error)
    expect(outcome).toMatchObject(sent === 2 ? { number: 2 } : { status })
    expect(server.seen).toHaveLength(sent)
    expect(clock.slept).toEqual(sent === 2 ? [1000] : [])
  })

  it('is asked three times at most', async () => {
    const { server, transport } = await atOnce(busy(429, 9, '1'))
    await expect(transport.json(nodes)).rejects.toMatchObject({ status: 429, retryAfterMs: 1000 })
    expect(server.seen).toHaveLength(3)
  })

  it('is asked no more when the pause does not fit into the time of the request', async () => {
    const { server, transport } = await atOnce(busy(429, 9, '8'))
    await expect(transport.json({ ...nodes, timeoutMs: 10_000 })).rejects.toMatchObject({ status: 429 })
    expect(server.seen).toHaveLength(2)
  })

  it('is not asked again by a caller with a pace of its own', async () => {
    const { server, transport } = await atOnce(busy(429, 9, '1'))
    await expect(transport.json({ ...nodes, whenBusy: 'Fail' })).rejects.toMatchObject({ status: 429 })
    expect(server.seen).toHaveLength(1)
  })

  it('a date in Retry-After counts from now', async () => {
    const date = new Date(5_000).toUTCString()
    const { transport, clock } = await atOnce(busy(429, 1, date))
    await transport.json(nodes)
    expect(clock.slept).toEqual([5_000])
  })

  async function atOnce(answer: Answer) {
    const server = await startServer(answer)
    const clock = createInstantClock()
    return { server, clock, transport: openTransport(accessTo(server.url), { clock }) }
  }
})

describe('a connection that breaks', () => {
  const breakOnce: Answer = ({ number }, response) =>
    void (number === 1 ? response.socket?.resetAndDestroy() : sendJson(response, { number }))
  const breakAlways: Answer = (_, response) => void response.socket?.resetAndDestroy()

  it('a GET is sent once more', async () => {
    const { server, transport } = await plainTransport(breakOnce)
    expect(await transport.json(nodes)).toEqual({ number: 2 })
    expect(server.seen).toHaveLength(2)
  })

  it('a GET whose answer is cut off is sent once more', async () => {
    const { transport } = await plainTransport(({ number }, response) => {
      if (number > 1) return sendJson(response, { number })
      response.writeHead(200, { 'content-length': '100' }).write('{', () => response.socket?.destroy())
    })
    expect(await transport.json(nodes)).toEqual({ number: 2 })
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('a %s is never sent twice: its fate is unknown', async (method) => {
    const { server, transport } = await plainTransport(breakAlways)
    await expect(transport.json({ method, path: '/x' })).rejects.toMatchObject({ code: 'FK_API_UNREACHABLE', retry: 'backoff' })
    expect(server.seen).toHaveLength(1)
  })

  it('a GET that breaks twice says so', async () => {
    const { server, transport } = await plainTransport(breakAlways)
    await expect(transport.json(nodes)).rejects.toThrow(/cannot be reached: the connection broke before the answer was complete/)
    expect(server.seen).toHaveLength(2)
  })

  it('a server that closes idle connections costs no request, also no POST', async () => {
    const { server, transport } = await plainTransport((_, response) => sendJson(response, {}, 200, { connection: 'close' }))
    for (let i = 0; i < 5; i++) await transport.json({ method: 'POST', path: '/x' })
    expect(server.connections()).toBe(5)
  })

  it('nothing that listens says so', async () => {
    const { server, transport } = await plainTransport(() => {})
    await server.close()
    await expect(transport.json(nodes)).rejects.toMatchObject({
      code: 'FK_API_UNREACHABLE',
      message: `the API server ${server.url} (context "test") cannot be reached: nothing listens there; check that the API server runs and that address and port are right`,
    })
  })

  it('after close() nothing is sent', async () => {
    const { server, transport } = await plainTransport((_, response) => sendJson(response, {}))
    await transport.json(nodes)
    await transport.close()
    await expect(transport.json(nodes)).rejects.toMatchObject({ code: 'FK_API_UNREACHABLE' })
    expect(server.seen).toHaveLength(1)
  })
})

describe('time and abort', () => {
  it('a request without an answer in time is given up', async () => {
    const server = await startServer(() => {})
    const clock = createInstantClock()
    const call = openTransport(accessTo(server.url), { clock }).json(nodes)
    const outcome = call.catch((error: unknown) => error)
    await expect.poll(() => server.seen.length).toBe(1)
    clock.fire(29_999)
    clock.fire(1)
    expect(await outcome).toMatchObject({ code: 'FK_API_UNREACHABLE', message: expect.stringContaining('no complete answer within 30 s') })
  })

  it('a body that stops half-way is given up too', async () => {
    const server = await startServer((_, response) => void response.writeHead(200).write('{'))
    const clock = createInstantClock()
    const outcome = openTransport(accessTo(server.url), { clock })
      .json({ ...nodes, timeoutMs: 5_000 })
      .catch((error: unknown) => error)
    await expect.poll(() => server.seen.length).toBe(1)
    clock.fire(5_000)
    expect(await outcome).toMatchObject({ code: 'FK_API_UNREACHABLE' })
  })

  it("an abort throws the signal's reason", async () => {
    const { server, transport } = await plainTransport(() => {})
    const reason = new Error('shutting down')
    const controller = new AbortController()
    const outcome = transport.json({ ...nodes, signal: controller.signal }).catch((error: unknown) => error)
    await expect.poll(() => server.seen.length).toBe(1)
    controller.abort(reason)
    expect(await outcome).toBe(reason)
    await expect(transport.stream({ ...nodes, signal: controller.signal })).rejects.toBe(reason)
    expect(server.seen).toHaveLength(1)
  })

  it('an abort does not wait for credentials that do not come', async () => {
    const access = accessTo('http://127.0.0.1:1', {}, { credentials: () => new Promise(() => {}) })
    const controller = new AbortController()
    const call = openTransport(access).json({ ...nodes, signal: controller.signal })
    controller.abort(new Error('stop'))
    await expect(call).rejects.toThrow('stop')
  })

  it('leaves nothing on a signal that outlives its requests', async () => {
    const { transport } = await plainTransport((_, response) => sendJson(response, {}))
    const { signal, listeners } = countingSignal()
    for (let i = 0; i < 5; i++) await transport.json({ ...nodes, signal })
    const stream = await transport.stream({ ...nodes, signal })
    for await (const _ of stream);
    expect(listeners()).toBe(0)
  })

  function countingSignal() {
    const { signal } = new AbortController()
    let count = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      count += 1
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      count -= 1
      remove(...args)
    }
    return { signal, listeners: () => count }
  }
})

describe('credentials', () => {
  it('a 401 loads them afresh and sends once more, a write too', async () => {
    const server = await startServer(({ headers }, response) =>
      headers.authorization === 'Bearer new'
        ? sendJson(response, { ok: 1 })
        : sendJson(response, statusBody(401, 'Unauthorized', 'no'), 401),
    )
    const renewed: unknown[] = []
    const old = { headers: { Authorization: 'Bearer old' } }
    const access = accessTo(server.url, old, {
      renew: async (rejected) => {
        renewed.push(rejected.headers)
        return { headers: { Authorization: 'Bearer new' } }
      },
    })
    expect(await openTransport(access).json({ method: 'POST', path: '/x', body: {} })).toEqual({ ok: 1 })
    expect(renewed).toEqual([old.headers])
  })

  it('a second 401 is final, names the context and never the token', async () => {
    const server = await startServer((_, response) => sendJson(response, statusBody(401, 'Unauthorized', 'no'), 401))
    const access = accessTo(server.url, { headers: { Authorization: 'Bearer sesame-42' } })
    const error = await openTransport(access)
      .json(nodes)
      .catch((e: unknown) => e)
    expect(error).toMatchObject({ status: 401, message: expect.stringContaining('does not accept the credentials of context "test"') })
    expect(server.seen).toHaveLength(2)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('sesame-42')
  })

  it('no error shows the token or the key: not a reset, not a refused connection, not a time-out', async () => {
    const server = await startServer((_, response) => void response.socket?.resetAndDestroy())
    const secret = { headers: { Authorization: 'Bearer sesame-42', 'Impersonate-User': 'u' } }
    const transport = openTransport(accessTo(server.url, secret))
    const reset = await transport.json(nodes).catch((e: unknown) => e)
    await server.close()
    const refused = await transport.json(nodes).catch((e: unknown) => e)
    expect(inspect([reset, refused], { depth: 12, showHidden: true })).not.toContain('sesame-42')
  })

  it('a rotated client certificate is used for new connections, a running watch is not cut', async () => {
    const authority = await createAuthority()
    const server = await startServer(
      ({ user, url }, response) => (url === '/watch' ? void response.writeHead(200).write('a') : sendJson(response, { user })),
      { tls: await issueServer(authority), clientAuthority: authority.cert },
    )
    const first = { headers: {}, ca: authority.cert, clientCertificate: await issueClient(authority, 'first') }
    const second = { ...first, clientCertificate: await issueClient(authority, 'second') }
    let current = first
    const transport = openTransport(accessTo(server.url, {}, { credentials: async () => current }))
    expect(await transport.json(nodes)).toEqual({ user: 'first' })
    const stream = await transport.stream({ method: 'GET', path: '/watch' })
    current = second
    expect(await transport.json(nodes)).toEqual({ user: 'second' })
    const { value } = await stream[Symbol.asyncIterator]().next()
    expect(Buffer.from(value ?? []).toString()).toBe('a')
    stream.close()
  })
})

describe('TLS', () => {
  it('reaches an IPv6 literal', async () => {
    const authority = await createAuthority()
    const server = await startServer((_, response) => sendJson(response, { six: true }), { tls: await issueServer(authority), host: '::1' })
    expect(await openTransport(accessTo(server.url, { ca: authority.cert })).json(nodes)).toEqual({ six: true })
  })

  it('refuses a certificate of an unknown authority and says the fix', async () => {
    const server = await startServer((_, response) => sendJson(response, {}), { tls: await issueServer(await createAuthority()) })
    const other = await createAuthority('other')
    await expect(openTransport(accessTo(server.url, { ca: other.cert })).json(nodes)).rejects.toThrow(
      /signed by nobody who is trusted .*set certificate-authority/,
    )
    expect(server.seen).toHaveLength(0)
  })

  it('accepts it when the kubeconfig says to skip the check', async () => {
    const server = await startServer((_, response) => sendJson(response, { ok: 1 }), { tls: await issueServer(await createAuthority()) })
    expect(await openTransport(accessTo(server.url, {}, { tlsVerify: 'Skip' })).json(nodes)).toEqual({ ok: 1 })
  })

  it('refuses a certificate for another name, unless tls-server-name gives it', async () => {
    const authority = await createAuthority()
    const tls = await issueServer(authority, ['api.example.com'], [])
    const server = await startServer((_, response) => sendJson(response, { ok: 1 }), { tls })
    const ca = { ca: authority.cert }
    await expect(openTransport(accessTo(server.url, ca)).json(nodes)).rejects.toThrow(/set tls-server-name in the kubeconfig/)
    expect(await openTransport(accessTo(server.url, ca, { tlsServerName: 'api.example.com' })).json(nodes)).toEqual({ ok: 1 })
  })

  it('says when the port speaks no TLS', async () => {
    const server = await startServer((_, response) => sendJson(response, {}))
    await expect(openTransport(accessTo(server.url.replace('http:', 'https:'))).json(nodes)).rejects.toThrow(/it speaks no TLS/)
  })
})
