import { describe, expect, it } from 'vitest'
import { clientOf, newest, oldest } from '../../test/loopback/client.ts'
import { sendJson, statusBody } from '../../test/loopback/http-server.ts'
import { evictPod } from './evict-pod.ts'

const pod = { namespace: 'shop', name: 'web-0', uid: 'u-1' }

describe('the request', () => {
  it.each([
    { capabilities: newest, apiVersion: 'policy/v1' },
    { capabilities: oldest, apiVersion: 'policy/v1beta1' },
  ])('$apiVersion, for this pod and no namesake', async ({ capabilities, apiVersion }) => {
    const { client, server } = await clientOf((_, response) => sendJson(response, { kind: 'Status', status: 'Success' }, 201), capabilities)
    expect(await evictPod(client, pod)).toEqual({ kind: 'Accepted' })
    expect(server.seen[0]).toMatchObject({ method: 'POST', url: '/api/v1/namespaces/shop/pods/web-0/eviction' })
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      apiVersion,
      kind: 'Eviction',
      metadata: { namespace: 'shop', name: 'web-0' },
      deleteOptions: { preconditions: { uid: 'u-1' } },
    })
  })

  it.each([
    { options: { gracePeriodSeconds: 0 }, deleteOptions: { gracePeriodSeconds: 0 } },
    { options: { gracePeriodSeconds: 30, dryRun: true }, deleteOptions: { gracePeriodSeconds: 30, dryRun: ['All'] } },
    { options: {}, deleteOptions: {} },
  ])('$options asks for $deleteOptions', async ({ options, deleteOptions }) => {
    const { client, server } = await clientOf((_, response) => sendJson(response, {}, 201))
    await evictPod(client, { namespace: 'a', name: 'b' }, options)
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ deleteOptions })
    expect(JSON.parse(server.seen[0]?.body ?? '').deleteOptions).toEqual(deleteOptions)
  })
})

// Bodies as kube-apiserver writes them.
const violates = "Cannot evict pod as it would violate the pod's disruption budget."
const budget = (message: string) => ({ causes: [{ reason: 'DisruptionBudget', message }] })
const several = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'

