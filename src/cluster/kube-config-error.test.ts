import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createAuthority, issueClient } from '../../test/loopback/certificates.ts'
import { base64, writeKubeConfig } from '../../test/loopback/kubeconfig.ts'
import { tempFolder } from '../../test/loopback/temp-folder.ts'
import { loadClusterAccess } from './kube-config.ts'

const server = 'https://127.0.0.1:1'

async function problem(kubeconfig: string, options: { context?: string; env?: Record<string, string> } = {}) {
  const error: unknown = await loadClusterAccess({ kubeconfig, env: {}, ...options }).catch((e: unknown) => e)
  expect(error).toMatchObject({ code: 'FK_KUBECONFIG' })
  const { message } = error as Error
  expect(message).not.toContain('\n')
  return message.replaceAll(kubeconfig, 'FILE')
}

describe('a field that is wrong is named with file, context and entry', () => {
  it.each([
    { cluster: {}, user: {}, says: 'cluster "c": field server: expected string, received undefined' },
    {
      cluster: { server: 'ftp://x' },
      user: {},
      says: 'cluster "c": field server: is no http or https address of a server, e.g. https://10.0.0.1:6443',
    },
    {
      cluster: { server, 'certificate-authority-data': '!!' },
      user: {},
      says: 'cluster "c": field certificate-authority-data: is no base64 of a PEM block',
    },
    {
      cluster: { server, 'certificate-authority': '/missing/ca' },
      user: {},
      says: 'cluster "c": field certificate-authority: /missing/ca does not exist',
    },
    {
      cluster: { server, 'proxy-url': 'gopher://me:secret@p' },
      user: {},
      says: 'cluster "c": field proxy-url: proxies are http, https and socks5, not gopher',
    },
    { cluster: { server, 'proxy-url': 'http://' }, user: {}, says: 'cluster "c": field proxy-url: is no URL' },
    {
      cluster: { server, 'insecure-skip-tls-verify': 'yes' },
      user: {},
      says: 'cluster "c": field insecure-skip-tls-verify: expected boolean, received string',
    },
    {
      cluster: { server, 'insecure-skip-tls-verify': true, 'certificate-authority-data': base64('-----BEGIN CERTIFICATE-----') },
      user: {},
      says: 'cluster "c": field insecure-skip-tls-verify: contradicts certificate-authority; remove one of them',
    },
    { cluster: { server }, user: { token: 12345 }, says: 'user "u": field token: expected string, received number' },
    { cluster: { server }, user: { token: 'a b' }, says: 'user "u": field token: holds characters that no token has' },
    { cluster: { server }, user: { tokenFile: '/missing/token' }, says: 'user "u": field tokenFile: /missing/token does not exist' },
    { cluster: { server }, user: { 'client-certificate': '/x' }, says: 'user "u": field client-certificate: /x does not exist' },
    {
      cluster: { server },
      user: { 'client-key-data': base64('-----BEGIN X') },
      says: 'user "u": field client-key: needs client-certificate as well',
    },
    {
      cluster: { server },
      user: { exec: { apiVersion: 'client.authentication.k8s.io/v1' } },
      says: 'user "u": field exec.command: expected string, received undefined',
    },
    {
      cluster: { server },
      user: { exec: { command: 'x', args: [1], apiVersion: 'client.authentication.k8s.io/v1' } },
      says: 'user "u": field exec.args[0]: expected string, received number',
    },
    {
      cluster: { server },
      user: { exec: { command: 'x' } },
      says: 'user "u": field exec.apiVersion: expected one of "client.authentication.k8s.io/v1"|"client.authentication.k8s.io/v1beta1"|"client.authentication.k8s.io/v1alpha1"',
    },
  ])('$says', async ({ cluster, user, says }) => {
    expect(await problem(await writeKubeConfig(await tempFolder(), cluster, user))).toBe(`kubeconfig FILE: context "test": ${says}`)
  })
})

it('a key that does not belong to the certificate is found at the start', async () => {
  const authority = await createAuthority()
  const [one, two] = await Promise.all([issueClient(authority, 'one'), issueClient(authority, 'two')])
  const user = { 'client-certificate-data': base64(one.cert), 'client-key-data': base64(two.key) }
  expect(await problem(await writeKubeConfig(await tempFolder(), { server }, user))).toMatch(
    /^kubeconfig FILE: context "test": user "u": certificate, key or authority cannot be used: .*key values mismatch/,
  )
})

