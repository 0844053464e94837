import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type HeldTwin, heldTwin, type Sent } from './served-twin.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
const canary = `${configMaps}/canary`
const things = '/apis/example.com/v1/namespaces/default/things'
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

const types = {
  apply: 'application/apply-patch+yaml',
  json: 'application/json',
  jsonPatch: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  protobuf: 'application/vnd.kubernetes.protobuf',
  strategic: 'application/strategic-merge-patch+json',
  yaml: 'application/yaml',
} as const

interface Case {
  readonly what: string
  readonly method?: string
  readonly path?: string
  readonly type?: string
  readonly body?: unknown
  readonly code: number
  readonly says: string
}

const deepList = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const deepObject = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const thing = (spec: string) => `{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"deep"},"spec":${spec}}`
const letters = [...'abcdefghij']
const aliases = letters.map((letter, at) => `${letter}: &${letter} [${Array(9).fill(at === 0 ? 'x' : `*${letters[at - 1]}`)}]`).join('\n')

let twin: HeldTwin
let versionBefore: number

beforeAll(async () => {
  twin = await heldTwin()
  await twin.api.client.create(
    'customresourcedefinitions.apiextensions.k8s.io',
    definition('things', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }),
  )
  await twin.settle()
})

afterAll(() => twin?.served.close())

beforeEach(() => {
  versionBefore = twin.store.resourceVersion
})

