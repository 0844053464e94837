import { describe, expect, it } from 'vitest'
import { ask, type Json, send } from '../http/ask.test-support.ts'
import { podNamed, smallServer } from '../http/small-server.test-support.ts'

const pods = '/api/v1/namespaces/default/pods'
const key = { namespace: 'default', name: 'p' }

/** Opens a watch and gives what it has told when it is read. */
async function open(twin: Awaited<ReturnType<typeof smallServer>>, query: string, accept?: string) {
  const controller = new AbortController()
  const response = await send(twin.server, 'GET', query, { signal: controller.signal, ...(accept === undefined ? {} : { accept }) })
  if (response.kind !== 'Stream') throw new Error(`expected a stream, got ${JSON.stringify(response)}`)
  const iterator = response.pieces[Symbol.asyncIterator]()
  return {
    close: () => controller.abort(),
    async next(): Promise<Json[]> {
      const { value, done } = await iterator.next()
      return done
        ? []
        : (value as string)
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
    },
  }
}

const told = (events: Json[]) => events.map((event) => `${event.type} ${event.object.metadata.name}`)

describe('a watch', () => {
  it.each(['', '&resourceVersion=0'])('begins with what is there (%s)', async (query) => {
    const twin = await smallServer()
    await twin.client.create('pods', podNamed('p'))
    const watch = await open(twin, `${pods}?watch=true${query}`)
    expect(told(await watch.next())).toEqual(['ADDED p'])
    await twin.client.create('pods', podNamed('q'))
    expect(told(await watch.next())).toEqual(['ADDED q'])
    watch.close()
    expect(twin.hub.open).toBe(0)
  })

  it('goes on after a version', async () => {
    const twin = await smallServer()
    const { metadata } = await twin.client.create('pods', podNamed('p'))
    await twin.client.create('pods', podNamed('q'))
    const watch = await open(twin, `${pods}?watch=true&resourceVersion=${metadata.resourceVersion}`)
    expect(told(await watch.next())).toEqual(['ADDED q'])
    await twin.client.delete('pods', { namespace: 'default', name: 'q' })
    expect(told(await watch.next())).toEqual(['MODIFIED q', 'DELETED q'])
    watch.close()
  })

  it('is told 410 when the version is forgotten', async () => {
    const twin = await smallServer({ historyLimit: 2 })
    for (let i = 0; i < 9; i += 1) await twin.client.create('pods', podNamed(`p${i}`))
    const watch = await open(twin, `${pods}?watch=true&resourceVersion=1`)
    expect(await watch.next()).toMatchObject([
      {
        type: 'ERROR',
        object: { kind: 'Status', code: 410, reason: 'Expired', message: `too old resource version: 1 (${twin.store.resourceVersion})` },
      },
    ])
    expect(await watch.next()).toEqual([])
  })

  it('sees objects come and go with what they are selected by', async () => {
    const twin = await smallServer()
    const watch = await open(twin, `${pods}?watch=true&labelSelector=app%3Dweb`)
    await twin.client.create('pods', podNamed('p', undefined, { app: 'other' }))
    const label = (app: string) => twin.client.change('pods', key, (pod) => ({ ...pod, metadata: { ...pod.metadata, labels: { app } } }))
    await label('web')
    await label('db')
    const events = await watch.next()
    expect(told(events)).toEqual(['ADDED p', 'DELETED p'])
    expect(events[1].object.metadata).toMatchObject({ labels: { app: 'web' }, resourceVersion: String(twin.store.resourceVersion) })
    watch.close()
  })

  it('of one node sees its pods, also the moment they are bound', async () => {
    const twin = await smallServer()
    const watch = await open(twin, '/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3Dn1')
    await twin.client.create('pods', podNamed('p'))
    await twin.client.create('pods', podNamed('q', 'n2'))
    await twin.client.bind(key, 'n1')
    expect(told(await watch.next())).toEqual(['ADDED p'])
    watch.close()
  })

  it('of one name sees no other', async () => {
    const twin = await smallServer()
    const watch = await open(twin, `${pods}?watch=true&fieldSelector=metadata.name%3Dp`)
    await twin.client.create('pods', podNamed('q'))
    await twin.client.create('pods', podNamed('p'))
    expect(told(await watch.next())).toEqual(['ADDED p'])
    watch.close()
  })

  it('ends in peace after timeoutSeconds', async () => {
    const twin = await smallServer()
    const watch = await open(twin, `${pods}?watch=true&timeoutSeconds=5`)
    await twin.clock.advance(5_000)
    expect(await watch.next()).toEqual([])
    expect(twin.hub.open).toBe(0)
  })

  it('is told bookmarks once a minute if it asks for them', async () => {
    const twin = await smallServer()
    const asked = await open(twin, `${pods}?watch=true&allowWatchBookmarks=true`)
    const plain = await open(twin, `${pods}?watch=true`)
    await twin.clock.advance(60_000)
    expect(await asked.next()).toMatchObject([
      { type: 'BOOKMARK', object: { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: String(twin.store.resourceVersion) } } },
    ])
    await twin.client.create('pods', podNamed('p'))
    expect(told(await plain.next())).toEqual(['ADDED p'])
    asked.close()
    plain.close()
  })

  it('can be of tables: columns only in the first', async () => {
    const twin = await smallServer()
    const watch = await open(twin, `${pods}?watch=true`, 'application/json;as=Table;v=v1;g=meta.k8s.io')
    await twin.client.create('pods', podNamed('p'))
    await twin.client.create('pods', podNamed('q'))
    const [first, second] = await watch.next()
    const cellsOf = ({ object }: Json) => object.rows.map(({ cells }: Json) => cells.slice(0, 5))
    expect([first.object.kind, cellsOf(first)]).toEqual(['Table', [['p', '0/1', 'Pending', 0, '0s']]])
    expect(first.object.columnDefinitions.slice(0, 5).map(({ name }: Json) => name)).toEqual(['Name', 'Ready', 'Status', 'Restarts', 'Age'])
    expect([second.object.kind, second.object.columnDefinitions, cellsOf(second)]).toEqual([
      'Table',
      null,
      [['q', '0/1', 'Pending', 0, '0s']],
    ])
    watch.close()
  })

  it('that nobody reads is cut off before it takes memory', async () => {
    const twin = await smallServer()
    const watch = await open(twin, `${pods}?watch=true`)
    await twin.client.create('pods', podNamed('p'))
    for (let i = 0; i < 10_001; i += 1) {
      twin.registry.rewrite(twin.catalog.get('pods') ?? expect.fail('no pods'), key, (pod) => ({
        ...pod,
        metadata: { ...pod.metadata, labels: { i: `${i}` } },
      }))
    }
    expect(twin.hub.open).toBe(0)
    expect(await watch.next()).toEqual([])
  })

  it('by the old path works', async () => {
    const twin = await smallServer()
    const watch = await open(twin, '/api/v1/watch/namespaces/default/pods')
    await twin.client.create('pods', podNamed('p'))
    expect(told(await watch.next())).toEqual(['ADDED p'])
    watch.close()
  })
})

