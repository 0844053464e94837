import { expect, it } from 'vitest'
import { accessTo, openTransport } from '../../test/loopback/access.ts'
import { createAuthority, issueServer } from '../../test/loopback/certificates.ts'
import { sendJson, startServer } from '../../test/loopback/http-server.ts'
import { base64, writeKubeConfig } from '../../test/loopback/kubeconfig.ts'
import { startHttpProxy, startSocksProxy } from '../../test/loopback/proxies.ts'
import { tempFolder } from '../../test/loopback/temp-folder.ts'
import { dispatcherKey } from './dispatchers.ts'
import { loadClusterAccess } from './kube-config.ts'

const request = { method: 'GET', path: '/x' } as const

/** A server that only a proxy can reach by its name. */
async function behindProxy(scheme: 'http' | 'https') {
  const authority = await createAuthority()
  const tls = scheme === 'https' ? { tls: await issueServer(authority, ['api.falkirk.test'], []) } : {}
  const server = await startServer(({ headers }, response) => sendJson(response, { host: headers.host }), tls)
  return { ca: authority.cert, host: `api.falkirk.test:${server.port}`, url: `${scheme}://api.falkirk.test:${server.port}` }
}

it.each(['http', 'https'] as const)('proxy-url: %s goes through a tunnel, checked against the name of the server', async (scheme) => {
  const proxy = await startHttpProxy()
  const { ca, host, url } = await behindProxy(scheme)
  const route = { kind: 'Http', url: `http://me:p%40ss@127.0.0.1:${proxy.port}/` } as const
  expect(await openTransport(accessTo(url, { ca }, { proxy: route })).json(request)).toEqual({ host })
  expect(proxy.tunnels).toEqual([host])
  expect(proxy.authorizations).toEqual([`Basic ${base64('me:p@ss')}`])
})

it('tls-server-name counts behind a proxy too', async () => {
  const proxy = await startHttpProxy()
  const { ca, url } = await behindProxy('https')
  const route = { kind: 'Http', url: `http://127.0.0.1:${proxy.port}/` } as const
  const address = url.replace('api.falkirk.test', '127.0.0.1')
  await expect(openTransport(accessTo(address, { ca }, { proxy: route })).json(request)).rejects.toThrow(/set tls-server-name/)
  expect(await openTransport(accessTo(address, { ca }, { proxy: route, tlsServerName: 'api.falkirk.test' })).json(request)).toBeDefined()
})

it('HTTPS_PROXY is used for a server that NO_PROXY does not name', async () => {
  const proxy = await startHttpProxy()
  const { ca, host, url } = await behindProxy('https')
  const kubeconfig = await writeKubeConfig(await tempFolder(), { server: url, 'certificate-authority-data': base64(ca) }, {})
  const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: 'example.com,10.0.0.0/8' }
  expect(await openTransport(await loadClusterAccess({ kubeconfig, env })).json(request)).toEqual({ host })
  expect(proxy.tunnels).toEqual([host])
})

it.each(['http', 'https'] as const)('socks5: %s goes through it, the proxy resolves the name', async (scheme) => {
  const proxy = await startSocksProxy()
  const { ca, host, url } = await behindProxy(scheme)
  const route = { kind: 'Socks5', url: `socks5://127.0.0.1:${proxy.port}` } as const
  expect(await openTransport(accessTo(url, { ca }, { proxy: route })).json(request)).toEqual({ host })
  expect(proxy.tunnels).toEqual([host])
})

it('a proxy that does not answer is named, without its password', async () => {
  const route = { kind: 'Http', url: 'http://me:secret@127.0.0.1:1/' } as const
  const error = await openTransport(accessTo('https://api.falkirk.test', {}, { proxy: route }))
    .json(request)
    .catch((e: unknown) => e)
  expect(error).toMatchObject({ code: 'FK_API_UNREACHABLE', message: expect.stringContaining('through the proxy http://127.0.0.1:1/') })
  expect(String(error)).not.toContain('secret')
})

it('connections are shared as long as nothing about TLS or the proxy changes; a token does not count', () => {
  const access = accessTo('https://a')
  const credentials = { headers: { Authorization: 'Bearer a' }, ca: 'ca', clientCertificate: { cert: 'c', key: 'k' } }
  const key = dispatcherKey(access, credentials)
  expect(dispatcherKey(access, { ...credentials, headers: { Authorization: 'Bearer b' } })).toBe(key)
  const others = [
    dispatcherKey(access, { ...credentials, ca: 'ca2' }),
    dispatcherKey(access, { ...credentials, clientCertificate: { cert: 'c', key: 'k2' } }),
    dispatcherKey({ ...access, tlsServerName: 'x' }, credentials),
    dispatcherKey({ ...access, tlsVerify: 'Skip' }, credentials),
    dispatcherKey({ ...access, proxy: { kind: 'Http', url: 'http://p' } }, credentials),
  ]
  expect(new Set([key, ...others]).size).toBe(6)
  expect(key).not.toContain('k')
})