function definition(plural: string, openAPIV3Schema: object) {
  const kind = `${plural.charAt(0).toUpperCase()}${plural.slice(1, -1)}`
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }]
  const names = { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` }
  return { metadata: { name: `${plural}.example.com` }, spec: { group: 'example.com', scope: 'Namespaced' as const, names, versions } }
}

function sent({ body, type = types.json }: Case): Sent {
  const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
  return { body: raw ? body : JSON.stringify(body), headers: { 'content-type': type } }
}

/** The answer is the one that is expected, the server has not stumbled, and nothing was written. */
async function refuses(one: Case): Promise<void> {
  const answer = await twin.send(one.method ?? 'POST', one.path ?? configMaps, sent(one))
  expect({ code: answer.status, says: answer.message || answer.text }).toEqual({ code: one.code, says: expect.stringContaining(one.says) })
  expect(twin.defects).toEqual([])
  expect(twin.store.resourceVersion).toBe(versionBefore)
}

const bodies: readonly Case[] = [
  { what: 'no body', body: '', code: 400, says: 'unexpected end of JSON input' },
  { what: 'JSON that ends too early', body: '{"metadata":{', code: 400, says: 'unexpected end of JSON input' },
  { what: 'no JSON', body: 'nonsense', code: 400, says: "invalid character 'n' looking for beginning of value" },
  { what: 'bytes that are no text', body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), code: 400, says: 'json parse error' },
  { what: 'a list', body: '[]', code: 400, says: 'cannot unmarshal array' },
  { what: 'a number', body: '5', code: 400, says: 'cannot unmarshal number' },
  { what: 'null', body: 'null', code: 422, says: 'name or generateName is required' },
  { what: '100,000 open brackets', body: `{"data":${'['.repeat(100_000)}`, code: 400, says: 'exceeded max depth' },
  {
    what: '100,000 levels of an unknown field',
    body: `{"metadata":{"name":"a"},"x":${deepList(100_000)}}`,
    code: 400,
    says: 'exceeded max depth',
  },
  { what: '100,000 levels of a custom object', path: things, body: thing(deepObject(100_000)), code: 400, says: 'exceeded max depth' },
  { what: '10 MiB', body: Buffer.alloc(10 * 1024 * 1024, ' '), code: 413, says: 'Request entity too large: limit is 3145728' },
  {
    what: 'another kind',
    body: { apiVersion: 'v1', kind: 'Pod' },
    code: 400,
    says: 'converting (v1.Pod) to (core.ConfigMap): unknown conversion',
  },
  {
    what: 'an unknown kind',
    body: { apiVersion: 'v9', kind: 'Nothing' },
    code: 400,
    says: 'no kind "Nothing" is registered for version "v9"',
  },
  { what: 'metadata that is a text', body: { metadata: 'x' }, code: 400, says: 'cannot unmarshal string into Go struct field' },
  { what: 'labels that are numbers', body: { metadata: { name: 'a', labels: { a: 1 } } }, code: 400, says: 'cannot unmarshal number' },
  { what: 'a name with a zero byte', body: { metadata: { name: 'a\u0000' } }, code: 422, says: 'lowercase RFC 1123 subdomain' },
  { what: 'a name of 100,000 letters', body: { metadata: { name: 'a'.repeat(100_000) } }, code: 422, says: 'must be no more than 253' },
  {
    what: 'annotations of 300 kB',
    body: { metadata: { name: 'a', annotations: { a: 'x'.repeat(300_000) } } },
    code: 422,
    says: 'must have at most 262144 bytes',
  },
  {
    what: 'an unknown field, asked strictly',
    path: `${configMaps}?fieldValidation=Strict`,
    body: { metadata: { name: 'a' }, nope: 1 },
    code: 400,
    says: 'unknown field "nope"',
  },
  {
    what: 'a field twice, asked strictly',
    path: `${configMaps}?fieldValidation=Strict`,
    body: '{"metadata":{"name":"a"},"data":{"a":"b","a":"c"}}',
    code: 400,
    says: 'duplicate field "data.a"',
  },
  { what: 'plain text', type: 'text/plain', body: '{}', code: 415, says: 'unknown format' },
  { what: 'XML', type: 'application/xml', body: '<a/>', code: 415, says: 'unknown format' },
  { what: 'protobuf that is none', type: types.protobuf, body: Buffer.from('k8s\0nonsense'), code: 400, says: 'unrecognized' },
  { what: 'a long run of bytes as protobuf', type: types.protobuf, body: Buffer.alloc(100_000, 0x0a), code: 400, says: 'unrecognized' },
  {
    what: 'a dry run of an unknown sort',
    path: `${configMaps}?dryRun=Perhaps`,
    body: { metadata: { name: 'a' } },
    code: 422,
    says: 'Unsupported value',
  },
  {
    what: 'a pattern that is none',
    path: definitions,
    body: definition('bads', { type: 'object', properties: { spec: { type: 'string', pattern: '(' } } }),
    code: 422,
    says: 'must be a valid regular expression',
  },
]

const yamlBodies: readonly Case[] = [
  { what: 'aliases that stand for a billion values', body: aliases, code: 400, says: 'document contains excessive aliasing' },
  { what: 'an anchor that contains itself', body: 'data: &a\n  b: *a\n', code: 400, says: 'an anchor contains itself' },
  { what: 'a million open brackets', body: `data: ${'['.repeat(1_000_000)}`, code: 400, says: 'nesting exceeded' },
  { what: '100,000 nested lists', body: '- '.repeat(100_000), code: 400, says: 'nesting exceeded' },
  { what: 'a list', body: '- a\n', code: 400, says: 'cannot unmarshal array' },
  { what: 'a key twice', body: 'data: {a: b, a: c}\n', code: 400, says: 'duplicated mapping key' },
].map((one) => ({ ...one, type: types.yaml }))

const patches: readonly Case[] = [
  { what: 'JSON as a patch', body: '{}', code: 415, says: 'Unsupported Media Type' },
  { what: 'a JSON patch that is no list', type: types.jsonPatch, body: '{}', code: 400, says: 'cannot unmarshal object' },
  {
    what: 'an unknown operation',
    type: types.jsonPatch,
    body: [{ op: 'explode', path: '/data' }],
    code: 422,
    says: 'the server rejected our request',
  },
  {
    what: 'a path that leads nowhere',
    type: types.jsonPatch,
    body: [{ op: 'remove', path: '/nope/x' }],
    code: 422,
    says: 'the server rejected our request',
  },
  {
    what: 'a place far behind the end of a list',
    type: types.jsonPatch,
    body: [{ op: 'add', path: '/metadata/managedFields/99999999', value: {} }],
    code: 422,
    says: 'the server rejected our request',
  },
  {
    what: 'a test that fails',
    type: types.jsonPatch,
    body: [{ op: 'test', path: '/data/sings', value: 'no' }],
    code: 422,
    says: 'the server rejected our request',
  },
  {
    what: '10,001 operations',
    type: types.jsonPatch,
    body: Array(10_001).fill({ op: 'test', path: '/kind', value: 'ConfigMap' }),
    code: 413,
    says: 'maximum operations in a JSON patch is 10000',
  },
  {
    what: 'copies of copies',
    type: types.jsonPatch,
    body: Array.from({ length: 60 }, (_, at) => ({ op: 'copy', from: '/data', path: `/data/x${at}` })),
    code: 422,
    says: 'the server rejected our request',
  },
  {
    what: 'a deep JSON patch',
    type: types.jsonPatch,
    body: `[{"op":"add","path":"/x","value":${deepList(50_000)}}]`,
    code: 400,
    says: 'exceeded max depth',
  },
  { what: 'a deep strategic patch', type: types.strategic, body: deepObject(50_000), code: 400, says: 'exceeded max depth' },
  { what: 'a deep merge patch', type: types.merge, body: deepObject(50_000), code: 500, says: 'Invalid JSON Patch' },
  {
    what: 'a deep apply',
    type: types.apply,
    path: `${canary}?fieldManager=a`,
    body: deepObject(50_000),
    code: 400,
    says: 'exceeded max depth',
  },
  { what: 'a merge patch of another kind', type: types.merge, body: { kind: 'Pod' }, code: 422, says: 'patch: Invalid value' },
  {
    what: 'a merge patch with another name',
    type: types.merge,
    body: { metadata: { name: 'other' } },
    code: 400,
    says: 'does not match the name on the URL',
  },
  { what: 'a merge patch that makes a text of a map', type: types.merge, body: { data: 'x' }, code: 422, says: 'patch: Invalid value' },
  { what: 'an unknown directive', type: types.strategic, body: { $patch: 'explode' }, code: 500, says: 'unknown patch type: explode' },
  { what: 'an apply without a manager', type: types.apply, body: '{}', code: 422, says: 'is required for apply patch' },
  {
    what: 'an apply of another version',
    type: types.apply,
    path: `${canary}?fieldManager=a`,
    body: 'apiVersion: v2\nkind: X\n',
    code: 400,
    says: 'Incorrect version specified in apply patch. Specified patch version: v2, expected: v1',
  },
  {
    what: 'a stale version',
    method: 'PUT',
    body: { metadata: { name: 'canary', resourceVersion: '1' } },
    code: 409,
    says: 'the object has been modified',
  },
  {
    what: 'a version that is none',
    method: 'PUT',
    body: { metadata: { name: 'canary', resourceVersion: 'abc' } },
    code: 409,
    says: 'the object has been modified',
  },
  {
    what: 'the UID of another',
    method: 'PUT',
    body: { metadata: { name: 'canary', uid: 'x' } },
    code: 409,
    says: 'Precondition failed: UID in precondition: x',
  },
  {
    what: 'managed fields that are numbers',
    method: 'PUT',
    body: { metadata: { name: 'canary', managedFields: [5] } },
    code: 400,
    says: 'cannot unmarshal number',
  },
  {
    what: 'the deletion of another',
    method: 'DELETE',
    body: { preconditions: { uid: 'x' } },
    code: 409,
    says: 'the UID in the precondition (x)',
  },
  { what: 'preconditions that are a number', method: 'DELETE', body: { preconditions: 5 }, code: 400, says: 'DeleteOptions.preconditions' },
  { what: 'an unknown way to delete', method: 'DELETE', body: { propagationPolicy: 'Explode' }, code: 422, says: 'Unsupported value' },
].map((one) => ({ method: 'PATCH', path: canary, ...one }))

const questions: readonly Case[] = [
  { what: 'a continue token that is none', path: `${configMaps}?continue=abc`, code: 400, says: 'continue key is not valid' },
  { what: 'a limit that is no number', path: `${configMaps}?limit=x`, code: 400, says: 'strconv.ParseInt' },
  { what: 'a limit that is too long', path: `${configMaps}?limit=99999999999999999999`, code: 400, says: 'strconv.ParseInt' },
  { what: 'an unknown field selector', path: `${configMaps}?fieldSelector=spec.x%3D1`, code: 400, says: 'not a known field selector' },
  { what: 'a label selector that is none', path: `${configMaps}?labelSelector=a%20in%20(`, code: 400, says: 'unable to parse requirement' },
  { what: 'a watch for x seconds', path: `${configMaps}?watch=1&timeoutSeconds=x`, code: 400, says: 'strconv.ParseInt' },
  { what: 'an unknown group', path: '/apis/nope/v1/things', code: 404, says: '404 page not found' },
  { what: 'an unknown resource', path: '/api/v1/nothings', code: 404, says: 'could not find the requested resource' },
  { what: 'an unknown subresource', path: `${canary}/explode`, code: 404, says: 'could not find the requested resource' },
  { what: 'a path that is not encoded', path: '/api/v1/namespaces/%zz/configmaps', code: 400, says: 'percent-encoded' },
].map((one) => ({ method: 'GET', ...one }))

describe.each([
  { part: 'bodies', cases: bodies },
  { part: 'YAML', cases: yamlBodies },
  { part: 'patches, versions, deletions', cases: patches },
  { part: 'queries and paths', cases: questions },
])('$part', ({ cases }) => {
  it.each(cases)('$what: $code', refuses)
})

it('names that JavaScript has for itself are names like others', async () => {
  const data = '{"__proto__":"a","constructor":"b","toString":"c"}'
  const made = await twin.send('POST', configMaps, { body: `{"metadata":{"name":"names"},"data":${data}}` })
  expect(made.status).toBe(201)
  const patch = { body: '{"data":{"__proto__":"d"},"__proto__":{"polluted":true}}', headers: { 'content-type': types.merge } }
  const patched = await twin.send('PATCH', `${configMaps}/names`, patch)
  expect(JSON.stringify(JSON.parse(patched.text).data)).toBe(data.replace('"a"', '"d"'))
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})

it('a pattern that a backtracking engine never comes to an end with refuses a text at once', async () => {
  const pattern = '^(([a-z])+.)+[A-Z]([a-z])+$'
  const evil = definition('evils', { type: 'object', properties: { spec: { type: 'string', pattern } } })
  expect((await twin.send('POST', definitions, { body: JSON.stringify(evil) })).status).toBe(201)
  await twin.settle()
  const body = JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Evil', metadata: { name: 'a' }, spec: 'a'.repeat(10_000) })
  const answer = await twin.send('POST', '/apis/example.com/v1/namespaces/default/evils', { body })
  expect({ code: answer.status, says: answer.message }).toEqual({ code: 422, says: expect.stringContaining(`should match '${pattern}'`) })
})

it('objects that are as wide as a body can be are taken, as far as etcd takes them', async () => {
  const data = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`key-${at}`, 'v']))
  const wide = JSON.stringify({ metadata: { name: 'wide' }, data })
  expect((await twin.send('POST', `${configMaps}?dryRun=All`, { body: wide })).status).toBe(201)
  const containers = Array.from({ length: 20_000 }, (_, at) => ({ name: `c${at}`, image: 'i' }))
  const pod = JSON.stringify({ metadata: { name: 'wide' }, spec: { containers } })
  expect((await twin.send('POST', '/api/v1/namespaces/default/pods?dryRun=All', { body: pod })).status).toBe(201)
  const refused = await twin.send('POST', '/api/v1/namespaces/default/pods', { body: pod })
  expect(refused.status).toBe(500)
  expect(JSON.parse(refused.text).message).toMatch(/^etcdserver: request is too large$|ResourceExhausted/)
})

it('after all that the canary sings', async () => {
  const { status, text } = await twin.send('GET', canary)
  expect({ status, data: JSON.parse(text).data }).toEqual({ status: 200, data: { sings: 'yes' } })
  expect(twin.defects).toEqual([])
})
