import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { x } from 'tinyexec'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fullReference, writeOciArchive } from '../../scripts/oci-archive.mjs'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-oci-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const longName = `${'deep/'.repeat(30)}file-with-ä-in-its-name`
const layers = [
  [
    { kind: 'file', path: '/usr/bin/program', content: 'x'.repeat(513), mode: 0o755 },
    { kind: 'directory', path: 'tmp', mode: 0o1777 },
    { kind: 'file', path: longName, content: 'long', uid: 65534, gid: 65534 },
  ],
  [{ kind: 'symlink', path: 'bin/sh', target: '/usr/bin/program' }],
] as const

function write(name = 'image.tar', ref = 'falkirk:dev') {
  return writeOciArchive({ out: join(folder, name), ref, layers, config: { User: '65534', Entrypoint: ['/bin/sh'] } })
}

async function unpack(archive: string): Promise<string> {
  await x('tar', ['-xf', join(folder, archive), '-C', folder], { throwOnError: true })
  return folder
}

function json(...path: string[]) {
  return JSON.parse(readFileSync(join(folder, ...path), 'utf8'))
}

function blob(digest: string): string {
  return join(folder, 'blobs/sha256', digest.replace('sha256:', ''))
}

describe('writeOciArchive', () => {
  it('names every blob by the SHA-256 of its bytes, and every descriptor has its size', async () => {
    const { digest } = write()
    await unpack('image.tar')
    for (const name of readdirSync(join(folder, 'blobs/sha256'))) {
      expect(
        createHash('sha256')
          .update(readFileSync(blob(name)))
          .digest('hex'),
      ).toBe(name)
    }
    const manifest = JSON.parse(readFileSync(blob(json('index.json').manifests[0].digest), 'utf8'))
    expect(json('index.json').manifests[0].digest).toBe(digest)
    for (const descriptor of [manifest.config, ...manifest.layers, json('index.json').manifests[0]]) {
      expect(readFileSync(blob(descriptor.digest))).toHaveLength(descriptor.size)
    }
  })

  it('lists the uncompressed layers in the order given as diff ids', async () => {
    write()
    await unpack('image.tar')
    const manifest = JSON.parse(readFileSync(blob(json('index.json').manifests[0].digest), 'utf8'))
    const config = JSON.parse(readFileSync(blob(manifest.config.digest), 'utf8'))
    expect(config.rootfs.diff_ids).toEqual(manifest.layers.map((layer: { digest: string }) => layer.digest))
    expect(config).toMatchObject({ os: 'linux', architecture: 'amd64', config: { User: '65534', Entrypoint: ['/bin/sh'] } })
    const names = await Promise.all(config.rootfs.diff_ids.map(async (id: string) => (await x('tar', ['-tf', blob(id)])).stdout))
    expect(names[0]).toContain('usr/bin/program')
    expect(names[1]).toBe('bin/\nbin/sh\n')
  })

  it('keeps mode, owner, link target and names beyond 100 bytes as any tar reads them', async () => {
    write()
    await unpack('image.tar')
    const layerPaths = json('manifest.json')[0].Layers as string[]
    const listing = await x('tar', ['--quoting-style=literal', '-tvf', join(folder, layerPaths[0] ?? '')], {
      nodeOptions: { env: { LC_ALL: 'C.UTF-8' } },
    })
    expect(listing.stdout).toMatch(/-rwxr-xr-x 0\/0 +513 1970-01-01 00:00 usr\/bin\/program\n/)
    expect(listing.stdout).toMatch(/drwxrwxrwt 0\/0 +0 1970-01-01 00:00 tmp\/\n/)
    expect(listing.stdout).toContain(`1970-01-01 00:00 ${longName}\n`)
    expect(listing.stdout).toMatch(/-rw-r--r-- 65534\/65534 +4 /)
    expect((await x('tar', ['-tvf', join(folder, layerPaths[1] ?? '')])).stdout).toContain('bin/sh -> /usr/bin/program')
  })

  it('writes the same bytes for the same image', () => {
    write('one.tar')
    write('two.tar')
    expect(readFileSync(join(folder, 'one.tar')).equals(readFileSync(join(folder, 'two.tar')))).toBe(true)
  })

  it('another file content is another digest', () => {
    const other = writeOciArchive({
      out: join(folder, 'other.tar'),
      ref: 'falkirk:dev',
      layers: [[{ kind: 'file', path: 'a', content: 'b' }]],
    })
    expect(other.digest).not.toBe(write().digest)
  })

  it('leaves nothing behind when a file cannot be read', () => {
    const missing = [[{ kind: 'file', path: 'a', source: join(folder, 'no-such-file') }]] as const
    expect(() => writeOciArchive({ out: join(folder, 'image.tar'), ref: 'a:b', layers: missing })).toThrow('no-such-file')
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    ['a path that leaves the archive', [{ kind: 'file', path: '../etc/passwd', content: '' }], 'not a path inside an archive'],
    [
      'two entries of one path',
      [
        { kind: 'directory', path: 'a' },
        { kind: 'directory', path: '/a/' },
      ],
      'two entries for a',
    ],
    [
      'a file below a file',
      [
        { kind: 'file', path: 'a', content: '' },
        { kind: 'file', path: 'a/b', content: '' },
      ],
      'a/b lies below a',
    ],
    ['a file without content', [{ kind: 'file', path: 'a' }], 'a has no content'],
  ] as const)('refuses %s', (_, entries, message) => {
    expect(() => writeOciArchive({ out: join(folder, 'image.tar'), ref: 'a:b', layers: [entries] })).toThrow(message)
  })
})

describe('fullReference', () => {
  it.each([
    ['falkirk:dev', 'docker.io/library/falkirk:dev'],
    ['falkirk', 'docker.io/library/falkirk:latest'],
    ['rancher/k3s-upgrade:v1.20.3-k3s1', 'docker.io/rancher/k3s-upgrade:v1.20.3-k3s1'],
    ['registry.example.com/a/b:c', 'registry.example.com/a/b:c'],
    ['localhost:5000/a', 'localhost:5000/a:latest'],
    ['localhost/a:b', 'localhost/a:b'],
  ])('%s is %s to a container runtime', (ref, full) => {
    expect(fullReference(ref)).toBe(full)
  })
})
