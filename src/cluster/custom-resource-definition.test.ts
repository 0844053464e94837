import { describe, expect, it } from 'vitest'
import { clientOf, newest, oldest } from '../../test/loopback/client.ts'
import { type Answer, type SeenRequest, sendJson, statusBody } from '../../test/loopback/http-server.ts'
import { createInstantClock } from '../../test/loopback/instant-clock.ts'
import { ensureCrd } from './custom-resource-definition.ts'

const columns = [{ jsonPath: '.spec.version', name: 'Version', type: 'string' }]

function definition(fields: object = { concurrency: { type: 'integer' } }, description = 'a plan') {
  const schema = { description, type: 'object', properties: { spec: { type: 'object', properties: fields } } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'plans.example.com', annotations: { made: 'by-falkirk' } },
    spec: {
      group: 'example.com',
      names: { kind: 'Plan', plural: 'plans' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          subresources: { status: {} },
          additionalPrinterColumns: columns,
        },
      ],
    },
  }
}

type Definition = ReturnType<typeof definition>

/** As an API server gives it back: with the fields it sets by itself. */
function stored(crd: Definition, metadata: object = {}) {
  const names = { ...crd.spec.names, singular: 'plan', listKind: 'PlanList' }
  return {
    ...crd,
    metadata: { ...crd.metadata, ...metadata, resourceVersion: '1' },
    spec: { ...crd.spec, names, conversion: { strategy: 'None' } },
    status: { conditions: established },
  }
}

const established = [
  { type: 'NamesAccepted', status: 'True' },
  { type: 'Established', status: 'True' },
]

/** An API server's definitions: GET, POST and PATCH on one object; `refuse` answers in its place. */
function definitions(
  initial: object | undefined,
  refuse: (request: SeenRequest) => { code: number; reason: string; message: string } | undefined = () => undefined,
) {
  let object = initial
  const answer: Answer = (request, response) => {
    const refusal = refuse(request)
    if (refusal !== undefined) return sendJson(response, statusBody(refusal.code, refusal.reason, refusal.message), refusal.code)
    if (request.method === 'POST') object = { ...JSON.parse(request.body), status: { conditions: established } }
    else if (object === undefined) return sendJson(response, statusBody(404, 'NotFound', 'none', { name: 'plans.example.com' }), 404)
    if (request.method === 'PATCH') object = { ...object, spec: JSON.parse(request.body)[0].value }
    sendJson(response, object)
  }
  return { answer, object: () => object }
}

const forbid =
  (...methods: string[]) =>
  ({ method }: SeenRequest) =>
    methods.includes(method)
      ? {
          code: 403,
          reason: 'Forbidden',
          message: `customresourcedefinitions.apiextensions.k8s.io "plans.example.com" is forbidden: User "u" cannot ${method.toLowerCase()} resource "customresourcedefinitions" in API group "apiextensions.k8s.io" at the cluster scope`,
        }
      : undefined

const writes = (seen: readonly SeenRequest[]) => seen.filter(({ method }) => method !== 'GET').map(({ method }) => method)

describe('a definition', () => {
  it('point 79: that is absent is created', async () => {
    const { answer, object } = definitions(undefined)
    const { client, server } = await clientOf(answer)
    expect(await ensureCrd(client, newest, definition())).toBe('Created')
    expect(object()).toMatchObject(definition())
    expect(server.seen.map(({ url }) => url.split('?')[0])).toContain('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')
  })

  it('defect 25: that is as wanted is left alone, defaults of the server or not', async () => {
    const { client, server } = await clientOf(definitions(stored(definition())).answer)
    expect(await ensureCrd(client, newest, definition())).toBe('Unchanged')
    expect(writes(server.seen)).toEqual([])
  })

  it('defect 25: that lacks a field gets the new spec and keeps the labels and annotations of others', async () => {
    const old = stored(definition({}), { labels: { helm: 'x' }, annotations: { 'helm.sh/keep': 'true' } })
    const { answer, object } = definitions(old)
    const { client, server } = await clientOf(answer)
    expect(await ensureCrd(client, newest, definition())).toBe('Updated')
    expect(object()).toMatchObject({ metadata: old.metadata, spec: definition().spec })
    expect(JSON.parse(server.seen.find(({ method }) => method === 'PATCH')?.body ?? '')).toEqual([
      { op: 'replace', path: '/spec', value: definition().spec },
    ])
  })

  it('whose words differ gets the new ones', async () => {
    const { client } = await clientOf(definitions(stored(definition(undefined, 'other words'))).answer)
    expect(await ensureCrd(client, newest, definition())).toBe('Updated')
  })

  it('that is newer is left alone', async () => {
    const newer = definition({ concurrency: { type: 'integer' }, later: { type: 'string' } }, 'newer words')
    const { client, server } = await clientOf(definitions(stored(newer)).answer)
    expect(await ensureCrd(client, newest, definition())).toBe('Unchanged')
    expect(writes(server.seen)).toEqual([])
  })

  it('that somebody creates at the same moment is looked at again', async () => {
    let reads = 0
    const { answer } = definitions(stored(definition()), ({ method }) => {
      if (method === 'GET' && reads++ === 0) return { code: 404, reason: 'NotFound', message: 'none' }
      return method === 'POST' ? { code: 409, reason: 'AlreadyExists', message: 'there' } : undefined
    })
    const { client } = await clientOf(answer)
    expect(await ensureCrd(client, newest, definition())).toBe('Unchanged')
  })

  it('is written as v1beta1 before 1.16', async () => {
    const { answer, object } = definitions(undefined)
    const { client, server } = await clientOf(answer, oldest)
    expect(await ensureCrd(client, oldest, definition())).toBe('Created')
    expect(object()).toMatchObject({ apiVersion: 'apiextensions.k8s.io/v1beta1', spec: { version: 'v1', validation: {} } })
    expect(await ensureCrd(client, oldest, definition())).toBe('Unchanged')
    expect(server.seen.every(({ url }) => url.startsWith('/apis/apiextensions.k8s.io/v1beta1/'))).toBe(true)
  })
})

