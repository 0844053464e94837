import { area } from '../conformance-case.ts'
import { configMap, deployment, podSpec } from '../objects.ts'
import type { Steps } from '../steps.ts'

/** `manager` may have more parameters behind it. */
function apply(c: Steps, path: string, manager: string, body: unknown) {
  const query = `fieldManager=${manager}`
  return c.request('PATCH', `${path}?${query}`, { body, contentType: 'application/apply-patch+yaml' })
}

const map = (data: Readonly<Record<string, unknown>>, metadata = {}) => configMap('a', data, metadata)

const web = (spec: Readonly<Record<string, unknown>>) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec })

/** Server-side apply: who owns which field, and what happens when two want one. */
export const applies = area('Server-side apply', {
  'creates what is not there and says who owns what': async (c) => {
    c.managedFields = true
    await apply(c, 'configmaps/a', 'one', map({ x: '1' }))
  },
  'takes away what the manager no longer names': async (c) => {
    c.managedFields = true
    await apply(c, 'configmaps/a', 'one', map({ x: '1', y: '2' }, { labels: { l: 'm' } }))
    await apply(c, 'configmaps/a', 'one', map({ y: '2' }))
  },
  'leaves what another manager has': async (c) => {
    c.managedFields = true
    await apply(c, 'configmaps/a', 'one', map({ x: '1' }))
    await apply(c, 'configmaps/a', 'two', map({ y: '2' }))
    await apply(c, 'configmaps/a', 'one', map({}))
  },
  'two managers of one value share it': async (c) => {
    c.managedFields = true
    await apply(c, 'configmaps/a', 'one', map({ x: '1' }))
    await apply(c, 'configmaps/a', 'two', map({ x: '1' }))
    await apply(c, 'configmaps/a', 'one', map({}))
  },
  'refuses another value of a field that somebody applied': async (c) => {
    await apply(c, 'configmaps/a', 'one', map({ x: '1', y: '1' }))
    await apply(c, 'configmaps/a', 'two', map({ x: '2', y: '2' }))
  },
  'takes a field over by force': async (c) => {
    c.managedFields = true
    await apply(c, 'configmaps/a', 'one', map({ x: '1', y: '1' }))
    await apply(c, 'configmaps/a', 'two&force=true', map({ x: '2' }))
  },
  'names the manager of an update in a conflict': async (c) => {
    await c.make('configmaps?fieldManager=maker', map({ x: '1' }))
    await apply(c, 'configmaps/a', 'two', map({ x: '2' }))
  },
  'names the one who has changed a field last in a conflict': async (c) => {
    await apply(c, 'configmaps/a', 'one', map({ x: '1' }))
    await c.quietly('PATCH', 'configmaps/a?fieldManager=editor', {
      body: { data: { x: '5' } },
      contentType: 'application/merge-patch+json',
    })
    await apply(c, 'configmaps/a', 'one', map({ x: '6' }))
  },
  'an update of a field takes it from who applied it': async (c) => {
    c.managedFields = true
    await apply(c, 'configmaps/a', 'one', map({ x: '1' }))
    await c.patch('merge', 'configmaps/a?fieldManager=editor', { data: { x: '5' } })
  },
  'asks for a manager and for an object of that kind': async (c) => {
    const contentType = 'application/apply-patch+yaml'
    await c.request('PATCH', 'configmaps/a', { body: map({}), contentType })
    await apply(c, 'configmaps/a', 'one', { data: {} })
    await apply(c, 'configmaps/a', 'one', { ...map({}), kind: 'Secret' })
    await apply(c, 'configmaps/a', 'one', configMap('b'))
    await apply(c, 'configmaps/a', 'one', { ...map({}), metadata: { name: 'a', managedFields: [{ manager: 'x' }] } })
    await apply(c, 'configmaps/a', 'm'.repeat(129), map({}))
  },
  'asks for a kind that there is': async (c) => {
    await apply(c, 'configmaps/a', 'one', { apiVersion: 'v1', data: {} })
    await apply(c, 'configmaps/a', 'one', { ...map({}), kind: 'Gadget' })
    await apply(c, 'configmaps/a', 'one', { ...map({}), apiVersion: 'a/b/c' })
    await c.get('configmaps/a')
  },
  'takes YAML': async (c) => {
    const raw = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: "1"\n'
    await c.request('PATCH', 'configmaps/a?fieldManager=one', { raw, contentType: 'application/apply-patch+yaml' })
    await c.request('PATCH', 'configmaps/a?fieldManager=one', { raw: 'a: [', contentType: 'application/apply-patch+yaml' })
  },
  'merges containers by name and ports by number and protocol': async (c) => {
    c.controllers = false
    c.managedFields = true
    const template = (containers: unknown) => ({ metadata: { labels: { app: 'd' } }, spec: { containers } })
    const first = [{ name: 'a', image: 'a:1', ports: [{ containerPort: 80, protocol: 'TCP' }] }]
    await apply(c, 'apps/v1:deployments/d', 'one', web({ replicas: 0, selector: { matchLabels: { app: 'd' } }, template: template(first) }))
    const second = [
      { name: 'a', ports: [{ containerPort: 81, protocol: 'TCP' }] },
      { name: 'b', image: 'b:1' },
    ]
    await apply(c, 'apps/v1:deployments/d', 'two', web({ template: template(second).spec && { spec: template(second).spec } }))
    await apply(c, 'apps/v1:deployments/d', 'two', web({ template: { spec: { containers: [{ name: 'a' }] } } }))
  },
  'a value that was there by default is owned by who applies it': async (c) => {
    c.controllers = false
    c.managedFields = true
    await c.make('apps/v1:deployments', deployment('d', { replicas: 0, template: { metadata: { labels: { app: 'd' } }, spec: podSpec() } }))
    await apply(c, 'apps/v1:deployments/d', 'two', web({ revisionHistoryLimit: 10 }))
    await apply(c, 'apps/v1:deployments/d', 'two', web({}))
  },
  'a scale by another manager makes the next apply a conflict': async (c) => {
    c.controllers = false
    const spec = {
      replicas: 0,
      selector: { matchLabels: { app: 'd' } },
      template: { metadata: { labels: { app: 'd' } }, spec: podSpec({ schedulerName: 'nobody' }) },
    }
    await apply(c, 'apps/v1:deployments/d', 'one', web(spec))
    await c.patch('merge', 'apps/v1:deployments/d?fieldManager=scaler', { spec: { replicas: 1 } })
    await apply(c, 'apps/v1:deployments/d', 'one', web(spec))
    const { replicas: _, ...rest } = spec
    await apply(c, 'apps/v1:deployments/d', 'one', web(rest))
  },
  'the fields of managers are cleared with one empty entry': async (c) => {
    c.managedFields = true
    await apply(c, 'configmaps/a', 'one', map({ x: '1' }))
    await c.patch('merge', 'configmaps/a', { metadata: { managedFields: [{}] } })
    await c.patch('merge', 'configmaps/a?fieldManager=two', { data: { y: '1' } })
  },
  'who creates and updates is told by the user agent': async (c) => {
    c.managedFields = true
    await c.post('configmaps', map({ x: '1' }))
    await c.patch('merge', 'configmaps/a', { data: { y: '1' } })
    await c.put('configmaps/a?fieldManager=other', map({ x: '2' }))
  },
  'a dry run of an apply shows the result': async (c) => {
    await c.request('PATCH', 'configmaps/a?fieldManager=one&dryRun=All', {
      body: map({ x: '1' }),
      contentType: 'application/apply-patch+yaml',
    })
    await c.get('configmaps/a')
  },
})
