import { describe, expect, it } from 'vitest'
import { ask, type Json, send } from '../http/ask.test-support.ts'
import { smallServer } from '../http/small-server.test-support.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const plans = '/apis/upgrade.example.com/v1/namespaces/default/plans'

const definition = {
  metadata: { name: 'plans.upgrade.example.com' },
  spec: {
    group: 'upgrade.example.com',
    scope: 'Namespaced',
    names: { plural: 'plans', singular: 'plan', kind: 'Plan', listKind: 'PlanList', shortNames: ['pl'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {}, scale: { specReplicasPath: '.spec.concurrency', statusReplicasPath: '.status.running' } },
        additionalPrinterColumns: [{ name: 'Image', type: 'string', jsonPath: '.spec.image' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { image: { type: 'string' }, concurrency: { type: 'integer' } } },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
}

const plan = { apiVersion: 'upgrade.example.com/v1', kind: 'Plan', metadata: { name: 'p' }, spec: { image: 'i', concurrency: 2 } }

async function established() {
  const twin = await smallServer()
  expect((await ask(twin.server, 'POST', definitions, { body: definition })).status).toBe(201)
  await twin.clock.advance(100)
  return twin
}

describe('a CustomResourceDefinition', () => {
  it('is served as soon as it is established, and said so', async () => {
    const twin = await smallServer()
    expect((await ask(twin.server, 'GET', plans)).body).toBe('404 page not found\n')
    await ask(twin.server, 'POST', definitions, { body: definition })
    await twin.clock.advance(100)
    const { body } = await ask(twin.server, 'GET', `${definitions}/plans.upgrade.example.com`)
    const conditions = body.status.conditions.map(({ type, status }: Json) => `${type}=${status}`)
    expect(conditions).toEqual(['NamesAccepted=True', 'Established=True'])
    expect(await ask(twin.server, 'GET', plans)).toMatchObject({
      status: 200,
      body: { kind: 'PlanList', apiVersion: 'upgrade.example.com/v1', items: [] },
    })
    expect((await ask(twin.server, 'GET', '/apis/upgrade.example.com/v1')).body.resources[0]).toMatchObject({
      name: 'plans',
      shortNames: ['pl'],
    })
  })

  it('makes objects with status, scale, columns and generation', async () => {
    const { server } = await established()
    const created = await ask(server, 'POST', plans, { body: { ...plan, status: { running: 9 } } })
    expect(created).toMatchObject({ status: 201, body: { metadata: { generation: 1 }, spec: { image: 'i' } } })
    expect(created.body.status).toBeUndefined()
    const contentType = 'application/merge-patch+json'
    await ask(server, 'PATCH', `${plans}/p/status`, { contentType, body: { status: { running: 1 }, spec: { image: 'no' } } })
    const changed = await ask(server, 'PATCH', `${plans}/p`, { contentType, body: { spec: { image: 'j' }, status: { running: 7 } } })
    expect(changed.body).toMatchObject({ metadata: { generation: 2 }, spec: { image: 'j' }, status: { running: 1 } })
    expect((await ask(server, 'GET', `${plans}/p/scale`)).body).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 1 } })
    const table = await ask(server, 'GET', plans, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })
    expect(table.body.rows[0].cells).toEqual(['p', 'j'])
    const strategic = await ask(server, 'PATCH', `${plans}/p`, { contentType: 'application/strategic-merge-patch+json', body: {} })
    expect(strategic.status).toBe(415)
  })

  it('drops fields that its schema does not have', async () => {
    const { server } = await established()
    const { body } = await ask(server, 'POST', plans, { body: { ...plan, spec: { ...plan.spec, more: true } } })
    expect(body.spec).toEqual(plan.spec)
  })

  it('refuses to update an object of it blindly', async () => {
    const { server } = await established()
    await ask(server, 'POST', plans, { body: plan })
    expect(await ask(server, 'PUT', `${plans}/p`, { body: plan })).toMatchObject({
      status: 422,
      body: {
        message: 'plans.upgrade.example.com "p" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
      },
    })
  })

  it('goes after all its objects, and its watches end', async () => {
    const { server, clock, store, hub } = await established()
    await ask(server, 'POST', plans, { body: { ...plan, metadata: { name: 'p', finalizers: ['example.com/hold'] } } })
    const watch = await send(server, 'GET', `${plans}?watch=true`)
    const deleted = await ask(server, 'DELETE', `${definitions}/plans.upgrade.example.com`)
    expect(deleted.body.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io'])
    await clock.advance(100)
    expect(store.get('plans.upgrade.example.com', 'default', 'p')?.metadata.deletionTimestamp).toBeDefined()
    expect(await ask(server, 'POST', plans, { body: { ...plan, metadata: { name: 'q' } } })).toMatchObject({
      status: 405,
      body: { message: 'create not allowed while custom resource definition is terminating' },
    })
    await ask(server, 'PATCH', `${plans}/p`, { contentType: 'application/merge-patch+json', body: { metadata: { finalizers: null } } })
    await clock.advance(2_000)
    expect(store.count('customresourcedefinitions.apiextensions.k8s.io')).toBe(0)
    expect((await ask(server, 'GET', plans)).status).toBe(404)
    expect(hub.open).toBe(0)
    expect(watch.kind).toBe('Stream')
  })
})
