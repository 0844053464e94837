import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTransport } from '../../test/loopback/access.ts'
import { createAuthority, issueClient, issueServer } from '../../test/loopback/certificates.ts'
import { sendJson, startServer } from '../../test/loopback/http-server.ts'
import { createInstantClock } from '../../test/loopback/instant-clock.ts'
import { base64, writeKubeConfig } from '../../test/loopback/kubeconfig.ts'
import { tempFolder } from '../../test/loopback/temp-folder.ts'
import { loadClusterAccess } from './kube-config.ts'

const whoAmI = { method: 'GET', path: '/whoami' } as const

/** An HTTPS API server that answers with what it has learnt of the client. */
async function whoAmIServer() {
  const authority = await createAuthority()
  const server = await startServer(
    ({ headers, user }, response) =>
      sendJson(response, { authorization: headers.authorization, user, impersonates: impersonated(headers) }),
    { tls: await issueServer(authority), clientAuthority: authority.cert },
  )
  return { authority, server, cluster: { server: server.url, 'certificate-authority-data': base64(authority.cert) } }
}

function impersonated(headers: Record<string, unknown>) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('impersonate-')))
}

describe('who asks', () => {
  it.each([
    { what: 'a token', user: { token: 'abc' }, says: { authorization: 'Bearer abc' } },
    { what: 'user name and password', user: { username: 'me', password: 'ü' }, says: { authorization: `Basic ${base64('me:ü')}` } },
    { what: 'nobody', user: {}, says: {} },
  ])('$what', async ({ user, says }) => {
    const { cluster } = await whoAmIServer()
    const kubeconfig = await writeKubeConfig(await tempFolder(), cluster, user)
    const access = await loadClusterAccess({ kubeconfig, env: {} })
    expect(await openTransport(access).json(whoAmI)).toEqual({ ...says, impersonates: {} })
    expect(access).toMatchObject({ source: `context "test" of ${kubeconfig}`, namespace: 'default', proxy: { kind: 'None' } })
  })

  it('a client certificate in the file', async () => {
    const { cluster, authority } = await whoAmIServer()
    const { cert, key } = await issueClient(authority, 'inline')
    const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) }
    const access = await loadClusterAccess({ kubeconfig: await writeKubeConfig(await tempFolder(), cluster, user), env: {} })
    expect(await openTransport(access).json(whoAmI)).toMatchObject({ user: 'inline' })
  })

  it('certificate, key and authority in files beside it; replaced files are used 30 s later', async () => {
    const { server, authority } = await whoAmIServer()
    const folder = await tempFolder()
    const write = async ({ cert, key }: { cert: string; key: string }) => {
      await Promise.all([writeFile(join(folder, 'me.crt'), cert), writeFile(join(folder, 'me.key'), key)])
    }
    await writeFile(join(folder, 'ca.crt'), authority.cert)
    await write(await issueClient(authority, 'first'))
    const user = { 'client-certificate': 'me.crt', 'client-key': './me.key' }
    const kubeconfig = await writeKubeConfig(folder, { server: server.url, 'certificate-authority': 'ca.crt' }, user)
    const clock = createInstantClock()
    const transport = openTransport(await loadClusterAccess({ kubeconfig, env: {}, clock }))
    expect(await transport.json(whoAmI)).toMatchObject({ user: 'first' })
    await write(await issueClient(authority, 'second'))
    expect(await transport.json(whoAmI)).toMatchObject({ user: 'first' })
    clock.fire(30_000)
    expect(await transport.json(whoAmI)).toMatchObject({ user: 'second' })
  })

  it('data counts before a file, as for kubectl', async () => {
    const { cluster } = await whoAmIServer()
    const kubeconfig = await writeKubeConfig(await tempFolder(), { ...cluster, 'certificate-authority': '/missing' }, { token: 'a' })
    expect(await openTransport(await loadClusterAccess({ kubeconfig, env: {} })).json(whoAmI)).toMatchObject({ authorization: 'Bearer a' })
  })

  it('a token file counts before a token and is read again', async () => {
    const { cluster } = await whoAmIServer()
    const folder = await tempFolder()
    await writeFile(join(folder, 'token'), 'one\n')
    const kubeconfig = await writeKubeConfig(folder, cluster, { tokenFile: 'token', token: 'other' })
    const clock = createInstantClock()
    const transport = openTransport(await loadClusterAccess({ kubeconfig, env: {}, clock }))
    expect(await transport.json(whoAmI)).toMatchObject({ authorization: 'Bearer one' })
    await writeFile(join(folder, 'token'), 'two')
    clock.fire(30_000)
    expect(await transport.json(whoAmI)).toMatchObject({ authorization: 'Bearer two' })
  })

  it('impersonation, with groups and extra fields', async () => {
    const { cluster } = await whoAmIServer()
    const user = { token: 'a', as: 'jane', 'as-uid': '7', 'as-groups': ['dev', 'ops'], 'as-user-extra': { 'example.com/scope': ['view'] } }
    const kubeconfig = await writeKubeConfig(await tempFolder(), cluster, user)
    expect(await openTransport(await loadClusterAccess({ kubeconfig, env: {} })).json(whoAmI)).toEqual({
      authorization: 'Bearer a',
      impersonates: {
        'impersonate-user': 'jane',
        'impersonate-uid': '7',
        'impersonate-group': 'dev, ops',
        'impersonate-extra-example.com%2fscope': 'view',
      },
    })
  })

  it('a 401 reads the kubeconfig anew and stays with the context of the start', async () => {
    const folder = await tempFolder()
    const server = await startServer(({ headers }, response) =>
      headers.authorization === 'Bearer new' ? sendJson(response, { ok: 1 }) : sendJson(response, {}, 401),
    )
    const kubeconfig = await writeKubeConfig(folder, { server: server.url }, { token: 'old' })
    const transport = openTransport(await loadClusterAccess({ kubeconfig, env: {} }))
    const rotated = {
      'current-context': 'elsewhere',
      clusters: [{ name: 'c', cluster: { server: server.url } }],
      users: [{ name: 'u', user: { token: 'new' } }],
      contexts: [{ name: 'test', context: { cluster: 'c', user: 'u' } }],
    }
    await writeFile(kubeconfig, JSON.stringify(rotated))
    expect(await transport.json(whoAmI)).toEqual({ ok: 1 })
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new'])
  })

  it('a legacy auth-provider gives its token', async () => {
    const { cluster } = await whoAmIServer()
    const config = { 'access-token': 'gcp-token', expiry: '2999-01-01T00:00:00Z' }
    const kubeconfig = await writeKubeConfig(await tempFolder(), cluster, { 'auth-provider': { name: 'gcp', config } })
    expect(await openTransport(await loadClusterAccess({ kubeconfig, env: {} })).json(whoAmI)).toMatchObject({
      authorization: 'Bearer gcp-token',
    })
  })
})

