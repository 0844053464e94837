import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTransport } from '../../test/loopback/access.ts'
import { sendJson, startServer } from '../../test/loopback/http-server.ts'
import { createInstantClock } from '../../test/loopback/instant-clock.ts'
import { writeKubeConfig } from '../../test/loopback/kubeconfig.ts'
import { tempFolder } from '../../test/loopback/temp-folder.ts'
import { loadClusterAccess } from './kube-config.ts'

const apiVersion = 'client.authentication.k8s.io/v1'
const request = { method: 'GET', path: '/api/v1/nodes' } as const

/** A plugin that writes down each run (its environment too) and then does what `script` says; `$RUN` is the number of the run. */
async function plugin(script: string, exec: object = {}, cluster: object = {}) {
  const folder = await tempFolder()
  const server = await startServer(({ headers }, response) => {
    const { authorization } = headers
    sendJson(response, { authorization }, authorization === 'Bearer refused' ? 401 : 200)
  })
  const command = join(folder, 'get-token')
  const log = join(folder, 'runs')
  await writeFile(
    command,
    `#!/bin/sh\nprintf '%s\\n' "$KUBERNETES_EXEC_INFO" >> '${log}'\nRUN=$(wc -l < '${log}' | tr -d ' ')\n${script}\n`,
  )
  await chmod(command, 0o755)
  const user = { exec: { apiVersion, command: './get-token', ...exec } }
  const kubeconfig = await writeKubeConfig(folder, { server: server.url, ...cluster }, user)
  const clock = createInstantClock(Date.parse('2026-01-01T00:00:00Z'))
  const env = { PATH: process.env.PATH, FROM_OUTSIDE: 'outside' }
  return {
    clock,
    server,
    load: (interactive = false) => loadClusterAccess({ kubeconfig, env, clock, interactive }),
    runs: async () =>
      (await readFile(log, 'utf8').catch(() => ''))
        .split('\n')
        .filter((line) => line !== '')
        .map((line): unknown => JSON.parse(line)),
  }
}

const print = (status: string, version = apiVersion) =>
  `printf '%s' '{"apiVersion":"${version}","kind":"ExecCredential","status":${status}}'`
const token = (text: string, expires = '') =>
  `echo "{\\"apiVersion\\":\\"${apiVersion}\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"${text}\\"${expires}}}"`
const expiring = (text: string, at: string) => token(text, `,\\"expirationTimestamp\\":\\"${at}\\"`)

describe('a plugin', () => {
  it('gives the token; its command is relative to the kubeconfig, its environment is ours and its own', async () => {
    const { load } = await plugin(token('t-$FROM_OUTSIDE-$OWN-$1'), { args: ['arg'], env: [{ name: 'OWN', value: 'own' }] })
    expect(await openTransport(await load()).json(request)).toEqual({ authorization: 'Bearer t-outside-own-arg' })
  })

  it('gets KUBERNETES_EXEC_INFO, with the cluster when it asks for it', async () => {
    const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } }]
    const { load, runs, server } = await plugin(token('a'), { provideClusterInfo: true }, { extensions, 'tls-server-name': 'api' })
    await load()
    expect(await runs()).toEqual([
      {
        apiVersion,
        kind: 'ExecCredential',
        spec: { interactive: false, cluster: { server: server.url, 'tls-server-name': 'api', config: { audience: 'x' } } },
      },
    ])
  })

  it('without an expiry is run once, until the server refuses what it gave', async () => {
    const { load, runs, clock } = await plugin(`if [ $RUN = 1 ]; then ${token('good')}; else ${token('good-$RUN')}; fi`)
    const transport = openTransport(await load())
    for (let i = 0; i < 5; i++) {
      clock.fire(60_000)
      expect(await transport.json(request)).toEqual({ authorization: 'Bearer good' })
    }
    expect(await runs()).toHaveLength(1)
  })

  it('is run again after a 401, once for all requests that met it, and each is sent once more', async () => {
    const { load, runs, server } = await plugin(`if [ $RUN = 1 ]; then ${token('refused')}; else ${token('fresh')}; fi`)
    const transport = openTransport(await load())
    const answers = await Promise.all([1, 2, 3].map(() => transport.json(request)))
    expect(answers).toEqual([1, 2, 3].map(() => ({ authorization: 'Bearer fresh' })))
    expect(await runs()).toHaveLength(2)
    expect(server.seen).toHaveLength(6)
  })

  it('is run again when what it gave expires, not before', async () => {
    const { load, runs, clock } = await plugin(`if [ $RUN = 1 ]; then ${expiring('one', '2026-01-01T00:10:00Z')}; else ${token('two')}; fi`)
    const transport = openTransport(await load())
    clock.fire(599_999)
    expect(await transport.json(request)).toEqual({ authorization: 'Bearer one' })
    expect(await runs()).toHaveLength(1)
    clock.fire(1)
    expect(await transport.json(request)).toEqual({ authorization: 'Bearer two' })
  })

  it('whose clock is behind is not run for each request', async () => {
    const { load, runs, clock } = await plugin(expiring('late', '2025-12-31T00:00:00Z'))
    const transport = openTransport(await load())
    for (let i = 0; i < 5; i++) await transport.json(request)
    expect(await runs()).toHaveLength(1)
    clock.fire(30_000)
    await transport.json(request)
    expect(await runs()).toHaveLength(2)
  })

  it('is run once for requests at the same time', async () => {
    const { load, runs, clock } = await plugin(expiring('x-$RUN', '2026-01-01T00:00:01Z'))
    const transport = openTransport(await load())
    clock.fire(1_000)
    await Promise.all([1, 2, 3].map(() => transport.json(request)))
    expect(await runs()).toHaveLength(2)
  })
})