describe('without the rights', () => {
  it('one that does not have what is wanted is Outdated, with the fields and the rule', async () => {
    const wanted = definition({ concurrency: { type: 'integer' }, exclusive: { type: 'boolean' } })
    const { client } = await clientOf(definitions(stored(definition({})), forbid('PATCH')).answer)
    expect(await ensureCrd(client, newest, wanted)).toEqual({
      kind: 'Outdated',
      message:
        'the CustomResourceDefinition plans.example.com is older than this version of Falkirk and lacks v1: spec.concurrency, v1: spec.exclusive; apply the one that comes with it (deploy/), or let Falkirk do it: user "u" may not patch customresourcedefinitions of API group apiextensions.k8s.io in the whole cluster: add the rule {apiGroups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"], verbs: ["patch"]} to a ClusterRole bound to this user',
    })
  })

  it('one that differs in words alone does its service', async () => {
    const { client } = await clientOf(definitions(stored(definition(undefined, 'other words')), forbid('PATCH')).answer)
    expect(await ensureCrd(client, newest, definition())).toBe('Unchanged')
  })

  it.each([
    { rights: 'to look', initial: stored(definition()), methods: ['GET'], verb: 'get' },
    { rights: 'to create one that is absent', initial: undefined, methods: ['POST'], verb: 'post' },
  ])('$rights it is Forbidden, with the rule', async ({ initial, methods, verb }) => {
    const { client } = await clientOf(definitions(initial, forbid(...methods)).answer)
    expect(await ensureCrd(client, newest, definition())).toEqual({
      kind: 'Forbidden',
      message: expect.stringContaining(`verbs: ["${verb}"]`),
    })
  })

  it('a spec that the server finds invalid is Outdated with its reason', async () => {
    const invalid = { code: 422, reason: 'Invalid', message: 'status.storedVersions[0]: must appear in spec.versions' }
    const { client } = await clientOf(
      definitions(stored(definition({})), ({ method }) => (method === 'PATCH' ? invalid : undefined)).answer,
    )
    expect(await ensureCrd(client, newest, definition())).toMatchObject({
      kind: 'Outdated',
      message: expect.stringContaining('must appear in spec.versions'),
    })
  })
})

describe('a new definition', () => {
  /** Created at once, established at the `after`th look. */
  function slowly(after: number, conditions: object[] = []): Answer {
    let looks = 0
    const crd = stored(definition())
    return ({ method }, response) => {
      if (method === 'POST') return sendJson(response, crd)
      if (looks++ === 0) return sendJson(response, statusBody(404, 'NotFound', 'none'), 404)
      sendJson(response, { ...crd, status: { conditions: looks > after ? established : conditions } })
    }
  }

  it('point 79: is waited for until its API is served', async () => {
    const clock = createInstantClock()
    const { client, server } = await clientOf(slowly(4), newest, clock)
    expect(await ensureCrd(client, newest, definition())).toBe('Created')
    expect(clock.slept).toEqual([100, 200, 400])
    expect(server.seen.filter(({ method }) => method === 'GET')).toHaveLength(5)
  })

  it('that is not served within 30 s is FK_CRD_OUTDATED', async () => {
    const clock = createInstantClock()
    const { client } = await clientOf(slowly(1_000), newest, clock)
    await expect(ensureCrd(client, newest, definition())).rejects.toMatchObject({
      code: 'FK_CRD_OUTDATED',
      message: expect.stringContaining('not established after 30 s'),
    })
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(30_000)
  })

  it('whose names another one has is said at once', async () => {
    const clash = [{ type: 'NamesAccepted', status: 'False', message: '"plans" is already in use' }]
    const { client } = await clientOf(slowly(1_000, clash), newest, createInstantClock())
    await expect(ensureCrd(client, newest, definition())).rejects.toThrow(/its names are taken \("plans" is already in use\)/)
  })
})
