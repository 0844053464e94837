import { area } from '../conformance-case.ts'
import { configMap } from '../objects.ts'

/** Bodies and parameters that make no sense. */
export const badInput = area('Bad input', {
  'a body that is no JSON': async (c) => {
    await c.request('POST', 'configmaps', { raw: '{' })
    await c.request('POST', 'configmaps', { raw: 'x' })
    await c.request('POST', 'configmaps', { raw: '' })
    await c.request('POST', 'configmaps', { raw: '[]' })
    await c.request('POST', 'configmaps', { raw: '"text"' })
    await c.request('POST', 'configmaps', { raw: 'null' })
  },
  'a body without kind is taken as what the path says': async (c) => {
    await c.post('configmaps', { metadata: { name: 'a' } })
    await c.post('configmaps', { apiVersion: 'v1', metadata: { name: 'b' } })
    await c.post('configmaps', { kind: 'ConfigMap', metadata: { name: 'd' } })
  },
  'a body of another kind': async (c) => {
    await c.post('configmaps', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } })
    await c.post('configmaps', { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'a' } })
    await c.post('configmaps', { apiVersion: 'v1', kind: 'Gadget', metadata: { name: 'a' } })
    await c.post('configmaps', { apiVersion: 'a/b/c', kind: 'ConfigMap', metadata: { name: 'a' } })
  },
  'a member of the wrong type': async (c) => {
    await c.post('configmaps', configMap('a', { number: 5 }))
    await c.post('configmaps', { metadata: { name: 5 } })
    await c.post('configmaps', { metadata: 'x' })
    await c.post('pods', { metadata: { name: 'p' }, spec: { containers: {} } })
    await c.post('pods', { metadata: { name: 'p' }, spec: { hostNetwork: 'yes' } })
    await c.post('apps/v1:deployments', { metadata: { name: 'd' }, spec: { replicas: 1.5 } })
  },
  'a member that nobody knows is dropped': async (c) => {
    await c.post('configmaps', { ...configMap('a'), nonsense: { deep: 1 } })
    await c.post('pods', {
      metadata: { name: 'p', nonsense: 1 },
      spec: { schedulerName: 'nobody', nonsense: 1, containers: [{ name: 'a', image: 'x', nonsense: 1 }] },
    })
  },
  'a body in YAML': async (c) => {
    await c.request('POST', 'configmaps', { raw: 'metadata:\n  name: a\ndata:\n  x: "1"\n', contentType: 'application/yaml' })
    await c.request('POST', 'configmaps', { raw: 'metadata: {name: b}\n---\nmetadata: {name: c}\n', contentType: 'application/yaml' })
  },
  'a body of an unknown type': async (c) => {
    await c.request('POST', 'configmaps', { raw: '{}', contentType: 'text/plain' })
    await c.request('POST', 'configmaps', { raw: '{"metadata":{"name":"a"}}', contentType: 'application/json; charset=utf-8' })
  },
  'an answer in YAML, or in a form that nobody has': async (c) => {
    await c.make('configmaps', configMap('a'))
    const { status, headers } = await c.quietly('GET', 'configmaps/a', { accept: 'application/yaml' })
    c.note('yaml', { status, headers })
    await c.get('configmaps/a', { accept: 'text/html' })
    await c.get('configmaps/a', { accept: 'application/json, */*' })
    await c.get('configmaps/a', { accept: 'application/json;as=Gadget;v=v1;g=example.com' })
  },
  'a body above 3 MiB': async (c) => {
    await c.request('POST', 'configmaps', { raw: JSON.stringify(configMap('a', { big: 'x'.repeat(3_200_000) })) })
  },
  'an object that the store cannot hold': async (c) => {
    await c.post('configmaps', configMap('a', { big: 'x'.repeat(1_100_000) }))
  },
  'a parameter that is none': async (c) => {
    await c.get('configmaps?timeoutSeconds=long&watch=true')
    await c.get('configmaps?watch=perhaps&timeoutSeconds=1&labelSelector=none')
    await c.post('configmaps?fieldManager=%00', configMap('a'))
    await c.get('configmaps?unknown=parameter&labelSelector=none')
  },
  'a field manager that cannot be printed': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.put('configmaps/a?fieldManager=a%0Ab%09', configMap('a'))
    await c.patch('merge', 'configmaps/a?fieldManager=%C3%BC%E2%80%A8', {})
    await c.post(`configmaps?fieldManager=${'%C3%BC'.repeat(65)}`, configMap('b'))
    await c.post('configmaps?fieldManager=one%20two', configMap('b'))
  },
  'times and durations that are none': async (c) => {
    await c.post('configmaps', configMap('a', {}, { creationTimestamp: 'yesterday' }))
    await c.post('coordination.k8s.io/v1:leases', { metadata: { name: 'l' }, spec: { renewTime: '2026-01-01' } })
  },
  'numbers that are too large': async (c) => {
    await c.request('POST', 'apps/v1:deployments', { raw: '{"metadata":{"name":"d"},"spec":{"replicas":99999999999}}' })
    await c.request('POST', 'configmaps', { raw: '{"metadata":{"name":"a","generation":1e30}}' })
  },
  'text that is no UTF-8 or has control characters': async (c) => {
    await c.request('POST', 'configmaps', { raw: Buffer.from('{"metadata":{"name":"a"},"data":{"x":"\\u0001\\ud83d\\ude00"}}') })
    await c.get('configmaps/a')
  },
  'the same member twice: the last one counts': async (c) => {
    await c.request('POST', 'configmaps', { raw: '{"metadata":{"name":"a"},"data":{"x":"1","x":"2"}}' })
  },
})
