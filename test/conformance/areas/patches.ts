import { objectOf } from '../answer.ts'
import { area } from '../conformance-case.ts'
import { configMap, deployment, idlePod, podSpec, service } from '../objects.ts'
import type { Steps } from '../steps.ts'

const two = [
  { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] },
  { name: 'b', image: 'b:1' },
]

async function stopped(c: Steps): Promise<void> {
  c.controllers = false
  await c.make(
    'apps/v1:deployments',
    deployment('d', { replicas: 0, template: { metadata: { labels: { app: 'd' } }, spec: podSpec({ containers: two }) } }),
  )
}

/** JSON patches, JSON merge patches, strategic merge patches. */
export const patches = area('Patches', {
  'a JSON patch adds, replaces, removes, copies, moves and tests': async (c) => {
    await c.make('configmaps', configMap('a', { one: '1', two: '2' }))
    await c.patch('json', 'configmaps/a', [
      { op: 'test', path: '/data/one', value: '1' },
      { op: 'add', path: '/data/three', value: '3' },
      { op: 'replace', path: '/data/one', value: 'I' },
      { op: 'copy', from: '/data/two', path: '/data/four' },
      { op: 'move', from: '/data/two', path: '/data/five' },
      { op: 'remove', path: '/data/three' },
    ])
  },
  'a JSON patch whose test fails changes nothing': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.patch('json', 'configmaps/a', [
      { op: 'add', path: '/data/x', value: 'x' },
      { op: 'test', path: '/data/key', value: 'other' },
    ])
    await c.get('configmaps/a')
  },
  'a JSON patch of a path that is not there is refused': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.patch('json', 'configmaps/a', [{ op: 'remove', path: '/data/none' }])
    await c.patch('json', 'configmaps/a', [{ op: 'replace', path: '/data/none', value: '' }])
    await c.patch('json', 'configmaps/a', [{ op: 'add', path: '/none/of/these', value: '' }])
    await c.patch('json', 'configmaps/a', [{ op: 'test', path: '/data/none', value: '' }])
  },
  'a JSON patch escapes slashes and tildes, and appends to lists': async (c) => {
    await c.make('configmaps', configMap('a', {}, { annotations: { 'x/y': '1' }, finalizers: ['x/y'] }))
    await c.patch('json', 'configmaps/a', [
      { op: 'replace', path: '/metadata/annotations/x~1y', value: '2' },
      { op: 'add', path: '/metadata/finalizers/-', value: 'x/z' },
      { op: 'add', path: '/metadata/finalizers/0', value: 'x/a' },
    ])
    await c.patch('json', 'configmaps/a', [{ op: 'remove', path: '/metadata/finalizers' }])
  },
  'a JSON patch that is none is refused': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.patch('json', 'configmaps/a', { op: 'remove', path: '/data/key' })
    await c.patch('json', 'configmaps/a', [{ op: 'invent', path: '/data/key' }])
    await c.request('PATCH', 'configmaps/a', { raw: '[{', contentType: 'application/json-patch+json' })
  },
  'a merge patch sets, nests and takes away with null': async (c) => {
    await c.make('configmaps', configMap('a', { one: '1', two: '2' }, { labels: { l: 'm' } }))
    await c.patch('merge', 'configmaps/a', { data: { one: null, three: '3' }, metadata: { annotations: { n: 'o' } } })
    await c.patch('merge', 'configmaps/a', { data: null, metadata: { labels: null } })
  },
  'a merge patch replaces lists as a whole': async (c) => {
    await stopped(c)
    await c.patch('merge', 'apps/v1:deployments/d', { spec: { template: { spec: { containers: [{ name: 'c', image: 'c:1' }] } } } })
  },
  'a merge patch with a stale resourceVersion is refused': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.patch('merge', 'configmaps/a', { metadata: { resourceVersion: '1' }, data: { key: 'x' } })
  },
  'a patch that makes the object invalid is refused': async (c) => {
    await stopped(c)
    await c.patch('merge', 'apps/v1:deployments/d', { spec: { replicas: -1 } })
    await c.patch('merge', 'apps/v1:deployments/d', { spec: { selector: { matchLabels: { other: 'x' } } } })
    await c.patch('merge', 'apps/v1:deployments/d', { spec: { replicas: 'many' } })
  },
  'a patch of an unknown media type is refused': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.request('PATCH', 'configmaps/a', { raw: '{}', contentType: 'application/json' })
    await c.request('PATCH', 'configmaps/a', { raw: '{}', contentType: 'text/plain' })
  },
  'a strategic patch merges containers by name and their environment by name': async (c) => {
    await stopped(c)
    const containers = [
      { name: 'a', env: [{ name: 'Y', value: '2' }] },
      { name: 'c', image: 'c:1' },
    ]
    await c.patch('strategic', 'apps/v1:deployments/d', { spec: { template: { spec: { containers } } } })
  },
  'a strategic patch deletes an item of a list with $patch': async (c) => {
    await stopped(c)
    const containers = [{ name: 'a', $patch: 'delete' }]
    await c.patch('strategic', 'apps/v1:deployments/d', { spec: { template: { spec: { containers } } } })
  },
  'a strategic patch replaces a list with $patch': async (c) => {
    await stopped(c)
    const containers = [{ name: 'z', image: 'z:1' }, { $patch: 'replace' }]
    await c.patch('strategic', 'apps/v1:deployments/d', { spec: { template: { spec: { containers } } } })
  },
  'a strategic patch replaces an object with $patch': async (c) => {
    await stopped(c)
    await c.patch('strategic', 'apps/v1:deployments/d', { spec: { strategy: { $patch: 'replace', type: 'Recreate' } } })
  },
  'a strategic patch orders a list with $setElementOrder': async (c) => {
    await stopped(c)
    const spec = { '$setElementOrder/containers': [{ name: 'b' }, { name: 'c' }, { name: 'a' }], containers: [{ name: 'c', image: 'c:1' }] }
    await c.patch('strategic', 'apps/v1:deployments/d', { spec: { template: { spec } } })
  },
  'a strategic patch keeps only the keys of $retainKeys': async (c) => {
    await stopped(c)
    await c.patch('strategic', 'apps/v1:deployments/d', { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } })
  },
  'a strategic patch to Recreate without $retainKeys is refused': async (c) => {
    await stopped(c)
    await c.patch('strategic', 'apps/v1:deployments/d', { spec: { strategy: { type: 'Recreate' } } })
  },
  'a strategic patch takes away from a list of plain values': async (c) => {
    await c.make('configmaps', configMap('a', {}, { finalizers: ['x/a', 'x/b', 'x/c'] }))
    await c.patch('strategic', 'configmaps/a', { metadata: { '$deleteFromPrimitiveList/finalizers': ['x/b'], finalizers: ['x/d'] } })
    await c.patch('strategic', 'configmaps/a', { metadata: { '$deleteFromPrimitiveList/finalizers': ['x/a', 'x/c', 'x/d'] } })
  },
  'a strategic patch merges ports of a Service by port': async (c) => {
    await c.make(
      'services',
      service('s', {
        clusterIP: 'None',
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      }),
    )
    await c.patch('strategic', 'services/s', {
      spec: {
        ports: [
          { port: 81, name: 'c' },
          { port: 82, name: 'd' },
        ],
      },
    })
    await c.patch('strategic', 'services/s', { spec: { ports: [{ port: 80, $patch: 'delete' }] } })
  },
  'a strategic patch replaces tolerations as a whole': async (c) => {
    await stopped(c)
    const tolerate = (key: string) => ({ spec: { template: { spec: { tolerations: [{ key, operator: 'Exists' }] } } } })
    await c.patch('strategic', 'apps/v1:deployments/d', tolerate('a'))
    await c.patch('strategic', 'apps/v1:deployments/d', tolerate('b'))
  },
  'a strategic patch of a status merges conditions by type': async (c) => {
    await c.make('pods', idlePod('p'))
    const condition = (type: string, status: string) => ({ type, status, lastTransitionTime: '2026-01-01T00:00:00Z' })
    await c.patch('strategic', 'pods/p/status', { status: { conditions: [condition('A', 'True'), condition('B', 'True')] } })
    await c.patch('strategic', 'pods/p/status', { status: { conditions: [condition('A', 'False')] } })
    await c.patch('strategic', 'pods/p/status', { status: { conditions: [{ type: 'B', $patch: 'delete' }] } })
  },
  'a strategic patch takes maps apart and removes with null': async (c) => {
    await c.make('configmaps', configMap('a', { one: '1', two: '2' }, { labels: { l: 'm' } }))
    await c.patch('strategic', 'configmaps/a', { data: { one: null, three: '3' }, metadata: { labels: { n: 'o' } } })
  },
  'a strategic patch with a directive that is none is refused': async (c) => {
    await stopped(c)
    await c.patch('strategic', 'apps/v1:deployments/d', { spec: { strategy: { $patch: 'invent' } } })
    await c.patch('strategic', 'apps/v1:deployments/d', { spec: { template: { spec: { containers: [{ image: 'nameless' }] } } } })
  },
  'a strategic patch of an owner merges by uid': async (c) => {
    const made = async (name: string) => objectOf(await c.quietly('POST', 'configmaps', { body: configMap(name) })).metadata.uid
    const uids = { x: await made('x'), y: await made('y') }
    const owner = (name: 'x' | 'y') => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid: uids[name] })
    await c.make('secrets', { metadata: { name: 's', ownerReferences: [owner('x')] } })
    await c.patch('strategic', 'secrets/s', { metadata: { ownerReferences: [owner('y')] } })
  },
  'a patch cannot touch what is immutable in a pod': async (c) => {
    await c.make('pods', idlePod('p'))
    await c.patch('strategic', 'pods/p', { spec: { containers: [{ name: 'main', image: 'other:1' }] } })
    await c.patch('strategic', 'pods/p', { spec: { containers: [{ name: 'main', command: ['x'] }] } })
    await c.patch('strategic', 'pods/p', { spec: { nodeName: 'node-1' } })
    await c.patch('merge', 'pods/p', { spec: { activeDeadlineSeconds: 5 } })
  },
  'an empty patch changes nothing': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.patch('merge', 'configmaps/a', {})
    await c.patch('strategic', 'configmaps/a', {})
    await c.patch('json', 'configmaps/a', [])
  },
})