describe('a file that is wrong is named', () => {
  it.each([
    { content: 'clusters: [', says: /^kubeconfig FILE: is not YAML: .* at line 1/ },
    { content: 'clusters: 5', says: /^kubeconfig FILE: field clusters: expected array, received number$/ },
    { content: 'clusters: [{cluster: {}}]', says: /^kubeconfig FILE: field clusters\[0\].name: expected string, received undefined$/ },
    { content: '- a', says: /^kubeconfig FILE: expected object, received array$/ },
    { content: '', says: /^kubeconfig FILE: field current-context: is not set; set it, or name a context$/ },
    { content: 'a: 1\n---\nb: 2', says: /^kubeconfig FILE: holds more than one document: leave one$/ },
    {
      content: `a: &a [${'x,'.repeat(9)}]\nb: &b [${'*a,'.repeat(99)}]\nc: [${'*b,'.repeat(99)}]`,
      says: /^kubeconfig FILE: refers too often to what is written once$/,
    },
    { content: 'users: [{name: a, user: {token: "sesame}}]', says: /^kubeconfig FILE: is not YAML: / },
  ])('$content', async ({ content, says }) => {
    const file = join(await tempFolder(), 'config')
    await writeFile(file, content)
    const message = await problem(file)
    expect(message).toMatch(says)
    expect(message).not.toContain('sesame')
  })

  it('one that does not exist, is a folder, or may not be read', async () => {
    const folder = await tempFolder()
    expect(await problem(join(folder, 'none'))).toBe('kubeconfig FILE: does not exist')
    await mkdir(join(folder, 'folder'))
    expect(await problem(join(folder, 'folder'))).toBe('kubeconfig FILE: is a folder')
    const locked = await writeKubeConfig(folder, { server }, {})
    await chmod(locked, 0)
    // Root reads everything.
    if (process.getuid?.() !== 0) expect(await problem(locked)).toBe('kubeconfig FILE: may not be read by this user')
  })

  it('a KUBECONFIG list of which nothing exists', async () => {
    await expect(loadClusterAccess({ env: { KUBECONFIG: '/missing/a:/missing/b' } })).rejects.toThrow(
      'kubeconfig /missing/a, /missing/b: does not exist; check the path and the variable KUBECONFIG',
    )
  })
})

describe('a name that leads nowhere is named, with the one that may be meant', () => {
  it('context', async () => {
    const file = await writeKubeConfig(await tempFolder(), { server }, {})
    expect(await problem(file, { context: 'tset' })).toBe('kubeconfig FILE: context "tset": does not exist; did you mean "test"?')
    expect(await problem(file, { context: 'prod' })).toBe('kubeconfig FILE: context "prod": does not exist; there are "test"')
  })

  it('cluster and user', async () => {
    const file = join(await tempFolder(), 'config')
    const contexts = (context: object) =>
      JSON.stringify({ 'current-context': 'x', clusters: [{ name: 'c', cluster: { server } }], contexts: [{ name: 'x', context }] })
    await writeFile(file, contexts({ cluster: 'prod' }))
    expect(await problem(file)).toBe('kubeconfig FILE: context "x": field cluster: no cluster "prod" is defined; there are "c"')
    await writeFile(file, contexts({ cluster: 'c', user: 'me' }))
    expect(await problem(file)).toBe('kubeconfig FILE: context "x": field user: no user "me" is defined')
  })
})

it('an entry that nobody uses may be broken', async () => {
  const file = join(await tempFolder(), 'config')
  const clusters = [
    { name: 'bad', cluster: null },
    { name: 'c', cluster: { server } },
  ]
  const users = [{ name: 'bad', user: { exec: 7 } }]
  await writeFile(file, JSON.stringify({ 'current-context': 'x', clusters, users, contexts: [{ name: 'x', context: { cluster: 'c' } }] }))
  expect((await loadClusterAccess({ kubeconfig: file, env: {} })).server).toBe(server)
})

it('a proxy variable that is no URL is named without its text', async () => {
  const file = await writeKubeConfig(await tempFolder(), { server: 'https://10.0.0.1' }, {})
  expect(await problem(file, { env: { HTTPS_PROXY: 'http://me:secret@[' } })).toBe('the variable HTTPS_PROXY or HTTP_PROXY: is no URL')
})
