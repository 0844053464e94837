import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fileSha256 } from '../../node/file-sha256.ts'
import { type ReleaseSource, releaseChecksums } from './release-checksums.ts'

const release = { version: 'v1.34.2+k3s1', architecture: 'amd64' } as const
const images = 'k3s-airgap-images-amd64.tar.zst'
const folder = mkdtempSync(join(tmpdir(), 'falkirk-releases-'))
let server: Server
let address: string
let digest: string

beforeAll(async () => {
  const own = join(folder, release.version)
  mkdirSync(own)
  writeFileSync(join(own, 'k3s'), 'the program')
  writeFileSync(join(own, images), 'images')
  digest = await fileSha256(join(own, 'k3s'))
  const list = `${digest}  k3s\n${await fileSha256(join(own, images))}  ${images}\n${'1'.repeat(64)}  k3s-images.txt\n`
  writeFileSync(join(own, 'sha256sum-amd64.txt'), list)
  const answers: Readonly<Record<string, string>> = {
    '/v1.34.2%2Bk3s1/sha256sum-amd64.txt': list,
    '/v1.21.14/bin/linux/amd64/kubeadm.sha256': `${'a'.repeat(64)}\n`,
    '/v1.21.14/bin/linux/amd64/kubelet.sha256': 'b'.repeat(64),
  }
  server = createServer(({ url = '' }, answer) => {
    const text = answers[url]
    answer.writeHead(text === undefined ? 404 : 200).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

const of = (template: string, more: Partial<ReleaseSource> = {}): ReleaseSource => ({
  distribution: 'k3s',
  template: `${template}/{version}/{file}`,
  images: new Set(),
  ...more,
})

it('of a mirror are those of the program alone, and of the images that hosts have', async () => {
  expect(await releaseChecksums(release, of(address))).toEqual([{ ...release, file: 'k3s', sha256: digest }])
  const found = await releaseChecksums(release, of(address, { images: new Set([images]) }))
  expect(found.map(({ file }) => file)).toEqual(['k3s', images])
})

it('of a folder are compared with its files', async () => {
  expect(await releaseChecksums(release, of(folder))).toEqual([{ ...release, file: 'k3s', sha256: digest }])
  const file = join(folder, release.version, images)
  writeFileSync(file, 'other images')
  await expect(releaseChecksums(release, of(folder, { images: new Set([images]) }))).rejects.toThrow(
    /k3s-airgap-images-amd64\.tar\.zst has the wrong checksum: sha256 is \w{64} and should be \w{64}: bring it there again$/,
  )
})

it('of Kubernetes stand beside each program; kubectl may be missing', async () => {
  const source = of(address, { distribution: 'kubeadm', template: `${address}/{version}/bin/linux/{architecture}/{file}` })
  const found = await releaseChecksums({ version: 'v1.21.14', architecture: 'amd64' }, source)
  expect(found.map(({ file, sha256 }) => [file, sha256[0]])).toEqual([
    ['kubeadm', 'a'],
    ['kubelet', 'b'],
  ])
})

it.each([
  {
    what: 'a release that is not there',
    version: 'v1.34.9+k3s1',
    message: /sha256sum-amd64\.txt \(the server answers 404\): name a folder or a mirror/,
  },
  { what: 'an architecture without a list', architecture: 'arm64' as const, message: /sha256sum-arm64\.txt \(the server answers 404\)/ },
])('are refused in one sentence for $what', async ({ version = release.version, architecture = 'amd64' as const, message }) => {
  await expect(releaseChecksums({ version, architecture }, of(address))).rejects.toThrow(message)
})

it('are refused for a folder without the list', async () => {
  await expect(releaseChecksums({ ...release, version: 'v1.35.0+k3s1' }, of(folder))).rejects.toThrow(
    /^the checksums of the release cannot be read from \S+\/v1\.35\.0\+k3s1\/sha256sum-amd64\.txt \(does not exist\): name a folder or a mirror as binaries/,
  )
})