describe('a plugin that fails is FK_EXEC_PLUGIN in one sentence', () => {
  it.each([
    { script: 'echo first >&2; echo "log in first" >&2; exit 3', says: 'exec plugin get-token failed with exit code 3: log in first' },
    { script: 'kill -9 $$', says: 'exec plugin get-token failed with SIGKILL' },
    { script: 'echo sesame-42', says: 'exec plugin get-token printed no JSON on standard output' },
    {
      script: print('{"token":"sesame-42"}', 'client.authentication.k8s.io/v1beta1'),
      says: 'exec plugin get-token answered in client.authentication.k8s.io/v1beta1 and the kubeconfig says client.authentication.k8s.io/v1; set exec.apiVersion to what the plugin speaks',
    },
    { script: print('{}'), says: 'exec plugin get-token printed neither a token nor a client certificate' },
    {
      script: print('{"token":7}'),
      says: 'exec plugin get-token printed no valid ExecCredential: field status.token: expected string, received number',
    },
    {
      script: print('{"clientCertificateData":"sesame-42"}'),
      says: 'exec plugin get-token printed only one of clientCertificateData and clientKeyData',
    },
    {
      script: print('{"token":"sesame-42","expirationTimestamp":"soon"}'),
      says: 'exec plugin get-token printed a status.expirationTimestamp that is no RFC 3339 time',
    },
    { script: `yes sesame-42`, says: 'exec plugin get-token printed more than 1 MiB' },
  ])('$says', async ({ script, says }) => {
    const { load } = await plugin(script)
    await expect(load()).rejects.toMatchObject({ code: 'FK_EXEC_PLUGIN', message: says })
  })

  it.each([
    {
      exec: { command: 'falkirk-no-such-plugin', installHint: 'get it at example.com\nsecond line' },
      says: 'exec plugin falkirk-no-such-plugin is not installed or not in PATH; install it (get it at example.com)',
    },
    { exec: { command: '/etc/passwd' }, says: 'exec plugin passwd may not be executed by this user' },
    {
      exec: { interactiveMode: 'Always' },
      says: 'exec plugin get-token wants a terminal (interactiveMode Always) and there is none; use credentials that need no person',
    },
  ])('$says', async ({ exec, says }) => {
    const { load } = await plugin(token('a'), exec)
    await expect(load()).rejects.toMatchObject({ code: 'FK_EXEC_PLUGIN', message: says })
  })

  it('one that hangs is killed after a minute', async () => {
    const { load, clock, runs } = await plugin('sleep 600')
    const outcome = load().catch((error: unknown) => error)
    await expect.poll(async () => (await runs()).length).toBe(1)
    clock.fire(60_000)
    expect(await outcome).toMatchObject({ code: 'FK_EXEC_PLUGIN', message: 'exec plugin get-token gave no answer within 60 s' })
  })
})
