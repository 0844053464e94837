import { describe, expect, it } from 'vitest'
import { accessTo, openTransport } from '../../test/loopback/access.ts'
import { answerStatus, type MisbehavingServer, startMisbehavingServer, type WrongAnswer } from '../../test/loopback/misbehaving-server.ts'
import { eventually, storedFacts, type WatchedCollection, watchCollection } from '../../test/loopback/watched-collection.ts'
import { silentLog } from './log.ts'
import { ObjectCache } from './object-cache.ts'
import type { ApiTransport } from './transport.ts'

async function serverWith(count: number, options?: Parameters<typeof startMisbehavingServer>[0]): Promise<MisbehavingServer> {
  const server = await startMisbehavingServer(options)
  for (let i = 0; i < count; i++) server.collection.put(`node-${i}`, '0')
  return server
}

const queries = (server: MisbehavingServer, verb: 'list' | 'watch') =>
  server.asked.filter((asked) => asked.verb === verb).map(({ query }) => Object.fromEntries(query))

async function expectSameState(server: MisbehavingServer, watched: WatchedCollection): Promise<void> {
  await eventually(() => watched.state()).toEqual(server.collection.state())
  expect(watched.heard()).toEqual(server.collection.state())
  expect(watched.wrongChanges).toEqual([])
}

describe('the first list', () => {
  it('comes in pages of 500, without resourceVersion=0, with the selectors', async () => {
    const server = await serverWith(1_001)
    const watched = watchCollection(server, { labelSelector: 'a=b', fieldSelector: 'spec.nodeName=n' })
    await watched.reflector.synced
    const selectors = { labelSelector: 'a=b', fieldSelector: 'spec.nodeName=n' }
    const [first, ...others] = queries(server, 'list')
    expect(first).toEqual({ limit: '500', ...selectors })
    expect(others).toEqual([2, 3].map((page) => ({ limit: '500', continue: expect.stringMatching(`/${page}$`), ...selectors })))
    expect(watched.state()).toEqual(server.collection.state())
  })

  it('is complete before anything of it is told', async () => {
    const server = await serverWith(20)
    const watched = watchCollection(server, { pageSize: 5 })
    const sizes: number[] = []
    watched.cache.onChange(() => sizes.push(server.asked.filter(({ verb }) => verb === 'list').length))
    expect(watched.reflector.isSynced()).toBe(false)
    await watched.reflector.synced
    expect(watched.reflector.isSynced()).toBe(true)
    expect(new Set(sizes)).toEqual(new Set([4]))
  })
})

describe('a watch', () => {
  it('starts at the version of the list, with a spread time limit and bookmarks where the server has them', async () => {
    const server = await serverWith(3)
    const version = String(server.collection.version)
    watchCollection(server, { random: () => 0, labelSelector: 'a=b' })
    await eventually(() => queries(server, 'watch')).toEqual([
      { watch: 'true', timeoutSeconds: '270', resourceVersion: version, allowWatchBookmarks: 'true', labelSelector: 'a=b' },
    ])
    watchCollection(server, { random: () => 0.999_999, bookmarks: false })
    await eventually(() => queries(server, 'watch')[1]).toEqual({ watch: 'true', timeoutSeconds: '330', resourceVersion: version })
  })

  it('resumes at the version of the last event', async () => {
    const server = await serverWith(3)
    const watched = watchCollection(server)
    await eventually(() => server.watches).toBe(1)
    server.collection.put('node-1', '1')
    await expectSameState(server, watched)
    server.breakWatches('end')
    await eventually(() => queries(server, 'watch').map((query) => query.resourceVersion)).toEqual(['1003', '1004'])
  })

  it('resumes at the version of the last bookmark: history that was dropped before it is not missed', async () => {
    const server = await serverWith(3)
    const watched = watchCollection(server)
    await eventually(() => server.watches).toBe(1)
    server.collection.writeElsewhere()
    server.bookmark()
    await eventually(() => watched.reflector.counts().events).toBe(1)
    server.collection.compact()
    server.breakWatches('end')
    await eventually(() => server.watches).toBe(1)
    expect(queries(server, 'watch')).toHaveLength(2)
    expect(server.lists()).toBe(1)
  })

  it('that speaks before it fails is resumed soon, every time', async () => {
    const server = await serverWith(3)
    const watched = watchCollection(server)
    for (let i = 1; i <= 6; i++) {
      await eventually(() => server.watches).toBe(1)
      server.collection.put('node-1', String(i))
      server.breakWatches('error 500')
      await eventually(() => watched.log).toHaveLength(i)
    }
    for (const { fields } of watched.log) expect(fields.retryInMs).toBeLessThanOrEqual(250)
  })

  it('counts what it did, and writes down the last sign of freshness', async () => {
    const server = await serverWith(3)
    const watched = watchCollection(server)
    expect(watched.reflector.lastContactMs()).toBe(0)
    await eventually(() => server.watches).toBe(1)
    const listedMs = watched.reflector.lastContactMs()
    expect(listedMs).toBeGreaterThan(0)
    await watched.clock.sleep(1_000)
    server.bookmark()
    await eventually(() => watched.reflector.lastContactMs()).toBeGreaterThan(listedMs)
    server.collection.put('node-1', '1')
    await expectSameState(server, watched)
    expect(watched.reflector.counts()).toEqual({ lists: 1, watches: 1, events: 2, faults: 0 })
  })

  it('whose connection accepts and says nothing is no sign of freshness', async () => {
    const server = await serverWith(3)
    const watched = watchCollection(server)
    await eventually(() => server.watches).toBe(1)
    const listedMs = watched.reflector.lastContactMs()
    server.breakWatches('end')
    await eventually(() => queries(server, 'watch')).toHaveLength(2)
    expect(watched.reflector.lastContactMs()).toBe(listedMs)
  })
})

