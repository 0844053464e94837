import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createAuthProvider } from './auth-provider.ts'

it.each([
  { name: 'gcp', config: { 'access-token': 'g', expiry: '2999-01-01T00:00:00Z' }, header: 'Bearer g' },
  { name: 'azure', config: { 'access-token': 'a', 'expires-on': '32503680000' }, header: 'Bearer a' },
])('$name gives the token of the kubeconfig while it is good', async ({ name, config, header }) => {
  expect(await createAuthProvider({ name, config })()).toBe(header)
})

it.each([
  { name: 'oidc', config: {} },
  { name: 'unheard-of', config: {} },
  { name: 'gcp', config: { 'cmd-path': '/falkirk/no-such-command', expiry: '2000-01-01T00:00:00Z' } },
])('$name with nothing to offer is FK_KUBECONFIG with its name and the way out', async ({ name, config }) => {
  await expect(createAuthProvider({ name, config })()).rejects.toMatchObject({
    code: 'FK_KUBECONFIG',
    message: expect.stringMatching(new RegExp(`^auth-provider ${name}: .*; log in again, or use an exec plugin$`)),
  })
})

it('the client library is named in one file, and that is loaded on demand: its import takes longer than the rest of the start', async () => {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const importing: string[] = []
  for (const name of files) {
    const lines = (await readFile(join(folder, name), 'utf8'))
      .split('\n')
      .filter((line) => /'(@kubernetes\/client-node|\.\/client-node-config)/.test(line))
    importing.push(...lines.map((line) => `${name}: ${line.trim()}`))
  }
  expect(importing).toEqual([
    "auth-provider.ts: const { clientNodeConfig } = await import('./client-node-config.ts')",
    "client-node-config.ts: import { KubeConfig } from '@kubernetes/client-node'",
  ])
})
