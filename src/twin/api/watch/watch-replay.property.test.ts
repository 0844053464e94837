import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ask, type Json } from '../http/ask.test-support.ts'
import { podNamed, smallServer } from '../http/small-server.test-support.ts'

type Twin = Awaited<ReturnType<typeof smallServer>>

/** Something that happens to one of a few pods; what cannot happen to it now does not. */
const deed = fc.record({
  kind: fc.constantFrom('Create', 'Relabel', 'Move', 'Delete', 'DeleteWithFinalizer'),
  namespace: fc.constantFrom('default', 'kube-system'),
  name: fc.constantFrom('p0', 'p1', 'p2', 'p3'),
  app: fc.constantFrom('web', 'db'),
  node: fc.constantFrom('n0', 'n1'),
})
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never

/** What is watched, and from where: what is there now, or the version of a list. */
const watched = fc.record({
  path: fc.constantFrom('/api/v1/pods', '/api/v1/namespaces/default/pods'),
  query: fc.constantFrom(
    '',
    'labelSelector=app%3Dweb',
    'labelSelector=app!%3Dweb',
    'fieldSelector=spec.nodeName%3Dn0',
    'fieldSelector=metadata.name%3Dp1',
    'fieldSelector=spec.nodeName!%3Dn0&labelSelector=app',
  ),
  from: fc.constantFrom('Now', 'Zero', 'List', 'Stream'),
  /** After how many of the deeds it begins. */
  after: fc.nat({ max: 12 }),
})
type Watched = typeof watched extends fc.Arbitrary<infer T> ? T : never

async function carryOut({ client, registry, catalog }: Twin, { kind, namespace, name, app, node }: Deed): Promise<void> {
  const pods = catalog.get('pods') ?? expect.fail('no pods')
  const key = { namespace, name }
  const isThere = registry.store.get('pods', namespace, name) !== undefined
  if (kind === 'Create') {
    const draft = podNamed(name, node, { app })
    if (!isThere) await client.create('pods', { ...draft, metadata: { ...draft.metadata, namespace } })
    return
  }
  if (!isThere) return
  switch (kind) {
    case 'Relabel':
      registry.rewrite(pods, key, (pod) => ({ ...pod, metadata: { ...pod.metadata, labels: { app } } }))
      return
    case 'Move':
      registry.rewrite(pods, key, (pod) => ({ ...pod, spec: { ...(pod.spec as object), nodeName: node } }))
      return
    case 'Delete':
      registry.rewrite(pods, key, ({ metadata: { finalizers: _, ...metadata }, ...pod }) => ({ ...pod, metadata }))
      await client.delete('pods', key, { gracePeriodSeconds: 0 })
      return
    case 'DeleteWithFinalizer':
      registry.rewrite(pods, key, (pod) => ({ ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/wait'] } }))
      await client.delete('pods', key, { gracePeriodSeconds: 0 })
  }
}

const keyOf = ({ metadata }: Json) => `${metadata.namespace}/${metadata.name}`
const versionOf = ({ metadata }: Json) => Number(metadata.resourceVersion)

interface Running {
  readonly watch: Watched
  readonly begun: Map<string, Json>
  readonly answer: Promise<{ readonly body: Json }>
}

async function begin({ server }: Twin, watch: Watched): Promise<Running> {
  const { path, query, from } = watch
  const begun = new Map<string, Json>()
  let start = from === 'Zero' ? '&resourceVersion=0' : ''
  if (from === 'List') {
    const { body } = await ask(server, 'GET', `${path}?${query}`)
    for (const item of body.items) begun.set(keyOf(item), item)
    start = `&resourceVersion=${body.metadata.resourceVersion}`
  }
  if (from === 'Stream') start = '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
  return { watch, begun, answer: ask(server, 'GET', `${path}?${query}&watch=true&timeoutSeconds=1${start}`) }
}

/** What a client has in the end that starts with `begun` and believes each event. */
function replayed(begun: ReadonlyMap<string, Json>, events: readonly Json[]): ReadonlyMap<string, Json> {
  const known = new Map(begun)
  for (const { type, object } of events) {
    if (type === 'BOOKMARK') continue
    const key = keyOf(object)
    expect([type, known.has(key)]).toEqual([type, type !== 'ADDED'])
    if (known.has(key)) expect(versionOf(object)).toBeGreaterThan(versionOf(known.get(key)))
    if (type === 'DELETED') known.delete(key)
    else known.set(key, object)
  }
  return known
}

it('the history of each watch, replayed, is the list at its end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(deed, { minLength: 4, maxLength: 40 }),
      fc.array(watched, { minLength: 1, maxLength: 6 }),
      async (deeds, watches) => {
        const twin = await smallServer({ gitVersion: 'v1.34.0' })
        const running: Running[] = []
        for (const [at, each] of deeds.entries()) {
          for (const watch of watches) if (Math.min(watch.after, deeds.length - 1) === at) running.push(await begin(twin, watch))
          await carryOut(twin, each)
        }
        await twin.clock.advance(1_000)
        for (const { watch, begun, answer } of running) {
          const { body: events } = await answer
          const { body: list } = await ask(twin.server, 'GET', `${watch.path}?${watch.query}`)
          const wanted = new Map(list.items.map((item: Json) => [keyOf(item), versionOf(item)]))
          const found = new Map([...replayed(begun, events)].map(([key, object]) => [key, versionOf(object)]))
          expect(found).toEqual(wanted)
        }
        expect(twin.hub.open).toBe(0)
        expect(twin.defects).toEqual([])
      },
    ),
    { numRuns: 300 },
  )
})
