import { describe, expect, it } from 'vitest'
import {
  type AskedFor,
  answerPage,
  answerStatus,
  type Break,
  type MisbehavingServer,
  startMisbehavingServer,
  type WrongAnswer,
} from '../../test/loopback/misbehaving-server.ts'
import { eventually, type WatchedCollection, watchCollection } from '../../test/loopback/watched-collection.ts'

const objects = 1_200

async function watchedServer(
  options: Parameters<typeof watchCollection>[1] = {},
): Promise<{ server: MisbehavingServer; watched: WatchedCollection }> {
  const server = await startMisbehavingServer()
  for (let i = 0; i < objects; i++) server.collection.put(`node-${i}`, '0')
  const watched = watchCollection(server, options)
  await watched.reflector.synced
  await eventually(() => server.watches).toBe(1)
  return { server, watched }
}

/** A hundred changes: objects changed, deleted and added; written again as they were (a heartbeat) as well. */
function churn({ collection }: MisbehavingServer, round: number): void {
  for (let i = 0; i < 25; i++) {
    const at = (round * 97 + i * 31) % objects
    collection.put(`node-${at}`, `${round}`)
    collection.put(`node-${(at + 1) % objects}`, collection.state().get(`node-${(at + 1) % objects}`) ?? '0')
    collection.remove(`node-${(at + 2) % objects}`)
    collection.put(`new-${round}-${i}`, 'new')
  }
}

async function expectSameState(server: MisbehavingServer, watched: WatchedCollection): Promise<void> {
  await eventually(() => watched.state()).toEqual(server.collection.state())
  expect(watched.heard()).toEqual(server.collection.state())
  expect(watched.wrongChanges).toEqual([])
}

/** Wrong answers to the next requests that `which` takes; each function answers one. */
function misanswerNext(server: MisbehavingServer, which: AskedFor['verb'], answers: WrongAnswer[]): void {
  server.misanswer = ({ verb }) => (verb === which ? answers.shift() : undefined)
}

