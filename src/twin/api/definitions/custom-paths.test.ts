import { describe, expect, it } from 'vitest'
import { ask } from '../http/ask.test-support.ts'
import { smallServer } from '../http/small-server.test-support.ts'

const group = 'example.com'
const served = `/apis/${group}/v1`
const inDefault = `${served}/namespaces/default`

interface Kind {
  readonly scope?: 'Namespaced' | 'Cluster'
  readonly subresources?: object
}

async function withGadgets({ scope = 'Namespaced', subresources = {} }: Kind = {}) {
  const twin = await smallServer()
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const body = {
    metadata: { name: `gadgets.${group}` },
    spec: {
      group,
      scope,
      names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
      versions: [{ name: 'v1', served: true, storage: true, subresources, schema: { openAPIV3Schema } }],
    },
  }
  await ask(twin.server, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body })
  await twin.clock.advance(100)
  const gadget = { apiVersion: `${group}/v1`, kind: 'Gadget', metadata: { name: 'a' }, status: { y: 1 } }
  await ask(twin.server, 'POST', scope === 'Cluster' ? `${served}/gadgets` : `${inDefault}/gadgets`, { body: gadget })
  return twin.server
}

describe('paths of a custom resource', () => {
  it.each([
    { scope: 'Cluster', method: 'GET', path: `${inDefault}/gadgets` },
    { scope: 'Cluster', method: 'GET', path: `${inDefault}/gadgets/a` },
    { scope: 'Namespaced', method: 'GET', path: `${served}/gadgets/a` },
    { scope: 'Namespaced', method: 'POST', path: `${served}/gadgets` },
    { scope: 'Namespaced', method: 'DELETE', path: `${served}/gadgets` },
  ] as const)('$method $path where it is $scope is no path', async ({ scope, method, path }) => {
    expect(await ask(await withGadgets({ scope }), method, path)).toMatchObject({ status: 404, body: '404 page not found\n' })
  })

  it('a list of all namespaces is one', async () => {
    expect(await ask(await withGadgets(), 'GET', `${served}/gadgets`)).toMatchObject({ status: 200, body: { items: [{}] } })
  })

  it.each(['status', 'scale', 'other', 'other/deep'])(
    '%s without such a subresource is an object that is not there',
    async (subresource) => {
      const { status, body } = await ask(await withGadgets(), 'GET', `${inDefault}/gadgets/a/${subresource}`)
      expect({ status, message: body.message, details: body.details }).toEqual({
        status: 404,
        message: 'gadgets.example.com "a" not found',
        details: { group, kind: 'gadgets', name: 'a' },
      })
    },
  )

  it.each([
    {
      method: 'DELETE',
      path: 'gadgets/a/status',
      code: 405,
      message: 'delete is not supported on resources of kind "gadgets.example.com"',
    },
    { method: 'PROPFIND', path: 'gadgets/a', code: 405, message: ' is not supported on resources of kind "gadgets.example.com"' },
    { method: 'PUT', path: 'gadgets', code: 400, message: 'name must be provided' },
    { method: 'PATCH', path: 'gadgets', code: 400, message: 'name must be provided' },
  ])('$method of $path is refused: $message', async ({ method, path, code, message }) => {
    const { status, body } = await ask(await withGadgets({ subresources: { status: {} } }), method, `${inDefault}/${path}`)
    expect({ status, message: body.message }).toEqual({ status: code, message })
  })
})

describe('lists of custom resources', () => {
  it('have an empty continue token where there is none', async () => {
    const { body } = await ask(await withGadgets(), 'GET', `${inDefault}/gadgets`)
    expect(body.metadata).toEqual({ continue: '', resourceVersion: expect.any(String) })
  })

  it('have none as a Table, as all lists', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const { body } = await ask(await withGadgets(), 'GET', `${inDefault}/gadgets`, { accept })
    expect(body.metadata).toEqual({ resourceVersion: expect.any(String) })
  })
})

describe('generations of a custom resource', () => {
  const change = (body: object, path = '') => ({ path, sent: { body, contentType: 'application/merge-patch+json' } })

  it.each([
    { what: 'its status, where it is a field like others', subresources: {}, ...change({ status: { y: 2 } }), generation: 2 },
    { what: 'no status that has a path of its own', subresources: { status: {} }, ...change({ status: { y: 2 } }), generation: 1 },
    { what: 'no status by that path', subresources: { status: {} }, ...change({ status: { y: 2 } }, '/status'), generation: 1 },
    { what: 'no metadata', subresources: {}, ...change({ metadata: { labels: { a: 'b' } } }), generation: 1 },
  ])('count $what', async ({ subresources, path, sent, generation }) => {
    const server = await withGadgets({ subresources })
    const { body } = await ask(server, 'PATCH', `${inDefault}/gadgets/a${path}`, sent)
    expect(body.metadata.generation).toBe(generation)
  })
})
