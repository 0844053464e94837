import { describe, expect, it } from 'vitest'
import { ask, type Json } from '../http/ask.test-support.ts'
import { podNamed, smallServer } from '../http/small-server.test-support.ts'
import { decodeContinue, encodeContinue } from './continue-token.ts'

const pods = '/api/v1/namespaces/default/pods'
const names = (body: Json) => body.items.map((item: Json) => item.metadata.name)

async function withPods(count: number, options: Parameters<typeof smallServer>[0] = {}) {
  const twin = await smallServer(options)
  for (let i = 0; i < count; i += 1) await twin.client.create('pods', podNamed(`p${i}`, `n${i % 2}`, { app: i % 2 === 0 ? 'even' : 'odd' }))
  return twin
}

describe('paging', () => {
  it('gives all items once, as they were at the first page, whatever happens meanwhile', async () => {
    const { server, client } = await withPods(7)
    const first = await ask(server, 'GET', `${pods}?limit=3`)
    expect(names(first.body)).toEqual(['p0', 'p1', 'p2'])
    expect(first.body.metadata.remainingItemCount).toBe(4)
    expect(decodeContinue(first.body.metadata.continue)).toEqual({
      resourceVersion: Number(first.body.metadata.resourceVersion),
      after: 'p2',
    })
    await client.delete('pods', { namespace: 'default', name: 'p3' }, { gracePeriodSeconds: 0 })
    await client.create('pods', podNamed('p21'))
    const second = await ask(server, 'GET', `${pods}?limit=3&continue=${first.body.metadata.continue}`)
    expect(names(second.body)).toEqual(['p3', 'p4', 'p5'])
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion)
    const third = await ask(server, 'GET', `${pods}?limit=3&continue=${second.body.metadata.continue}`)
    expect(names(third.body)).toEqual(['p6'])
    expect(third.body.metadata).toEqual({ resourceVersion: first.body.metadata.resourceVersion })
  })

  it('over all namespaces goes on after namespace and name', async () => {
    const { server, client } = await withPods(2)
    await client.create('pods', { ...podNamed('a'), metadata: { name: 'a', namespace: 'kube-system' } })
    const first = await ask(server, 'GET', '/api/v1/pods?limit=2')
    expect(decodeContinue(first.body.metadata.continue).after).toBe('default/p1')
    expect(names((await ask(server, 'GET', `/api/v1/pods?limit=2&continue=${first.body.metadata.continue}`)).body)).toEqual(['a'])
  })

  it('does not say how much remains of what is selected', async () => {
    const { server } = await withPods(6)
    const { body } = await ask(server, 'GET', `${pods}?limit=1&labelSelector=app%3Deven`)
    expect(body.metadata.continue).toBeDefined()
    expect(body.metadata.remainingItemCount).toBeUndefined()
  })

  it('ends with 410 when the version is forgotten, and offers to go on with what is there now', async () => {
    const { server, client } = await withPods(4, { historyLimit: 4 })
    const first = await ask(server, 'GET', `${pods}?limit=2`)
    const key = { namespace: 'default', name: 'p3' }
    for (let i = 0; i < 12; i += 1)
      await client.change('pods', key, (pod) => ({ ...pod, metadata: { ...pod.metadata, labels: { i: `${i}` } } }))
    const gone = await ask(server, 'GET', `${pods}?limit=2&continue=${first.body.metadata.continue}`)
    expect(gone).toMatchObject({ status: 410, body: { reason: 'Expired' } })
    const rest = await ask(server, 'GET', `${pods}?limit=2&continue=${gone.body.metadata.continue}`)
    expect(names(rest.body)).toEqual(['p2', 'p3'])
  })

  it('refuses a token of a version that is still to come', async () => {
    const { server } = await withPods(1)
    const { status, body } = await ask(
      server,
      'GET',
      `${pods}?limit=1&continue=${encodeContinue({ resourceVersion: 1_000_000, after: 'a' })}`,
    )
    expect({ status, message: body.message }).toEqual({ status: 500, message: 'etcdserver: mvcc: required revision is a future revision' })
  })

  it.each([
    { token: 'abc', why: "invalid character 'i' looking for beginning of value" },
    { token: Buffer.from('{"v":"x"}').toString('base64url'), why: 'server does not recognize this encoded version "x"' },
    {
      token: Buffer.from('{"v":"meta.k8s.io/v1","start":"a"}').toString('base64url'),
      why: 'incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    },
    { token: Buffer.from('{"v":"meta.k8s.io/v1","rv":5}').toString('base64url'), why: 'encoded start key empty (version meta.k8s.io/v1)' },
  ])('refuses a token that was not given: $why', async ({ token, why }) => {
    const { server } = await withPods(1)
    const { status, body } = await ask(server, 'GET', `${pods}?limit=1&continue=${token}`)
    expect({ status, message: body.message }).toEqual({ status: 400, message: `invalid continue token: continue key is not valid: ${why}` })
  })
})

