import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openTransport } from '../../test/loopback/access.ts'
import { createAuthority, issueServer } from '../../test/loopback/certificates.ts'
import { sendJson, startServer } from '../../test/loopback/http-server.ts'
import { createInstantClock } from '../../test/loopback/instant-clock.ts'
import { tempFolder } from '../../test/loopback/temp-folder.ts'
import { loadClusterAccess } from './kube-config.ts'

const request = { method: 'GET', path: '/api/v1/nodes' } as const

async function pod(host: '127.0.0.1' | '::1' = '127.0.0.1') {
  const authority = await createAuthority()
  const server = await startServer(({ headers }, response) => sendJson(response, { token: headers.authorization }), {
    tls: await issueServer(authority),
    host,
  })
  const folder = await tempFolder()
  await writeFile(join(folder, 'token'), 'one\n')
  await writeFile(join(folder, 'ca.crt'), authority.cert)
  await writeFile(join(folder, 'namespace'), 'system-upgrade')
  const clock = createInstantClock()
  const env = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: String(server.port) }
  return { folder, clock, server, load: () => loadClusterAccess({ env, clock, serviceAccountFolder: folder }) }
}

it.each(['127.0.0.1', '::1'] as const)('a pod reaches the server at %s with the token and CA of its service account', async (host) => {
  const { load } = await pod(host)
  const access = await load()
  expect(access).toMatchObject({ namespace: 'system-upgrade', source: "the pod's service account", tlsVerify: 'Verify' })
  expect(await openTransport(access).json(request)).toEqual({ token: 'Bearer one' })
})

it('the token is read again each minute', async () => {
  const { load, folder, clock } = await pod()
  const transport = openTransport(await load())
  await writeFile(join(folder, 'token'), 'two')
  clock.fire(59_999)
  expect(await transport.json(request)).toEqual({ token: 'Bearer one' })
  clock.fire(1)
  expect(await transport.json(request)).toEqual({ token: 'Bearer two' })
})

it('a token file that is away for a moment does not stop requests', async () => {
  const { load, folder, clock } = await pod()
  const transport = openTransport(await load())
  await rm(join(folder, 'token'))
  clock.fire(60_000)
  expect(await transport.json(request)).toEqual({ token: 'Bearer one' })
})

it('a 401 reads the token at once', async () => {
  const { folder } = await pod()
  const server = await startServer(({ headers }, response) => sendJson(response, {}, headers.authorization === 'Bearer two' ? 200 : 401))
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '1' }
  const access = await loadClusterAccess({ env, serviceAccountFolder: folder, master: server.url })
  await writeFile(join(folder, 'token'), 'two')
  expect(await openTransport(access).json(request)).toEqual({})
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer one', 'Bearer two'])
})

it.each([
  { file: 'token', content: undefined, says: /token does not exist: check serviceAccountName and automountServiceAccountToken/ },
  { file: 'token', content: ' \n', says: /token is empty/ },
  { file: 'ca.crt', content: undefined, says: /ca\.crt does not exist/ },
])('a pod without $file ("$content") is told what to check', async ({ file, content, says }) => {
  const { load, folder } = await pod()
  if (content === undefined) await rm(join(folder, file))
  else await writeFile(join(folder, file), content)
  await expect(load()).rejects.toMatchObject({ code: 'FK_KUBECONFIG', message: expect.stringMatching(says) })
})
