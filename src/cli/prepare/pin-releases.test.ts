import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { nodeOverview } from '../../core/host/node-overview.ts'
import { type HostLook, hostFacts } from '../../core/recipe/k3s/host-facts.test-support.ts'
import { nodeFacts } from '../../core/recipe/kubeadm/node-facts.test-support.ts'
import { parseUpgrade } from '../../core/upgrade/api/cluster-upgrade.ts'
import { fileSha256 } from '../../node/file-sha256.ts'
import type { AnsweredHost } from './look-at-hosts.ts'
import { pinReleases } from './pin-releases.ts'

const version = 'v1.34.2+k3s1'
const images = 'k3s-airgap-images-amd64.tar.zst'
const folder = mkdtempSync(join(tmpdir(), 'falkirk-pins-'))
let server: Server
let address: string
let digest: string

beforeAll(async () => {
  mkdirSync(join(folder, version))
  writeFileSync(join(folder, version, 'k3s'), 'the program')
  digest = await fileSha256(join(folder, version, 'k3s'))
  const list = `${digest}  k3s\n`
  writeFileSync(join(folder, version, 'sha256sum-amd64.txt'), list)
  server = createServer(({ url = '' }, answer) => {
    if (url.endsWith('/k3s')) answer.writeHead(200, { 'content-length': 70_000_000 }).end()
    else answer.writeHead(url.endsWith('/sha256sum-amd64.txt') ? 200 : 404).end(list)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

function upgrade(node: object = {}) {
  const parsed = parseUpgrade({ metadata: { name: 'x' }, spec: { version, node: { via: 'SSH', ...node } } })
  if (parsed.kind === 'Malformed') throw new Error(parsed.message)
  return parsed.upgrade
}

function host(more: Partial<HostLook> = {}): AnsweredHost & { kind: 'Seen' } {
  const look = { name: 's1', role: 'server', version: 'v1.33.7+k3s1', ...more } as const
  const host = { name: 'unused', run: () => Promise.reject(new Error('nothing is asked here')) }
  const node = nodeOverview({ metadata: { name: look.name } })
  return { node, host, versions: [version], isControlPlane: true, kind: 'Seen', facts: hostFacts(look) }
}

it('has the digest and the size of what hosts lack, from a mirror and from a folder', async () => {
  const url = `${address}/${encodeURIComponent(version)}/k3s`
  const one = host()
  for (const { place, file, bytes } of [
    { place: address, file: { sha256: digest, url }, bytes: 70_000_000 },
    { place: folder, file: { sha256: digest }, bytes: 11 },
  ]) {
    const pins = await pinReleases([one, host({ name: 's2' })], { upgrade: upgrade(), place })
    expect(pins).not.toHaveProperty('problem')
    expect(pins.binaries(version, one.facts)).toEqual({ k3s: file })
    expect([...pins.sizes]).toEqual([[`${version} k3s`, bytes]])
  }
})

it('has programs of kubeadm that no package owns, kubectl only where the folder has it, and nothing for hosts with packages', async () => {
  const place = join(folder, 'kubernetes')
  const programs = join(place, 'v1.21.14/bin/linux/amd64')
  mkdirSync(programs, { recursive: true })
  for (const name of ['kubeadm', 'kubelet']) {
    writeFileSync(join(programs, name), name)
    writeFileSync(join(programs, `${name}.sha256`), await fileSha256(join(programs, name)))
  }
  const facts = nodeFacts({ name: 's1', role: 'Worker', version: 'v1.20.15', binaries: true })
  const worker = { ...host(), versions: ['v1.21.14'], isControlPlane: false, facts }
  const pins = await pinReleases([worker], { upgrade: upgrade(), place })
  expect(Object.keys(pins.binaries('v1.21.14', facts) ?? {})).toEqual(['kubeadm', 'kubelet'])
  const packaged = { ...worker, facts: nodeFacts({ name: 's1', role: 'Worker', version: 'v1.20.15' }) }
  const none = await pinReleases([packaged], { upgrade: upgrade(), place })
  expect([none.problem, none.binaries('v1.21.14', packaged.facts)]).toEqual([undefined, undefined])
})

it('takes digests that the object names as they are, and asks nobody for a list', async () => {
  const checksums = [{ version, architecture: 'amd64', sha256: '3'.repeat(64) }]
  const pins = await pinReleases([host()], { upgrade: upgrade({ recipe: { binary: { checksums } } }), place: undefined })
  expect(pins.binaries(version, host().facts)).toEqual({ k3s: { sha256: '3'.repeat(64) } })
})

it.each([
  {
    what: 'each file that a folder lacks',
    place: () => folder,
    look: { images: [images] },
    problem: () => `${folder} lacks ${version}/${images}: bring it there; nothing was copied`,
  },
  {
    what: 'all that a folder lacks of another architecture',
    place: () => folder,
    look: { machine: 'aarch64' },
    problem: () => `${folder} lacks ${version}/k3s-arm64, ${version}/sha256sum-arm64.txt: bring them there; nothing was copied`,
  },
  {
    what: 'a list of digests that a mirror lacks',
    place: () => address,
    look: { machine: 'aarch64' },
    problem: () =>
      expect.stringMatching(/^the checksums of the release cannot be read from .*sha256sum-arm64\.txt \(the server answers 404\)/),
  },
])('names $what, and knows no digests', async ({ place, look, problem }) => {
  const one = host(look)
  const pins = await pinReleases([one], { upgrade: upgrade(), place: place() })
  expect(pins.problem).toEqual(problem())
  expect(pins.binaries(version, one.facts)).toBeUndefined()
})