describe('where to look', () => {
  const at = (server: string, context: string, more: object = {}) =>
    JSON.stringify({
      'current-context': context,
      clusters: [{ name: context, cluster: { server } }],
      users: [],
      contexts: [{ name: context, context: { cluster: context, ...more } }],
    })

  it('the file given counts before KUBECONFIG, that before the pod, that before the home folder', async () => {
    const folder = await tempFolder()
    await mkdir(join(folder, '.kube'))
    await writeFile(join(folder, 'token'), 't')
    await writeFile(join(folder, 'ca.crt'), 'ca')
    await writeFile(join(folder, 'given'), at('http://given', 'g'))
    await writeFile(join(folder, 'listed'), at('http://listed', 'l'))
    await writeFile(join(folder, '.kube', 'config'), at('http://home', 'h'))
    const home = { HOME: folder }
    const pod = { ...home, KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }
    const listed = { ...pod, KUBECONFIG: join(folder, 'listed') }
    const server = async (options: Parameters<typeof loadClusterAccess>[0]) =>
      (await loadClusterAccess({ ...options, serviceAccountFolder: folder })).server
    expect(await server({ kubeconfig: join(folder, 'given'), env: listed })).toBe('http://given')
    expect(await server({ env: listed })).toBe('http://listed')
    expect(await server({ env: pod })).toBe('https://10.96.0.1:443')
    expect(await server({ env: home })).toBe('http://home')
    expect(await server({ env: pod, context: 'h' })).toBe('http://home')
    expect(await server({ env: home, kubeconfig: '', context: '', master: '' })).toBe('http://home')
  })

  it('of a KUBECONFIG list the first definition of a name counts, missing files are passed over', async () => {
    const folder = await tempFolder()
    const [a, b] = [join(folder, 'a'), join(folder, 'b')]
    await writeFile(a, JSON.stringify({ clusters: [{ name: 'x', cluster: { server: 'http://first' } }] }))
    await writeFile(b, at('http://second', 'x', { namespace: 'team' }))
    const env = { KUBECONFIG: [join(folder, 'none'), a, '', b].join(delimiter) }
    expect(await loadClusterAccess({ env })).toMatchObject({ server: 'http://first', namespace: 'team', source: `context "x" of ${b}` })
  })

  it('--master replaces the address, and is enough alone', async () => {
    const kubeconfig = await writeKubeConfig(
      await tempFolder(),
      { server: 'https://a:6443', 'insecure-skip-tls-verify': true },
      { token: 't' },
    )
    expect(await loadClusterAccess({ kubeconfig, master: '10.0.0.9:6443', env: {} })).toMatchObject({
      server: 'https://10.0.0.9:6443',
      tlsVerify: 'Skip',
    })
    const alone = await loadClusterAccess({ master: 'localhost:8001', env: { HOME: '/nowhere' } })
    expect(alone.server).toBe('http://localhost:8001')
    expect(await alone.credentials()).toEqual({ headers: {} })
  })

  it('says what can be set when there is nothing', async () => {
    await expect(loadClusterAccess({ env: { HOME: '/nowhere' } })).rejects.toMatchObject({
      code: 'FK_KUBECONFIG',
      message: expect.stringContaining('set KUBECONFIG, pass --kubeconfig'),
    })
  })
})