describe('a cache is equal to the server again after', () => {
  it.each<{ how: Break; lists: number }>([
    { how: 'end', lists: 1 },
    { how: 'fin', lists: 1 },
    { how: 'reset', lists: 1 },
    { how: 'half an event', lists: 1 },
    { how: 'error 500', lists: 1 },
    { how: 'garbage', lists: 1 },
    { how: 'nameless object', lists: 1 },
    { how: 'silence', lists: 1 },
    { how: 'gone', lists: 2 },
  ])('a watch that ends with: $how (lists in all: $lists)', async ({ how, lists }) => {
    const { server, watched } = await watchedServer()
    churn(server, 1)
    server.breakWatches(how)
    churn(server, 2)
    await expectSameState(server, watched)
    churn(server, 3)
    await expectSameState(server, watched)
    expect(server.lists()).toBe(lists)
  })

  it.each<{ title: string; answers: WrongAnswer[]; lists: number }>([
    { title: 'HTTP 410', answers: [answerStatus(410, 'Expired')], lists: 2 },
    { title: 'HTTP 429', answers: [answerStatus(429, 'TooManyRequests', { 'retry-after': '1' })], lists: 1 },
    { title: 'HTTP 500 and 503', answers: [answerStatus(500, 'InternalError'), answerStatus(503, 'ServiceUnavailable')], lists: 1 },
    { title: 'a page of a proxy', answers: [answerPage], lists: 1 },
    { title: 'a broken connection', answers: [(response) => response.socket?.resetAndDestroy()], lists: 1 },
    { title: 'HTTP 400: the version is not understood', answers: [answerStatus(400, 'BadRequest')], lists: 2 },
    { title: 'HTTP 404', answers: [answerStatus(404, 'NotFound')], lists: 2 },
    { title: 'HTTP 403', answers: [answerStatus(403, 'Forbidden')], lists: 1 },
  ])('a watch that is answered with $title (lists in all: $lists)', async ({ answers, lists }) => {
    const { server, watched } = await watchedServer()
    misanswerNext(server, 'watch', [...answers])
    server.breakWatches('reset')
    churn(server, 1)
    await expectSameState(server, watched)
    expect(server.lists()).toBe(lists)
  })

  it.each<{ title: string; answers: WrongAnswer[] }>([
    { title: 'HTTP 500', answers: [500, 500, 500].map((code) => answerStatus(code, 'InternalError')) },
    { title: 'HTTP 429', answers: [answerStatus(429, 'TooManyRequests'), answerStatus(429, 'TooManyRequests', { 'retry-after': '1' })] },
    { title: 'a page of a proxy', answers: [answerPage] },
    { title: 'a broken connection', answers: [(response) => response.socket?.resetAndDestroy()] },
    { title: 'HTTP 403 for a while', answers: [answerStatus(403, 'Forbidden')] },
  ])('a relist that is answered with $title', async ({ answers }) => {
    const { server, watched } = await watchedServer()
    misanswerNext(server, 'list', [...answers])
    churn(server, 1)
    server.breakWatches('gone')
    churn(server, 2)
    await expectSameState(server, watched)
  })

  it('a `continue` token that expires in the middle of a list', async () => {
    const { server, watched } = await watchedServer()
    let expiries = 2
    server.misanswer = ({ verb, page }) => {
      if (verb === 'list' && page === 2 && expiries-- > 0) server.expirePages()
      return undefined
    }
    server.breakWatches('gone')
    churn(server, 1)
    await expectSameState(server, watched)
    expect(server.lists()).toBe(4)
  })

  it('a server that is away for a minute and still knows what happened: no list', async () => {
    const { server, watched } = await watchedServer()
    await server.stop()
    churn(server, 1)
    await watched.clock.sleep(60_000)
    await server.start()
    await expectSameState(server, watched)
    expect(server.lists()).toBe(1)
  })

  it('a server that is away and has forgotten: deletions are noticed by the list', async () => {
    const { server, watched } = await watchedServer()
    await server.stop()
    churn(server, 1)
    server.collection.compact()
    await watched.clock.sleep(20_000)
    await server.start()
    await expectSameState(server, watched)
    expect(server.lists()).toBe(2)
  })

  it('a restore from a backup: versions go back, and the silence of the watch gives it away', async () => {
    const { server, watched } = await watchedServer({ idleTimeoutMs: 10_000 })
    const backup = server.collection.state()
    churn(server, 1)
    await expectSameState(server, watched)
    server.breakWatches('reset')
    server.collection.restore(backup)
    await expectSameState(server, watched)
    churn(server, 2)
    await expectSameState(server, watched)
  })

  it('a watch that looks alive and tells nothing: an own write that does not come gives it away', async () => {
    const { server, watched } = await watchedServer({ idleTimeoutMs: 600_000, blindAfterMs: 15_000 })
    server.breakWatches('silence')
    churn(server, 1)
    watched.cache.observe(server.collection.put('node-1', 'ours'))
    await expectSameState(server, watched)
    expect(server.lists()).toBe(2)
    expect(watched.log.filter(({ message }) => message.includes('does not tell'))).toHaveLength(1)
  })

  it('no doubt comes up while own writes are told', async () => {
    const { server, watched } = await watchedServer({ blindAfterMs: 1_000 })
    for (let i = 0; i < 30; i++) {
      watched.cache.observe(server.collection.put(`node-${i}`, 'ours'))
      await watched.clock.sleep(500)
    }
    await expectSameState(server, watched)
    expect(server.lists()).toBe(1)
  })

  it('handlers that throw, at once and later', async () => {
    const { server, watched } = await watchedServer()
    watched.cache.onChange(() => {
      throw new Error('thrown at once')
    })
    // biome-ignore lint/nursery/noMisusedPromises: the compiler lets such a handler pass, so the cache has to bear it
    watched.cache.onChange(async () => {
      throw new Error('thrown later')
    })
    churn(server, 1)
    await expectSameState(server, watched)
    const logged = new Set(watched.log.filter(({ level }) => level === 'error').map(({ fields }) => String(fields.err)))
    expect(logged).toEqual(new Set(['Error: thrown at once', 'Error: thrown later']))
  })
})

describe('against storms', () => {
  it('410 for 10 s makes a handful of lists: relists back off', async () => {
    const { server, watched } = await watchedServer()
    const endMs = watched.clock.now() + 10_000
    server.misanswer = ({ verb }) => (verb === 'watch' && watched.clock.now() < endMs ? answerStatus(410, 'Expired') : undefined)
    server.breakWatches('gone')
    churn(server, 1)
    await watched.clock.sleep(10_000)
    await expectSameState(server, watched)
    // Pauses of at least 0.125, 0.25, 0.5, 1, 2, 4, 8 s.
    expect(server.lists()).toBeLessThanOrEqual(9)
  })

  it('a watch that ends at once, every time, is not asked for without a pause', async () => {
    const { server, watched } = await watchedServer()
    const before = server.asked.length
    const endMs = watched.clock.now() + 10_000
    const endAtOnce: WrongAnswer = (response) => response.writeHead(200).end()
    server.misanswer = ({ verb }) => (verb === 'watch' && watched.clock.now() < endMs ? endAtOnce : undefined)
    server.breakWatches('end')
    churn(server, 1)
    await watched.clock.sleep(10_000)
    await expectSameState(server, watched)
    expect(server.asked.length - before).toBeLessThanOrEqual(9)
  })

  it('waits at least as long as Retry-After says', async () => {
    const { server, watched } = await watchedServer()
    misanswerNext(server, 'watch', [answerStatus(429, 'TooManyRequests', { 'retry-after': '7' })])
    server.breakWatches('end')
    await eventually(() => watched.log.find(({ message }) => message === 'watching was interrupted')).toMatchObject({
      fields: { phase: 'Watch', retryInMs: 7_000 },
    })
  })
})
