import { describe, expect, it } from 'vitest'
import { ask, type Json } from './ask.test-support.ts'
import { smallServer } from './small-server.test-support.ts'

const path = '/api/v1/namespaces/default/configmaps'
const empty = { labels: {}, annotations: {}, finalizers: [], ownerReferences: [] }
const fields = Object.keys(empty)

function configMap(metadata: object = {}, more: object = {}): Json {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata }, data: { a: 'b' }, ...more }
}

const foundIn = (object: Json) => fields.filter((field) => Object.hasOwn(object.metadata, field))

const merge = 'application/merge-patch+json'

/** An object that is there, and what a write with empty fields makes of it. */
const writes = [
  { by: 'PUT', method: 'PUT', target: `${path}/a`, sent: { body: configMap(empty) } },
  { by: 'a merge patch', method: 'PATCH', target: `${path}/a`, sent: { body: { metadata: empty }, contentType: merge } },
  {
    by: 'a strategic patch',
    method: 'PATCH',
    target: `${path}/a`,
    sent: { body: { metadata: empty }, contentType: 'application/strategic-merge-patch+json' },
  },
  {
    by: 'an apply',
    method: 'PATCH',
    target: `${path}/a?fieldManager=test`,
    sent: { body: configMap(empty), contentType: 'application/apply-patch+yaml' },
  },
]

describe.each(['v1.20.2', 'v1.36.1'])('empty fields of built-in kinds on %s', (gitVersion) => {
  it('are not kept when an object is created', async () => {
    const { server } = await smallServer({ gitVersion })
    expect(foundIn((await ask(server, 'POST', path, { body: configMap(empty) })).body)).toEqual([])
  })

  it.each(writes)('are nothing to write by $by: the version stays', async ({ method, target, sent }) => {
    const { server } = await smallServer({ gitVersion })
    await ask(server, 'PATCH', `${path}/a?fieldManager=test`, { body: configMap(), contentType: 'application/apply-patch+yaml' })
    const first = await ask(server, method, target, sent)
    const again = await ask(server, method, target, sent)
    expect([foundIn(first.body), foundIn(again.body)]).toEqual([[], []])
    expect(again.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion)
  })

  it('take away what was there', async () => {
    const { server } = await smallServer({ gitVersion })
    await ask(server, 'POST', path, { body: configMap({ labels: { a: 'b' }, finalizers: ['example.com/x'] }) })
    const { body } = await ask(server, 'PUT', `${path}/a`, { body: configMap(empty) })
    expect(foundIn(body)).toEqual([])
  })
})

it('components inside the server write no empty metadata either', async () => {
  const { client, store } = await smallServer()
  const key = { namespace: 'default', name: 'a' }
  await client.create('configmaps', { metadata: { ...key, ...empty }, data: { a: 'b' } })
  const made = store.get('configmaps', 'default', 'a')
  expect(foundIn(made)).toEqual([])
  const written = await client.change('configmaps', key, (current) => ({ ...current, metadata: { ...current.metadata, ...empty } }))
  expect(written).toBe(made)
})

it('empty lists of a status are not kept', async () => {
  const { server, client } = await smallServer()
  await client.create('nodes', { metadata: { name: 'n' } })
  const patched = await ask(server, 'PATCH', '/api/v1/nodes/n/status', { body: { status: { volumesInUse: [] } }, contentType: merge })
  expect(Object.keys(patched.body.status)).not.toContain('volumesInUse')
})
