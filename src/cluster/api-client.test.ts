import { describe, expect, it } from 'vitest'
import { clientOf, newest, oldest } from '../../test/loopback/client.ts'
import { type Answer, sendJson, statusBody } from '../../test/loopback/http-server.ts'
import type { createApiClient } from './api-client.ts'
import { jobs, nodes, plans, pods } from './resource.ts'

const ok: Answer = (_, response) => sendJson(response, { kind: 'X', metadata: { name: 'x' } })
const plan = { metadata: { namespace: 's', name: 'p' }, spec: { concurrency: 1 } }
const at = { namespace: 's', name: 'p' }

describe('each verb is one request', () => {
  it.each<{
    verb: string
    call: (client: ReturnType<typeof createApiClient>) => Promise<unknown>
    method: string
    url: string
    type?: string
    body?: unknown
  }>([
    { verb: 'get', call: (c) => c.get(nodes, { name: 'n' }), method: 'GET', url: '/api/v1/nodes/n' },
    { verb: 'find', call: (c) => c.find(plans, at), method: 'GET', url: '/apis/upgrade.cattle.io/v1/namespaces/s/plans/p' },
    {
      verb: 'create',
      call: (c) => c.create(plans, plan),
      method: 'POST',
      url: '/apis/upgrade.cattle.io/v1/namespaces/s/plans?fieldManager=falkirk',
      type: 'application/json',
      body: { apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', ...plan },
    },
    {
      verb: 'replace',
      call: (c) => c.replace(plans, plan, { subresource: 'status', fieldManager: 'me', dryRun: true }),
      method: 'PUT',
      url: '/apis/upgrade.cattle.io/v1/namespaces/s/plans/p/status?fieldManager=me&dryRun=All',
      type: 'application/json',
      body: { apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', ...plan },
    },
    {
      verb: 'merge patch',
      call: (c) => c.patch(plans, at, { type: 'merge', body: { spec: { x: null } } }),
      method: 'PATCH',
      url: '/apis/upgrade.cattle.io/v1/namespaces/s/plans/p?fieldManager=falkirk',
      type: 'application/merge-patch+json',
      body: { spec: { x: null } },
    },
    {
      verb: 'strategic patch',
      call: (c) => c.patch(nodes, { name: 'n' }, { type: 'strategic', body: { spec: { unschedulable: true } } }),
      method: 'PATCH',
      url: '/api/v1/nodes/n?fieldManager=falkirk',
      type: 'application/strategic-merge-patch+json',
      body: { spec: { unschedulable: true } },
    },
    {
      verb: 'json patch of the status',
      call: (c) => c.patchStatus(plans, at, { type: 'json', body: [{ op: 'remove', path: '/status/applying' }] }),
      method: 'PATCH',
      url: '/apis/upgrade.cattle.io/v1/namespaces/s/plans/p/status?fieldManager=falkirk',
      type: 'application/json-patch+json',
      body: [{ op: 'remove', path: '/status/applying' }],
    },
    {
      verb: 'delete',
      call: (c) => c.delete(jobs, at, { propagationPolicy: 'Background', preconditions: { uid: 'u' }, dryRun: true }),
      method: 'DELETE',
      url: '/apis/batch/v1/namespaces/s/jobs/p',
      type: 'application/json',
      body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions: { uid: 'u' }, dryRun: ['All'] },
    },
    {
      verb: 'apply',
      call: (c) => c.apply(plans, plan, { force: true, fieldManager: 'me' }),
      method: 'PATCH',
      url: '/apis/upgrade.cattle.io/v1/namespaces/s/plans/p?fieldManager=me&force=true',
      type: 'application/apply-patch+yaml',
      body: { apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', ...plan },
    },
  ])('$verb', async ({ call, method, url, type, body }) => {
    const { client, server } = await clientOf(ok)
    await call(client)
    expect(server.seen).toHaveLength(1)
    expect(server.seen[0]).toMatchObject({ method, url, ...(type === undefined ? {} : { headers: { 'content-type': type } }) })
    if (body !== undefined) expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(body)
  })
})

it('find gives undefined for what is not there, and throws all else', async () => {
  const { client } = await clientOf(({ url }, response) => {
    const code = url.endsWith('/gone') ? 404 : 500
    sendJson(response, statusBody(code, code === 404 ? 'NotFound' : 'InternalError', 'm'), code)
  })
  expect(await client.find(nodes, { name: 'gone' })).toBeUndefined()
  await expect(client.find(nodes, { name: 'broken' })).rejects.toMatchObject({ status: 500 })
  await expect(client.get(nodes, { name: 'gone' })).rejects.toMatchObject({ status: 404 })
})

it.each(['', '.', '..', 'a/b', 'a%2fb', undefined])(
  'a name or namespace like %j never reaches the server: it would mean something else',
  async (bad) => {
    const { client, server } = await clientOf(ok)
    const name = bad as string
    const attempts = [
      () => client.delete(jobs, { namespace: 's', name }),
      () => client.delete(jobs, { namespace: name, name: 'j' }),
      () => client.patch(nodes, { name }, { type: 'merge', body: {} }),
      () => client.create(jobs, { metadata: { name: 'j', namespace: name } }),
      () => client.get(nodes, { name }),
    ]
    for (const attempt of attempts) await expect((async () => attempt())()).rejects.toThrow(/must be a path segment/)
    expect(server.seen).toHaveLength(0)
  },
)

describe('list', () => {
  /** Answers pages of two; `expireAt` tells at which request the token has expired. */
  const paged =
    (names: readonly string[], expireAt: (request: number) => boolean = () => false): Answer =>
    ({ url, number }, response) => {
      const query = new URL(url, 'http://x').searchParams
      const from = Number(query.get('continue') ?? 0)
      if (from > 0 && expireAt(number)) return sendJson(response, statusBody(410, 'Expired', 'too old'), 410)
      const next = from + 2 < names.length ? String(from + 2) : ''
      const items = names.slice(from, from + 2).map((name) => ({ metadata: { name } }))
      sendJson(response, { metadata: { resourceVersion: '7', continue: next }, items })
    }

  it('gets all pages, 500 objects each, without resourceVersion', async () => {
    const { client, server } = await clientOf(paged(['a', 'b', 'c', 'd', 'e']))
    const { items, resourceVersion } = await client.list(pods, { namespace: 'ns', labelSelector: 'a=b', fieldSelector: 'spec.nodeName=n' })
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(resourceVersion).toBe('7')
    const queries = server.seen.map(({ url }) => Object.fromEntries(new URL(url, 'http://x').searchParams))
    const same = { limit: '500', labelSelector: 'a=b', fieldSelector: 'spec.nodeName=n' }
    expect(queries).toEqual([same, { ...same, continue: '2' }, { ...same, continue: '4' }])
  })

  it('trims each object as its page comes', async () => {
    const { client } = await clientOf(paged(['a', 'b', 'c']))
    const trim = (object: unknown) => ({ metadata: { name: (object as { metadata: { name: string } }).metadata.name.toUpperCase() } })
    expect((await client.list(nodes, { trim })).items.map(({ metadata }) => metadata.name)).toEqual(['A', 'B', 'C'])
  })

  it('starts again when a token expires, without listing anything twice', async () => {
    const { client, server } = await clientOf(paged(['a', 'b', 'c'], (request) => request === 2))
    expect((await client.list(nodes)).items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c'])
    expect(server.seen).toHaveLength(4)
  })

  it('gives up after three starts', async () => {
    const { client, server } = await clientOf(paged(['a', 'b', 'c'], () => true))
    await expect(client.list(nodes)).rejects.toMatchObject({ status: 410 })
    expect(server.seen).toHaveLength(6)
  })
})

describe('apply on a server without server-side apply', () => {
  const replay =
    (...codes: readonly number[]): Answer =>
    ({ number }, response) => {
      const code = codes[number - 1] ?? 200
      const reason = { 404: 'NotFound', 409: 'AlreadyExists', 415: 'UnsupportedMediaType' }[code] ?? ''
      sendJson(response, code < 300 ? { metadata: { name: 'p' } } : statusBody(code, reason, 'm'), code)
    }

  it.each([
    { what: 'merges into what is there', capabilities: oldest, codes: [200], methods: ['PATCH merge'] },
    { what: 'creates what is not', capabilities: oldest, codes: [404, 201], methods: ['PATCH merge', 'POST'] },
    {
      what: 'merges when somebody creates it meanwhile',
      capabilities: oldest,
      codes: [404, 409, 200],
      methods: ['PATCH merge', 'POST', 'PATCH merge'],
    },
    {
      what: 'finds out by 415 where the feature is switched off',
      capabilities: { ...newest, minor: 18 },
      codes: [415, 200],
      methods: ['PATCH apply', 'PATCH merge'],
    },
  ])('$what', async ({ capabilities, codes, methods }) => {
    const { client, server } = await clientOf(replay(...codes), capabilities)
    await client.apply(plans, plan)
    const seen = server.seen.map(({ method, headers }) =>
      method === 'PATCH' ? `PATCH ${/application\/(\w+)-/.exec(headers['content-type'] ?? '')?.[1]}` : method,
    )
    expect(seen).toEqual(methods)
  })

  it('a conflict with another manager is thrown, not merged over', async () => {
    const { client, server } = await clientOf((_, response) =>
      sendJson(response, statusBody(409, 'Conflict', 'conflict with "kubectl"'), 409),
    )
    await expect(client.apply(plans, plan)).rejects.toMatchObject({ status: 409 })
    expect(server.seen).toHaveLength(1)
  })
})

describe('logs', () => {
  const logOf =
    (text: string | Buffer): Answer =>
    (_, response) =>
      void response.writeHead(200, { 'content-type': 'text/plain' }).end(text)

  it('asks for the end of one container, 64 KiB at most', async () => {
    const { client, server } = await clientOf(logOf('zwei\nUmläute\n'))
    expect(await client.logs('ns', 'pod', 'main', { tailLines: 20 })).toBe('zwei\nUmläute\n')
    expect(server.seen[0]?.url).toBe('/api/v1/namespaces/ns/pods/pod/log?container=main&tailLines=20&limitBytes=65536')
  })

  it('cuts what is longer than asked for', async () => {
    const { client } = await clientOf(logOf('x'.repeat(200_000)))
    expect(await client.logs('ns', 'pod', 'main', { limitBytes: 1000 })).toBe('x'.repeat(1000))
  })

  it('a character cut in two does no harm', async () => {
    const { client } = await clientOf(logOf('aä'))
    expect(await client.logs('ns', 'pod', 'main', { limitBytes: 2 })).toBe('a\ufffd')
  })

  it('a container that has not started is an ApiError', async () => {
    const { client } = await clientOf((_, response) =>
      sendJson(response, statusBody(400, 'BadRequest', 'container "main" is waiting to start'), 400),
    )
    await expect(client.logs('ns', 'pod', 'main')).rejects.toMatchObject({ status: 400, message: 'container "main" is waiting to start' })
  })
})
