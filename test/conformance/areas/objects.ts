import { objectOf } from '../answer.ts'
import { area } from '../conformance-case.ts'
import { configMap, idlePod, service, statefulSet } from '../objects.ts'

/** Create, read, replace, and how each is refused. */
export const objects = area('Objects', {
  'creates an object and reads it back': async (c) => {
    await c.post('configmaps', configMap('a'))
    await c.get('configmaps/a')
  },
  'refuses a name that is taken': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.post('configmaps', configMap('a'))
  },
  'refuses a name that is taken in other words where a generateName is beside it': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.post('configmaps', configMap('a', {}, { generateName: 'a' }))
    const set = statefulSet('db', { replicas: 0 })
    await c.make('apps/v1:statefulsets', set)
    await c.post('apps/v1:statefulsets', { ...set, metadata: { ...set.metadata, generateName: 'd' } })
    await c.make('pods', idlePod('gone', {}, { finalizers: ['x/y'] }))
    await c.quietly('DELETE', 'pods/gone')
    await c.post('pods', idlePod('gone', {}, { generateName: 'gone' }))
    await c.patch('merge', 'pods/gone', { metadata: { finalizers: null } })
  },
  'answers 404 for what is not there, whatever is asked of it': async (c) => {
    await c.get('configmaps/none')
    await c.put('configmaps/none', configMap('none', {}, { resourceVersion: '1' }))
    await c.patch('merge', 'configmaps/none', { data: { a: 'b' } })
    await c.delete('configmaps/none')
  },
  'a PUT to a name that is not there creates nothing where the kind does not allow it': async (c) => {
    await c.put('configmaps/none', configMap('none'))
    await c.put('pods/none', idlePod('none'))
    await c.put('services/none', service('none'))
  },
  'makes a name from generateName': async (c) => {
    await c.post('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'made-' } })
  },
  'refuses an object with neither name nor generateName': async (c) => {
    await c.post('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} })
    await c.post('pods', { apiVersion: 'v1', kind: 'Pod', spec: idlePod('x').spec })
  },
  'refuses a name that is no DNS name': async (c) => {
    await c.post('configmaps', configMap('Not A Name'))
    await c.post('services', service('1st'))
    await c.post('pods', idlePod('-x'))
    await c.post('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a_b' } })
  },
  'refuses a name that is too long': async (c) => {
    await c.post('configmaps', configMap('a'.repeat(254)))
    await c.post('services', service('a'.repeat(64)))
  },
  'refuses an object of another namespace': async (c) => {
    await c.post('configmaps', configMap('a', {}, { namespace: 'default' }))
  },
  'refuses an object in a namespace that is not there': async (c) => {
    await c.post('/api/v1/namespaces/{ns}-none/configmaps', configMap('a'))
    await c.get('/api/v1/namespaces/{ns}-none/configmaps/a')
    await c.get('/api/v1/namespaces/{ns}-none/configmaps')
  },
  'refuses a creation with a resourceVersion': async (c) => {
    await c.post('configmaps', configMap('a', {}, { resourceVersion: '5' }))
  },
  'drops a UID, a creation time and a selfLink that the client brings': async (c) => {
    const uid = '11111111-2222-3333-4444-555555555555'
    await c.post('configmaps', configMap('a', {}, { uid, creationTimestamp: '2001-01-01T00:00:00Z', selfLink: '/x', generation: 7 }))
    const { body } = await c.quietly('GET', 'configmaps/a')
    c.note('its own uid', (body as { metadata: { uid: string } }).metadata.uid !== uid)
  },
  'replaces an object, with and without its resourceVersion': async (c) => {
    const made = objectOf(await c.post('configmaps', configMap('a')))
    await c.put('configmaps/a', configMap('a', { key: 'second' }, { resourceVersion: made.metadata.resourceVersion }))
    await c.put('configmaps/a', configMap('a', { key: 'third' }))
  },
  'refuses a replacement by what was read before somebody changed it': async (c) => {
    const made = objectOf(await c.post('configmaps', configMap('a')))
    await c.make('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } })
    await c.patch('merge', 'configmaps/a', { data: { key: 'second' } })
    await c.put('configmaps/a', configMap('a', { key: 'third' }, { resourceVersion: made.metadata.resourceVersion }))
  },
  'refuses a replacement of an object by its namesake': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.put('configmaps/a', configMap('a', {}, { uid: '11111111-2222-3333-4444-555555555555' }))
  },
  'refuses a replacement with another name than the path': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.put('configmaps/a', configMap('b'))
    await c.put('configmaps/a', configMap('a', {}, { namespace: 'other' }))
    await c.put('configmaps/a', { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} })
  },
  'does not write what has not changed': async (c) => {
    const made = objectOf(await c.post('configmaps', configMap('a')))
    const again = objectOf(await c.put('configmaps/a', configMap('a')))
    const patched = objectOf(await c.patch('merge', 'configmaps/a', { data: { key: 'value' } }))
    c.note(
      'versions',
      [made, again, patched].map(({ metadata }) => metadata.resourceVersion === made.metadata.resourceVersion),
    )
  },
  'stores nothing with dryRun': async (c) => {
    await c.post('configmaps?dryRun=All', configMap('a'))
    await c.get('configmaps/a')
    await c.make('configmaps', configMap('b'))
    await c.patch('merge', 'configmaps/b?dryRun=All', { data: { key: 'other' } })
    await c.delete('configmaps/b?dryRun=All')
    await c.get('configmaps/b')
    await c.post('configmaps?dryRun=Some', configMap('c'))
  },
  'counts generations of the spec alone': async (c) => {
    const of = async () => objectOf(await c.quietly('GET', 'apps/v1:replicasets/a')).metadata.generation
    await c.make('apps/v1:replicasets', {
      metadata: { name: 'a' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'b' }] } },
      },
    })
    const first = await of()
    await c.quietly('PATCH', 'apps/v1:replicasets/a', {
      body: { metadata: { labels: { x: 'y' } } },
      contentType: 'application/merge-patch+json',
    })
    const second = await of()
    await c.quietly('PATCH', 'apps/v1:replicasets/a', {
      body: { spec: { minReadySeconds: 5 } },
      contentType: 'application/merge-patch+json',
    })
    c.note('generations', [first, second, await of()])
  },
  'refuses labels and annotations that are none': async (c) => {
    for (const labels of [{ 'a b': 'x' }, { ok: 'not ok!' }, { '/x': '' }, { 'A.b/c': '' }])
      await c.post('configmaps', configMap('a', {}, { labels }))
    await c.post('configmaps', configMap('a', {}, { annotations: { 'a b': 'x' } }))
    await c.post('configmaps', configMap('a', {}, { labels: { ['l'.repeat(64)]: 'v' } }))
    await c.post('configmaps', configMap('a', {}, { labels: { v: 'v'.repeat(64) } }))
  },
  'refuses annotations above 256 KiB': async (c) => {
    await c.post('configmaps', configMap('a', {}, { annotations: { long: 'x'.repeat(262_200) } }))
  },
  'refuses finalizers and owners that are none': async (c) => {
    await c.post('configmaps', configMap('a', {}, { finalizers: ['nothing'] }))
    await c.post('configmaps', configMap('b', {}, { finalizers: ['a/b/c'] }))
    await c.post('configmaps', configMap('c', {}, { ownerReferences: [{ kind: 'Pod', name: 'x' }] }))
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'x', uid: 'u', controller: true }
    await c.post('configmaps', configMap('d', {}, { ownerReferences: [owner, { ...owner, uid: 'v' }] }))
  },
  'metadata that cannot change is refused when it does': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.patch('merge', 'configmaps/a', { metadata: { name: 'b' } })
    await c.patch('merge', 'configmaps/a', { metadata: { namespace: 'b' } })
    await c.patch('merge', 'configmaps/a', { metadata: { uid: 'b' } })
    await c.patch('merge', 'configmaps/a', { metadata: { creationTimestamp: '2001-01-01T00:00:00Z' } })
    await c.patch('merge', 'configmaps/a', { metadata: { creationTimestamp: null } })
  },
  'an immutable ConfigMap and Secret stay as they are': async (c) => {
    await c.make('configmaps', { ...configMap('a'), immutable: true })
    await c.patch('merge', 'configmaps/a', { data: { key: 'other' } })
    await c.patch('merge', 'configmaps/a', { immutable: false })
    await c.make('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'Yg==' }, immutable: true })
    await c.patch('merge', 'secrets/s', { data: { a: 'Yw==' } })
  },
  'verbs that a resource does not have are refused': async (c) => {
    await c.post('configmaps/a', configMap('a'))
    await c.put('configmaps', configMap('a'))
    await c.patch('merge', 'configmaps', {})
    await c.get('bindings')
    await c.request('PROPFIND', 'configmaps')
  },
  'unknown resources, groups and paths are not found': async (c) => {
    await c.get('gadgets')
    await c.get('/apis/none.example.com/v1/gadgets')
    await c.get('/apis/apps/v7/deployments')
    await c.get('/nowhere')
    await c.get('configmaps/a/status')
    await c.get('configmaps/a/b/c')
  },
})