describe('resourceVersion', () => {
  it('Exact shows what was then', async () => {
    const { server, client } = await withPods(2)
    const { body } = await ask(server, 'GET', pods)
    await client.create('pods', podNamed('new'))
    const then = await ask(server, 'GET', `${pods}?resourceVersion=${body.metadata.resourceVersion}&resourceVersionMatch=Exact`)
    expect(names(then.body)).toEqual(['p0', 'p1'])
    expect(then.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion)
  })

  it.each(['resourceVersion=VERSION', 'resourceVersion=VERSION&resourceVersionMatch=NotOlderThan', 'resourceVersion=0', ''])(
    'shows what is now for ?%s',
    async (query) => {
      const { server, client } = await withPods(1)
      const { body } = await ask(server, 'GET', pods)
      await client.create('pods', podNamed('new'))
      expect(names((await ask(server, 'GET', `${pods}?${query.replace('VERSION', body.metadata.resourceVersion)}`)).body)).toEqual([
        'new',
        'p0',
      ])
    },
  )

  it('0 is answered whole, limit or not', async () => {
    const { server } = await withPods(5)
    expect(names((await ask(server, 'GET', `${pods}?resourceVersion=0&limit=2`)).body)).toHaveLength(5)
  })

  it('that is still to come is answered 504', async () => {
    const { server, store } = await withPods(1)
    const { status, body } = await ask(server, 'GET', `${pods}?resourceVersion=99999999`)
    expect(status).toBe(504)
    expect(body).toMatchObject({
      reason: 'Timeout',
      message: `Timeout: Too large resource version: 99999999, current: ${store.resourceVersion}`,
      details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
    })
  })

  it.each([
    { version: '', status: 200 },
    { version: '0', status: 200 },
    { version: '1', status: 200 },
    { version: '99999999', status: 504 },
    { version: 'abc', status: 500 },
  ])('"$version" of one object is answered $status', async ({ version, status }) => {
    const { server } = await withPods(1)
    expect((await ask(server, 'GET', `${pods}/p0?resourceVersion=${version}`)).status).toBe(status)
  })

  it('is looked at before whether the object is there', async () => {
    const { server } = await withPods(0)
    const { status, body } = await ask(server, 'GET', `${pods}/none?resourceVersion=abc`)
    expect({ status, message: body.message }).toEqual({
      status: 500,
      message: 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    })
  })

  it.each([
    {
      query: 'resourceVersion=abc',
      status: 500,
      message: 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    },
    { query: 'limit=abc', status: 400, message: 'strconv.ParseInt: parsing "abc": invalid syntax' },
    {
      query: 'resourceVersionMatch=Exact',
      status: 422,
      message:
        'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    },
  ])('$query is refused', async ({ query, status, message }) => {
    const { server } = await withPods(1)
    const answer = await ask(server, 'GET', `${pods}?${query}`)
    expect({ status: answer.status, message: answer.body.message }).toEqual({ status, message })
  })
})

describe('selectors', () => {
  it.each([
    { query: 'labelSelector=app%3Deven', expected: ['p0', 'p2'] },
    { query: 'labelSelector=app!%3Deven', expected: ['p1', 'p3'] },
    { query: 'labelSelector=app+in+(even,odd),!x', expected: ['p0', 'p1', 'p2', 'p3'] },
    { query: 'labelSelector=app+notin+(even)', expected: ['p1', 'p3'] },
    { query: 'labelSelector=x', expected: [] },
    { query: 'fieldSelector=spec.nodeName%3Dn1', expected: ['p1', 'p3'] },
    { query: 'fieldSelector=spec.nodeName!%3Dn1', expected: ['p0', 'p2'] },
    { query: 'fieldSelector=metadata.name%3Dp2', expected: ['p2'] },
    { query: 'fieldSelector=metadata.name%3Dp2,spec.nodeName%3Dn1', expected: [] },
    { query: 'fieldSelector=status.phase%3D%3DPending', expected: ['p0', 'p1', 'p2', 'p3'] },
  ])('$query selects $expected', async ({ query, expected }) => {
    const { server } = await withPods(4)
    expect(names((await ask(server, 'GET', `${pods}?${query}`)).body)).toEqual(expected)
    expect(names((await ask(server, 'GET', `/api/v1/pods?${query}`)).body)).toEqual(expected)
  })

  it.each([
    { target: `${pods}?labelSelector=a+b`, message: "unable to parse requirement: found 'b', expected: '=', '!=', '==', 'in', notin'" },
    { target: `${pods}?labelSelector=a+in+b`, message: "unable to parse requirement: found 'b' expected: '('" },
    { target: `${pods}?fieldSelector=a`, message: "invalid selector: 'a'; can't understand 'a'" },
    { target: `${pods}?fieldSelector=a%3Db`, message: 'field label not supported: a' },
    {
      target: '/api/v1/services?fieldSelector=a%3Db',
      message: '"a" is not a known field selector: only "metadata.name", "metadata.namespace"',
    },
  ])('are refused in the words of the real server: $message', async ({ target, message }) => {
    const { server } = await withPods(1)
    const { status, body } = await ask(server, 'GET', target)
    expect({ status, message: body.message }).toEqual({ status: 400, message })
  })
})
