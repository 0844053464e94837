import { area } from '../conformance-case.ts'
import type { Steps } from '../steps.ts'

type Fields = Readonly<Record<string, unknown>>

const group = '{ns}.example.com'
const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const gadgets = `${group}/v1:gadgets`
const gadget = (name: string, more: Fields = {}) => ({ apiVersion: `${group}/v1`, kind: 'Gadget', metadata: { name }, ...more })

const schemaOf = (properties: Fields) => ({ openAPIV3Schema: { type: 'object', properties } })
const size = {
  spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1, maximum: 9 }, color: { type: 'string', default: 'red' } } },
}

const definition = (version: Fields = {}, spec: Fields = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `gadgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList', shortNames: ['gd'] },
    versions: [{ name: 'v1', served: true, storage: true, schema: schemaOf(size), ...version }],
    ...spec,
  },
})

async function defined(c: Steps, version: Fields = {}, spec: Fields = {}): Promise<void> {
  c.leaves(`${crds}/gadgets.${group}`)
  await c.make(crds, definition(version, spec))
  await c.until(
    `${crds}/gadgets.${group}`,
    ({ status }) => status.conditions.some((one: { type: string; status: string }) => one.type === 'Established' && one.status === 'True'),
    { pick: () => 'established' },
  )
  await c.until(`/apis/${group}/v1/namespaces/{ns}/gadgets`, ({ items }) => items !== undefined, { pick: () => 'served' })
}

const loose = { schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }

/** Kinds that a client defines. */
export const customResources = area('Custom resources', {
  'a definition is accepted and established': async (c) => {
    c.leaves(`${crds}/gadgets.${group}`)
    await c.post(crds, definition())
    await c.until(
      `${crds}/gadgets.${group}`,
      ({ status }) => status.conditions.length === 2 && status.conditions.every((one: { status: string }) => one.status === 'True'),
    )
  },
  'its objects are created, read, listed and deleted': async (c) => {
    await defined(c)
    await c.post(gadgets, gadget('a', { spec: { size: 3 } }))
    await c.get(`${gadgets}/a`)
    await c.get(gadgets)
    await c.delete(`${gadgets}/a`)
    await c.get(`${gadgets}/a`)
  },
  'a definition that cannot be is refused': async (c) => {
    await c.post(crds, { ...definition(), metadata: { name: 'other' } })
    await c.post(crds, definition({ storage: false }))
    await c.post(crds, definition({}, { versions: [] }))
    await c.post(crds, definition({}, { scope: 'Galaxy' }))
    await c.post(crds, definition({ schema: undefined }))
    await c.post(crds, definition({ schema: schemaOf({ x: {} }) }))
    await c.post(crds, definition({ schema: schemaOf({ x: { type: 'banana' } }) }))
  },
  'what is not in the schema is dropped': async (c) => {
    await defined(c)
    await c.post(gadgets, gadget('a', { spec: { size: 3, other: 1 }, more: { deep: 1 } }))
  },
  'what is not in the schema is kept where it says so': async (c) => {
    await defined(c, loose)
    await c.post(gadgets, gadget('a', { spec: { anything: { goes: [1, 'two', null] } }, more: true }))
  },
  'defaults are filled in': async (c) => {
    await defined(c)
    await c.post(gadgets, gadget('a', { spec: {} }))
    await c.post(gadgets, gadget('b'))
    await c.post(gadgets, gadget('d', { spec: { color: null } }))
  },
  'what the schema does not allow is refused': async (c) => {
    await defined(c)
    await c.post(gadgets, gadget('a', { spec: { size: 10 } }))
    await c.post(gadgets, gadget('a', { spec: { size: 'big' } }))
    await c.post(gadgets, gadget('a', { spec: [] }))
    await c.post(gadgets, gadget('a', { spec: { size: 1.5 } }))
    const { status, body } = await c.quietly('POST', gadgets, { body: gadget('a', { spec: { size: 0, color: 5 } }) })
    const { reason, details } = body as { reason: string; details: { causes: object[] } }
    // the original names them in another order each time
    c.note('two faults', { status, reason, causes: details.causes.map((cause) => JSON.stringify(cause)).sort() })
  },
  'required members, enums, patterns, lengths and items are checked': async (c) => {
    const spec = {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
        mode: { type: 'string', enum: ['on', 'off'] },
        list: { type: 'array', maxItems: 2, items: { type: 'string', minLength: 2 } },
        map: { type: 'object', additionalProperties: { type: 'integer' } },
        port: { 'x-kubernetes-int-or-string': true },
      },
    }
    await defined(c, { schema: schemaOf({ spec }) })
    for (const one of [
      {},
      { name: 'A' },
      { name: 'abcdef' },
      { name: 'a', mode: 'dim' },
      { name: 'a', list: ['aa', 'bb', 'cc'] },
      { name: 'a', list: ['a'] },
      { name: 'a', map: { x: 'y' } },
      { name: 'a', port: true },
    ])
      await c.post(gadgets, gadget('a', { spec: one }))
    await c.post(gadgets, gadget('a', { spec: { name: 'a', mode: 'on', list: ['aa'], map: { x: 1 }, port: '80%' } }))
  },
  'generations count what is not metadata': async (c) => {
    await defined(c)
    await c.make(gadgets, gadget('a', { spec: { size: 1 } }))
    await c.patch('merge', `${gadgets}/a`, { metadata: { labels: { a: 'b' } } })
    await c.patch('merge', `${gadgets}/a`, { spec: { size: 2 } })
  },
  'with a status subresource, status and the rest are written apart': async (c) => {
    await defined(c, { ...loose, subresources: { status: {} } })
    await c.post(gadgets, gadget('a', { spec: { x: 1 }, status: { y: 1 } }))
    await c.patch('merge', `${gadgets}/a/status`, { spec: { x: 2 }, status: { y: 2 }, metadata: { labels: { a: 'b' } } })
    await c.patch('merge', `${gadgets}/a`, { spec: { x: 3 }, status: { y: 3 } })
    await c.get(`${gadgets}/a/status`)
  },
  'without one there is no path of it': async (c) => {
    await defined(c, loose)
    await c.make(gadgets, gadget('a', { status: { y: 1 } }))
    await c.get(`${gadgets}/a/status`)
    await c.get(`${gadgets}/a/scale`)
    await c.patch('merge', `${gadgets}/a`, { status: { y: 2 } })
  },
  'paths and verbs that it does not have': async (c) => {
    await defined(c, { ...loose, subresources: { status: {} } })
    await c.make(gadgets, gadget('a'))
    await c.get(`${gadgets}/a/other`)
    await c.get(`/apis/${group}/v1/gadgets/a`)
    await c.post(`/apis/${group}/v1/gadgets`, gadget('b'))
    await c.delete(`/apis/${group}/v1/gadgets`)
    await c.delete(`${gadgets}/a/status`)
    await c.put(gadgets, gadget('a'))
    await c.patch('merge', gadgets, {})
    await c.request('PROPFIND', `${gadgets}/a`)
  },
  'a scale reads and writes the paths that it was given': async (c) => {
    const scale = { specReplicasPath: '.spec.count', statusReplicasPath: '.status.count', labelSelectorPath: '.status.selector' }
    await defined(c, { ...loose, subresources: { status: {}, scale } })
    await c.make(gadgets, gadget('a', { spec: { count: 2 } }))
    await c.get(`${gadgets}/a/scale`)
    await c.put(`${gadgets}/a/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'a', namespace: '{ns}' },
      spec: { replicas: 5 },
    })
    await c.get(`${gadgets}/a`)
  },
  'printer columns make a Table': async (c) => {
    const additionalPrinterColumns = [
      { name: 'Size', type: 'integer', jsonPath: '.spec.size', description: 'How big' },
      { name: 'Color', type: 'string', jsonPath: '.spec.color', priority: 1 },
      { name: 'None', type: 'string', jsonPath: '.spec.none' },
      { name: 'Made', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ]
    await defined(c, { additionalPrinterColumns })
    await c.make(gadgets, gadget('a', { spec: { size: 3 } }))
    await c.get(gadgets, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })
  },
  'two versions are the same objects': async (c) => {
    const version = (name: string, storage: boolean) => ({ name, served: true, storage, ...loose })
    await defined(c, {}, { versions: [version('v1', true), version('v2', false)] })
    await c.make(gadgets, gadget('a', { spec: { x: 1 } }))
    await c.get(`${group}/v2:gadgets/a`)
    await c.get(`${group}/v3:gadgets/a`)
  },
  'a JSON merge patch and an apply work, a strategic one does not': async (c) => {
    await defined(c)
    await c.make(gadgets, gadget('a', { spec: { size: 1 } }))
    await c.patch('merge', `${gadgets}/a`, { spec: { size: 2 } })
    await c.patch('json', `${gadgets}/a`, [{ op: 'replace', path: '/spec/size', value: 3 }])
    await c.patch('strategic', `${gadgets}/a`, { spec: { size: 4 } })
    c.managedFields = true
    await c.request('PATCH', `${gadgets}/b?fieldManager=one`, {
      body: gadget('b', { spec: { size: 1 } }),
      contentType: 'application/apply-patch+yaml',
    })
  },
  'a replacement needs a resourceVersion': async (c) => {
    await defined(c)
    await c.make(gadgets, gadget('a', { spec: { size: 1 } }))
    await c.put(`${gadgets}/a`, gadget('a', { spec: { size: 2 } }))
  },
  'objects without namespaces, watches and selectors': async (c) => {
    c.leaves(`${crds}/gadgets.${group}`)
    await c.make(crds, definition({}, { scope: 'Cluster' }))
    await c.until(`/apis/${group}/v1/gadgets`, ({ items }) => items !== undefined, { pick: () => 'served' })
    const watch = await c.watch(`/apis/${group}/v1/gadgets?watch=true`)
    await c.post(`/apis/${group}/v1/gadgets`, gadget('a', { spec: { size: 1 } }))
    await c.seen(watch, 1)
    await c.get(`/apis/${group}/v1/gadgets?fieldSelector=metadata.name%3Da`)
    await c.get(`/apis/${group}/v1/gadgets?fieldSelector=spec.size%3D1`)
    await c.get(gadgets)
  },
  'with the definition, its objects go': async (c) => {
    await defined(c)
    await c.make(gadgets, gadget('a', { spec: { size: 1 } }))
    await c.delete(`${crds}/gadgets.${group}`)
    await c.until(`${crds}/gadgets.${group}`, (answer) => (answer as unknown as { code: number }).code === 404, { pick: () => 'gone' })
    await c.until(`${gadgets}/a`, (answer) => typeof answer === 'string' || (answer as unknown as { code: number }).code === 404, {
      pick: () => 'gone',
    })
  },
  'a new kind is discovered': async (c) => {
    await defined(c, { subresources: { status: {} } })
    await c.until(`/apis/${group}`, (answer) => (answer as unknown as { kind: string }).kind === 'APIGroup')
    await c.until(`/apis/${group}/v1`, (answer) => (answer as unknown as { kind: string }).kind === 'APIResourceList')
  },
})