it.each([
  {
    what: 'the pod is gone',
    code: 404,
    body: statusBody(404, 'NotFound', 'pods "web-0" not found', { name: 'web-0', kind: 'pods' }),
    is: { kind: 'Gone' },
  },
  {
    what: 'a namesake has taken its place',
    code: 409,
    body: statusBody(
      409,
      'Conflict',
      'Operation cannot be fulfilled on Pod "web-0": the UID in the precondition (u-1) does not match the UID in record (u-2)',
    ),
    is: { kind: 'Gone' },
  },
  {
    what: 'the same, said by the storage',
    code: 409,
    body: statusBody(
      409,
      'Conflict',
      'Operation cannot be fulfilled on pods "web-0": StorageError: Precondition failed: UID in precondition: u-1, UID in object meta: u-2',
    ),
    is: { kind: 'Gone' },
  },
  {
    what: 'the budget has nothing left',
    code: 429,
    body: statusBody(429, 'TooManyRequests', violates, budget('The disruption budget web needs 2 healthy pods and has 2 currently')),
    is: { kind: 'BudgetRefused', message: 'The disruption budget web needs 2 healthy pods and has 2 currently' },
  },
  {
    what: 'a budget that names a pause',
    code: 429,
    headers: { 'retry-after': '7' },
    body: statusBody(429, 'TooManyRequests', violates, budget('')),
    is: { kind: 'BudgetRefused', message: violates, retryAfterMs: 7_000 },
  },
  {
    what: 'the budget controller is behind',
    code: 429,
    headers: { 'retry-after': '10' },
    body: statusBody(429, 'TooManyRequests', violates, budget('The disruption budget web is still being processed by the server.')),
    is: { kind: 'Throttled', retryAfterMs: 10_000 },
  },
  {
    what: 'the same before 1.22, without a pause',
    code: 429,
    body: statusBody(429, 'TooManyRequests', violates, budget('The disruption budget web is still being processed by the server.')),
    is: { kind: 'Throttled', retryAfterMs: 5_000 },
  },
  {
    what: 'the API server is busy',
    code: 429,
    headers: { 'retry-after': '1' },
    body: statusBody(429, 'TooManyRequests', 'too many'),
    is: { kind: 'Throttled', retryAfterMs: 1_000 },
  },
  { what: 'a proxy is busy', code: 429, body: 'slow down', is: { kind: 'Throttled', retryAfterMs: 5_000 } },
  {
    what: 'two budgets select it',
    code: 500,
    body: { kind: 'Status', status: 'Failure', message: several, code: 500 },
    is: { kind: 'SeveralBudgets', message: several },
  },
  {
    what: 'its namespace is being deleted',
    code: 403,
    body: statusBody(403, 'Forbidden', 'forbidden', {
      causes: [{ reason: 'NamespaceTerminating', message: 'namespace shop is being terminated', field: 'metadata.namespace' }],
    }),
    is: { kind: 'NamespaceTerminating' },
  },
  {
    what: 'RBAC refuses',
    code: 403,
    body: statusBody(
      403,
      'Forbidden',
      'pods "web-0" is forbidden: User "u" cannot create resource "pods/eviction" in API group "" in the namespace "shop"',
    ),
    is: {
      kind: 'Denied',
      message: expect.stringContaining('add the rule {apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"]}'),
    },
  },
  {
    what: 'the budget has too many evictions open',
    code: 403,
    body: statusBody(403, 'Forbidden', 'DisruptedPods map too big'),
    is: { kind: 'Denied', message: 'DisruptedPods map too big' },
  },
  {
    what: 'a webhook denies',
    code: 400,
    body: statusBody(400, '', 'admission webhook "drain.example.com" denied the request: rolling by operator'),
    is: { kind: 'Denied', message: 'admission webhook "drain.example.com" denied the request: rolling by operator' },
  },
  {
    what: 'a webhook cannot be called',
    code: 500,
    body: statusBody(500, 'InternalError', 'failed calling webhook "w": no endpoints'),
    is: { kind: 'Unavailable', message: 'failed calling webhook "w": no endpoints' },
  },
  {
    what: 'the server starts up',
    code: 503,
    headers: { 'retry-after': '1' },
    body: statusBody(503, 'ServiceUnavailable', 'starting'),
    is: { kind: 'Unavailable', message: 'starting' },
  },
  {
    what: 'the request timed out on the server',
    code: 504,
    body: statusBody(504, 'Timeout', 'timed out'),
    is: { kind: 'Unavailable', message: 'timed out' },
  },
  {
    what: 'another write was faster',
    code: 409,
    body: statusBody(409, 'Conflict', 'the object has been modified'),
    is: { kind: 'Unavailable', message: 'the object has been modified' },
  },
  {
    what: 'a load balancer has no backend',
    code: 404,
    body: 'default backend - 404',
    is: { kind: 'Unavailable', message: expect.stringContaining('was answered 404') },
  },
  {
    what: 'the credentials have expired',
    code: 401,
    body: statusBody(401, 'Unauthorized', 'Unauthorized'),
    is: { kind: 'Unavailable', message: expect.stringContaining('credentials') },
  },
])('$what: $is.kind', async ({ code, body, headers, is }) => {
  const { client, server } = await clientOf((_, response) =>
    typeof body === 'string' ? void response.writeHead(code, headers).end(body) : sendJson(response, body, code, headers),
  )
  expect(await evictPod(client, pod)).toEqual(is)
  // The pace is the caller's: nothing is repeated, but a 401 once.
  expect(server.seen).toHaveLength(code === 401 ? 2 : 1)
})

it('a connection that breaks leaves open what has happened, and is not repeated', async () => {
  const { client, server } = await clientOf((_, response) => void response.socket?.resetAndDestroy())
  expect(await evictPod(client, pod)).toMatchObject({ kind: 'Unavailable', message: expect.stringContaining('connection broke') })
  expect(server.seen).toHaveLength(1)
})

it('an abort is thrown: it is no answer', async () => {
  const { client } = await clientOf(() => {})
  const signal = AbortSignal.abort(new Error('stop'))
  await expect(evictPod(client, pod, { signal })).rejects.toThrow('stop')
})