describe('a refusal', () => {
  it.each([
    { code: 403, reason: 'Forbidden', says: 'cannot list nodes' },
    { code: 404, reason: 'NotFound', says: 'does not serve /api/v1/nodes' },
    { code: 401, reason: 'Unauthorized', says: 'does not accept the credentials' },
  ])('of the list with $code is told in a sentence, once, and its end as well', async ({ code, reason, says }) => {
    const server = await serverWith(3)
    let refuse = true
    server.misanswer = () => (refuse ? answerStatus(code, reason) : undefined)
    const watched = watchCollection(server)
    await eventually(() => watched.reflector.counts().faults).toBe(3)
    expect(watched.problems).toEqual([{ reason, verb: 'list', message: expect.stringContaining(says) }])
    refuse = false
    await watched.reflector.synced
    expect(watched.problems.at(-1)).toBeUndefined()
    expect(watched.problems).toHaveLength(2)
  })

  it('of the list leaves the cache as it is: a server that starts does not know custom resources yet', async () => {
    const server = await serverWith(3)
    const watched = watchCollection(server)
    await eventually(() => server.watches).toBe(1)
    server.misanswer = () => answerStatus(404, 'NotFound')
    server.breakWatches('gone')
    await eventually(() => watched.problems).toHaveLength(1)
    expect(watched.state()).toEqual(server.collection.state())
  })

  it('of the watch alone is told although the list is allowed, and is over with the first watch, before anything happens in it', async () => {
    const server = await serverWith(3)
    let refuse = true
    let watches = false
    server.misanswer = ({ verb }) => (refuse && verb === 'watch' ? answerStatus(403, 'Forbidden') : undefined)
    const watched = watchCollection(server, { bookmarks: false })
    watched.reflector.watching.then(
      () => {
        watches = true
      },
      () => {},
    )
    await eventually(() => watched.problems).toMatchObject([{ reason: 'Forbidden', verb: 'watch' }])
    expect([watched.reflector.isSynced(), watches]).toEqual([true, false])
    refuse = false
    await eventually(() => watches).toBe(true)
    expect(watched.problems).toHaveLength(2)
    expect(watched.problems[1]).toBeUndefined()
  })

  it('leaves nobody waiting for the first watch when it is stopped', async () => {
    const server = await serverWith(3)
    server.misanswer = ({ verb }) => (verb === 'watch' ? answerStatus(403, 'Forbidden') : undefined)
    const watched = watchCollection(server)
    await watched.reflector.synced
    await watched.reflector.stop()
    await expect(watched.reflector.watching).rejects.toThrow('stopped before the first watch')
  })

  it('is not retried quickly', async () => {
    const server = await serverWith(3)
    server.misanswer = () => answerStatus(403, 'Forbidden')
    const watched = watchCollection(server)
    await eventually(() => watched.log).toHaveLength(1)
    expect(watched.log[0]?.fields.retryInMs).toBeGreaterThanOrEqual(15_000)
  })

  it('whose handler throws is survived', async () => {
    const server = await serverWith(3)
    let refuse = true
    server.misanswer = () => (refuse ? answerStatus(403, 'Forbidden') : undefined)
    const watched = watchCollection(server, {
      onProblem: () => {
        refuse = false
        throw new Error('broken')
      },
    })
    await watched.reflector.synced
    expect(watched.log.map(({ message }) => message)).toContain('problem handler failed')
  })
})

