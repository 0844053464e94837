import { objectOf } from '../answer.ts'
import { area } from '../conformance-case.ts'
import { configMap, idlePod } from '../objects.ts'
import type { WatchEvent } from '../recorded-watch.ts'
import type { Steps } from '../steps.ts'

const short = ({ type, object }: WatchEvent) =>
  `${type} ${object.metadata?.name} ${Object.entries(object.metadata?.labels ?? {}).join(' ')}`
const mine = 'labelSelector=mine'
const map = (name: string, labels: Readonly<Record<string, string>> = { mine: '' }) => configMap(name, {}, { labels })

async function listVersion(c: Steps): Promise<string> {
  return objectOf(await c.quietly('GET', 'configmaps')).metadata.resourceVersion
}

async function relabel(c: Steps, name: string, labels: Readonly<Record<string, string | null>>): Promise<void> {
  await c.quietly('PATCH', `configmaps/${name}`, { body: { metadata: { labels } }, contentType: 'application/merge-patch+json' })
}

/** Watches: where they begin, what they tell, how they end. */
export const watches = area('Watches', {
  'from the version of a list, a watch tells what came after': async (c) => {
    await c.make('configmaps', map('before'))
    const watch = await c.watch(`configmaps?watch=true&resourceVersion=${await listVersion(c)}&${mine}`)
    await c.make('configmaps', map('a'))
    await relabel(c, 'a', { more: 'x' })
    await c.quietly('DELETE', 'configmaps/a')
    await c.seen(watch, 3)
  },
  'without a version, a watch begins with what is there': async (c) => {
    await c.make('configmaps', map('a'), map('b'))
    const watch = await c.watch(`configmaps?watch=true&${mine}`)
    await watch.until((events) => events.length >= 2)
    await c.make('configmaps', map('d'))
    await watch.until((events) => events.length >= 3)
    c.note('events', [watch.events.slice(0, 2).map(short).sort(), watch.events.slice(2).map(short)])
  },
  'version 0 begins with what is there': async (c) => {
    await c.make('configmaps', map('a'), map('b'))
    await c.until(`configmaps?resourceVersion=0&${mine}`, ({ items }) => items.length === 2, { pick: () => 'known' })
    const watch = await c.watch(`configmaps?watch=true&resourceVersion=0&${mine}`)
    await watch.until((events) => events.length >= 2)
    c.note('events', watch.events.map(short).sort())
  },
  'a version that is no number is refused': async (c) => {
    await c.watch('configmaps?watch=true&resourceVersion=abc')
  },
  'labels that come and go are ADDED and DELETED': async (c) => {
    await c.make('configmaps', map('a', {}))
    const watch = await c.watch(`configmaps?watch=true&resourceVersion=${await listVersion(c)}&labelSelector=app%3Dweb`)
    await relabel(c, 'a', { app: 'web' })
    await relabel(c, 'a', { other: 'x' })
    await relabel(c, 'a', { app: 'db' })
    await relabel(c, 'a', { app: 'web' })
    await c.seen(watch, 4)
  },
  'fields that come and go are ADDED and DELETED': async (c) => {
    await c.make('pods', idlePod('p'))
    const watch = await c.watch('pods?watch=true&fieldSelector=status.phase%3DRunning')
    const phase = (value: string) =>
      c.quietly('PATCH', 'pods/p/status', { body: { status: { phase: value } }, contentType: 'application/merge-patch+json' })
    await phase('Running')
    await phase('Failed')
    await c.seen(watch, 2, ({ type, object }) => [type, object.status.phase])
  },
  'one object is watched by its name': async (c) => {
    await c.make('configmaps', map('a'), map('b'))
    const watch = await c.watch('configmaps?watch=true&fieldSelector=metadata.name%3Db')
    await relabel(c, 'a', { x: 'y' })
    await relabel(c, 'b', { x: 'y' })
    await c.seen(watch, 2, short)
  },
  'the old path of a watch still works': async (c) => {
    await c.make('configmaps', map('a'))
    const watch = await c.watch('/api/v1/watch/namespaces/{ns}/configmaps/a')
    await relabel(c, 'a', { x: 'y' })
    await c.seen(watch, 2, short)
  },
  'timeoutSeconds ends a watch without a word': async (c) => {
    const watch = await c.watch('secrets?watch=true&timeoutSeconds=1&labelSelector=none')
    c.note('ended', await watch.until((_, ended) => ended))
    await c.seen(watch, 0)
  },
  'bookmarks come before the end, to those who ask': async (c) => {
    const watch = await c.watch('configmaps?watch=true&timeoutSeconds=3&allowWatchBookmarks=true&labelSelector=none')
    c.note('ended', await watch.until((_, ended) => ended))
    c.note('kinds', [...new Set(watch.events.map(({ type }) => type))])
    c.note('bookmark', normalBookmark(watch.events[0]))
  },
  'a watch of all namespaces is one of a resource': async (c) => {
    const watch = await c.watch('/api/v1/configmaps?watch=true&labelSelector=only%3D{ns}')
    await c.make('configmaps', map('a', { only: '{ns}' }))
    await c.seen(watch, 1, short)
  },
  'a watch with two values of a parameter takes the first': async (c) => {
    await c.make('configmaps', map('a'))
    const watch = await c.watch(`configmaps?watch=1&watch=0&${mine}`)
    await c.seen(watch, 1, short)
  },
  'a watch of objects as Tables has columns once': async (c) => {
    await c.make('configmaps', map('a'))
    const watch = await c.watch(`configmaps?watch=true&${mine}`)
    await relabel(c, 'a', { x: 'y' })
    await c.seen(watch, 2, short)
  },
  'an object that waits for its finalizers is MODIFIED, then DELETED': async (c) => {
    await c.make('configmaps', configMap('a', {}, { labels: { mine: '' }, finalizers: ['x/y'] }))
    const watch = await c.watch(`configmaps?watch=true&${mine}`)
    await watch.until((events) => events.length === 1)
    await c.quietly('DELETE', 'configmaps/a')
    await c.quietly('PATCH', 'configmaps/a', { body: { metadata: { finalizers: null } }, contentType: 'application/merge-patch+json' })
    await c.seen(watch, 3)
  },
  'a deletion of a collection is told object by object': async (c) => {
    await c.make('configmaps', map('a'), map('b'))
    const watch = await c.watch(`configmaps?watch=true&${mine}`)
    await watch.until((events) => events.length === 2)
    await c.quietly('DELETE', `configmaps?${mine}`)
    await watch.until((events) => events.length >= 4)
    c.note('events', [watch.events.slice(0, 2).map(short).sort(), watch.events.slice(2).map(short).sort()])
  },
  'an unchanged write is not told': async (c) => {
    await c.make('configmaps', map('a'))
    const watch = await c.watch(`configmaps?watch=true&${mine}`)
    await watch.until((events) => events.length === 1)
    await relabel(c, 'a', { mine: '' })
    await relabel(c, 'a', { x: 'y' })
    await c.seen(watch, 2, short)
  },
})

function normalBookmark(event: WatchEvent | undefined): unknown {
  if (event === undefined) return undefined
  return { type: event.type, object: event.object }
}