describe('a streaming list', () => {
  const query = `${pods}?watch=true&sendInitialEvents=true&resourceVersion=0&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`

  it('tells what is there and marks the end', async () => {
    const twin = await smallServer({ gitVersion: 'v1.34.0' })
    await twin.client.create('pods', podNamed('p'))
    const watch = await open(twin, query)
    const events = await watch.next()
    expect(events.map((event) => event.type)).toEqual(['ADDED', 'BOOKMARK'])
    expect(events[1].object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
    watch.close()
  })

  it('has no mark of its end for who wants no bookmarks', async () => {
    const twin = await smallServer({ gitVersion: 'v1.34.0' })
    await twin.client.create('pods', podNamed('p'))
    const watch = await open(twin, query.replace('&allowWatchBookmarks=true', ''))
    expect(told(await watch.next())).toEqual(['ADDED p'])
    watch.close()
  })

  it.each(['', '&resourceVersion=0'])(
    'that tells nothing of what is there tells what comes after (sendInitialEvents=false%s)',
    async (from) => {
      const twin = await smallServer({ gitVersion: 'v1.34.0' })
      await twin.client.create('pods', podNamed('p'))
      const watch = await open(twin, `${pods}?watch=true&sendInitialEvents=false&resourceVersionMatch=NotOlderThan${from}`)
      await twin.client.create('pods', podNamed('q'))
      expect(told(await watch.next())).toEqual(['ADDED q'])
      watch.close()
    },
  )

  it.each([
    { gitVersion: 'v1.20.2', field: 'resourceVersionMatch', message: 'Forbidden: resourceVersionMatch is forbidden for watch' },
    {
      gitVersion: 'v1.30.0',
      field: 'sendInitialEvents',
      message: 'Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    },
  ])('is refused by $gitVersion', async ({ gitVersion, field, message }) => {
    const { server } = await smallServer({ gitVersion })
    const { status, body } = await ask(server, 'GET', query)
    expect(status).toBe(422)
    expect(body.details.causes).toEqual([{ reason: 'FieldValueForbidden', message, field }])
  })
})