describe('stop', () => {
  const hang: WrongAnswer = () => {}

  it.each<{ when: string; until: (server: MisbehavingServer) => number; wrong: 'list' | 'watch' | 'none' }>([
    { when: 'a list is not answered', until: (server) => server.lists(), wrong: 'list' },
    { when: 'a watch is not answered', until: (server) => server.asked.length - 1, wrong: 'watch' },
    { when: 'a watch runs', until: (server) => server.watches, wrong: 'none' },
  ])('while $when ends everything', async ({ until, wrong }) => {
    const server = await serverWith(3)
    server.misanswer = ({ verb }) => (verb === wrong ? hang : undefined)
    const transport = openTransport(accessTo(server.url))
    const watched = watchCollection(server, { transport })
    await eventually(() => until(server)).toBe(1)
    await watched.reflector.stop()
    const asked = server.asked.length
    await transport.close()
    await eventually(() => server.connections).toBe(0)
    await watched.clock.sleep(5_000)
    expect(server.asked).toHaveLength(asked)
    if (wrong === 'list') await expect(watched.reflector.synced).rejects.toThrow('stopped before')
    else await watched.reflector.synced
  })

  it('closes a stream that pays no heed to signals', async () => {
    let close = () => {}
    const closed = new Promise<void>((resolve) => {
      close = resolve
    })
    const transport: ApiTransport = {
      json: async <T>() => ({ metadata: { resourceVersion: '1' }, items: [] }) as T,
      stream: async () => ({
        close,
        async *[Symbol.asyncIterator]() {
          await closed
          yield new Uint8Array()
        },
      }),
    }
    const watched = watchCollection(await serverWith(0), { transport })
    await watched.reflector.synced
    await eventually(() => watched.reflector.counts().watches).toBe(1)
    await watched.reflector.stop()
  })

  it('in a pause after a fault does not wait for its end', async () => {
    const server = await serverWith(3)
    server.misanswer = () => answerStatus(403, 'Forbidden')
    const watched = watchCollection(server)
    await eventually(() => watched.problems).toHaveLength(1)
    await watched.reflector.stop()
    expect(server.asked).toHaveLength(1)
  })
})

describe('WatchList', () => {
  it('gives the first state and goes on as a watch, with one request', async () => {
    const server = await serverWith(1_001, { streamingLists: true })
    const watched = watchCollection(server, { streamingLists: true })
    await watched.reflector.synced
    await eventually(() => server.watches).toBe(1)
    server.collection.put('node-7', '7')
    server.collection.remove('node-8')
    await expectSameState(server, watched)
    expect(server.asked).toHaveLength(1)
    expect(queries(server, 'watch')[0]).toMatchObject({ sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' })
    expect(queries(server, 'watch')[0]).not.toHaveProperty('resourceVersion')
  })

  it('notices deletions when it starts anew', async () => {
    const server = await serverWith(100, { streamingLists: true })
    const watched = watchCollection(server, { streamingLists: true })
    await eventually(() => server.watches).toBe(1)
    await server.stop()
    server.collection.remove('node-8')
    server.collection.compact()
    await server.start()
    await expectSameState(server, watched)
    expect(server.lists()).toBe(0)
  })

  it.each([422, 400])('that is answered with %i gives way to pages', async (code) => {
    const server = await serverWith(1_001)
    server.misanswer = ({ query }) => (query.has('sendInitialEvents') ? answerStatus(code, 'Invalid') : undefined)
    const watched = watchCollection(server, { streamingLists: true })
    await watched.reflector.synced
    await expectSameState(server, watched)
    expect(server.lists()).toBe(1)
  })

  it('whose first state has no end gives way to pages, and publishes nothing before', async () => {
    const server = await serverWith(3)
    const unending: WrongAnswer = (response) =>
      response.writeHead(200).write(`${JSON.stringify({ type: 'ADDED', object: server.collection.objects()[0] })}\n`)
    server.misanswer = ({ query }) => (query.has('sendInitialEvents') ? unending : undefined)
    const cache = new ObjectCache({ trim: storedFacts, log: silentLog })
    const sizes: number[] = []
    cache.onChange(() => sizes.push(server.lists()))
    const watched = watchCollection(server, { streamingLists: true, idleTimeoutMs: 10_000, cache })
    await watched.reflector.synced
    await expectSameState(server, watched)
    expect(new Set(sizes)).toEqual(new Set([1]))
  })
})
