import { describe, expect, it } from 'vitest'
import { accessServer, adminToken, bobToken } from '../access-server.test-support.ts'

const tokenPath = '/api/v1/namespaces/default/serviceaccounts/robot/token'
const request = (spec: object = {}) => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec })
const review = (token: string) => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } })

async function withRobot(version?: string) {
  const server = await accessServer(version)
  await server.client.create('serviceaccounts', { metadata: { name: 'robot', namespace: 'default' } })
  const spec = { serviceAccountName: 'robot', containers: [{ name: 'c', image: 'i' }] }
  await server.client.create('pods', { metadata: { name: 'p', namespace: 'default' }, spec })
  const token = async (body: object = request()): Promise<string> => (await server.send('POST', tokenPath, { body })).body.status.token
  const who = async (value: string) =>
    (await server.send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body: review(value) })).body.status
  return { ...server, token, who }
}

function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

describe('a bearer token', () => {
  it('that is not known is answered with 401', async () => {
    const { send } = await accessServer()
    expect(await send('GET', '/version', { token: 'guessed' })).toMatchObject({
      status: 401,
      body: { message: 'Unauthorized', reason: 'Unauthorized' },
    })
  })

  it('is that of the user it was given to', async () => {
    const { who } = await withRobot()
    expect(await who(bobToken)).toMatchObject({ authenticated: true, user: { username: 'bob', groups: ['devs', 'system:authenticated'] } })
    expect(await who('guessed')).toEqual({ user: {}, error: 'invalid bearer token' })
  })
})

describe('the token of a service account', () => {
  it('speaks for the account, its groups and its pod', async () => {
    const { token, who } = await withRobot()
    const value = await token(request({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } }))
    expect(claimsOf(value)).toMatchObject({
      aud: ['https://kubernetes.default.svc.cluster.local'],
      sub: 'system:serviceaccount:default:robot',
      'kubernetes.io': { namespace: 'default', pod: { name: 'p' }, serviceaccount: { name: 'robot' } },
    })
    expect(await who(value)).toMatchObject({
      authenticated: true,
      user: {
        username: 'system:serviceaccount:default:robot',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/pod-name': ['p'] },
      },
    })
  })

  it('ends with its time', async () => {
    const { token, who, clock } = await withRobot()
    const value = await token(request({ expirationSeconds: 600 }))
    await clock.advance(599_000)
    expect(await who(value)).toMatchObject({ authenticated: true })
    await clock.advance(1_000)
    expect(await who(value)).toMatchObject({ error: 'invalid bearer token' })
  })

  it('ends with its account, also when another of the same name comes', async () => {
    const { token, who, client } = await withRobot()
    const value = await token()
    await client.delete('serviceaccounts', { namespace: 'default', name: 'robot' })
    await client.create('serviceaccounts', { metadata: { name: 'robot', namespace: 'default' } })
    expect(await who(value)).toMatchObject({ error: 'invalid bearer token' })
  })

  it('ends with the pod that it is bound to', async () => {
    const { token, who, client } = await withRobot()
    const value = await token(request({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } }))
    await client.delete('pods', { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 })
    expect(await who(value)).toMatchObject({ error: 'invalid bearer token' })
  })

  it('is not taken when it is for somebody else, or when a letter of it is another', async () => {
    const { token, who } = await withRobot()
    expect(await who(await token(request({ audiences: ['vault'] })))).toMatchObject({ error: 'invalid bearer token' })
    const [head, body = '', signature] = (await token()).split('.')
    const forged = Buffer.from(Buffer.from(body, 'base64url').toString().replaceAll('robot', 'other')).toString('base64url')
    expect(await who([head, forged, signature].join('.'))).toMatchObject({ error: 'invalid bearer token' })
  })

  it('from a Secret is good for as long as that Secret holds it', async () => {
    const { access, who, client, store } = await withRobot()
    const uid = store.get('serviceaccounts', 'default', 'robot')?.metadata.uid ?? ''
    const value = access.tokenFor({ namespace: 'default', serviceAccount: 'robot', uid, secret: 'robot-token' })
    expect(await who(value)).toMatchObject({ error: 'invalid bearer token' })
    const metadata = { name: 'robot-token', namespace: 'default', annotations: { 'kubernetes.io/service-account.name': 'robot' } }
    const data = { token: Buffer.from(value).toString('base64') }
    await client.create('secrets', { metadata, type: 'kubernetes.io/service-account-token', data })
    expect(await who(value)).toMatchObject({ authenticated: true, user: { username: 'system:serviceaccount:default:robot' } })
    await client.delete('secrets', { namespace: 'default', name: 'robot-token' })
    expect(await who(value)).toMatchObject({ error: 'invalid bearer token' })
  })

  it('for a kubelet lives for a year since 1.21, and says when its use is to be warned of', async () => {
    const body = request({ expirationSeconds: 3_607, boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } })
    const old = claimsOf(await (await withRobot('v1.20.2')).token(body))
    const recent = claimsOf(await (await withRobot('v1.32.1')).token(body))
    expect(old.exp - old.iat).toBe(3_607)
    expect(recent.exp - recent.iat).toBe(31_536_000)
    expect(recent['kubernetes.io'].warnafter - recent.iat).toBe(3_607)
    expect([old.jti, typeof recent.jti]).toEqual([undefined, 'string'])
  })

  it.each([
    [
      { expirationSeconds: 60 },
      422,
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
    ],
    [{ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'gone' } }, 404, 'pods "gone" not found'],
    [{ boundObjectRef: { apiVersion: 'v1', kind: 'Node', name: 'n' } }, 400, 'cannot bind token to object of type v1, Kind=Node'],
  ])('is not given for %j', async (spec, status, message) => {
    const { send } = await withRobot()
    expect(await send('POST', tokenPath, { body: request(spec) })).toMatchObject({ status, body: { message } })
  })
})

describe('impersonation', () => {
  it('needs the right to it', async () => {
    const { send } = await accessServer()
    expect(await send('GET', '/api/v1/pods', { token: bobToken, headers: { 'impersonate-user': 'jane' } })).toMatchObject({
      status: 403,
      body: { message: 'users "jane" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope' },
    })
  })

  it.each([
    [
      { 'impersonate-user': 'jane', 'impersonate-group': 'a, b' },
      { username: 'jane', groups: ['a', 'b', 'system:authenticated'] },
    ],
    [
      { 'impersonate-user': 'system:serviceaccount:ns:x' },
      { username: 'system:serviceaccount:ns:x', groups: ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'] },
    ],
    [{ 'impersonate-user': 'system:anonymous' }, { username: 'system:anonymous', groups: ['system:unauthenticated'] }],
    [
      { 'impersonate-user': 'jane', 'impersonate-extra-a%2Fb': 'c' },
      { username: 'jane', extra: { 'a/b': ['c'] } },
    ],
  ])('with %j makes one who it says', async (headers, user) => {
    const { access } = await accessServer()
    const root = await access.access.authenticate({ authorization: `Bearer ${adminToken}` })
    expect(root && (await access.access.impersonate?.(root, headers))).toMatchObject(user)
  })

  it('of a group without a user is refused', async () => {
    const { send } = await accessServer()
    expect(await send('GET', '/api/v1/pods?limit=1', { headers: { 'impersonate-group': 'g' } })).toMatchObject({
      status: 500,
      body: 'Internal Server Error: "/api/v1/pods?limit=1": requested [{Group  g    }] without impersonating a user\n',
    })
  })
})
