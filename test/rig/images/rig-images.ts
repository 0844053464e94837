import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fullReference, writeOciArchive } from '../../../scripts/oci-archive.mjs'
import { step } from '../../../scripts/progress.mjs'
import type { Entry } from '../../../scripts/tar.mjs'
import { rigBinaries, rigVersions } from '../binaries.ts'
import { command } from '../command.ts'
import { debianProgram } from '../debian-program.ts'

/** An image as an archive on disk; `ref` is the full reference, with registry and tag. */
export interface ImageArchive {
  readonly ref: string
  readonly archive: string
}

/** What an image is made of. */
export interface ImageSpec {
  readonly ref: string
  readonly layers: readonly (readonly Entry[])[]
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly env?: readonly string[]
}

const searchPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * All images of the rig as archives, made from plain files without a container engine and kept beside the binaries that are in them.
 * For each version there are `rancher/k3s-upgrade:TAG`, `rig/upgrade-fails:TAG` (exit code 3 after two lines) and
 * `rig/upgrade-nothing:TAG` (exit code 0, nothing changed), `rig/k3s-broken:TAG` (holds a k3s that does not serve); TAG is the version with `-` for `+`.
 */
export async function rigImages(versions: readonly string[] = rigVersions): Promise<ImageArchive[]> {
  const { k3s } = await rigBinaries(versions)
  const cache = dirname(dirname(k3s[versions[0] ?? ''] ?? ''))
  return await writeImages(cache, imageSpecs({ k3s, pause: join(cache, 'pause'), shell: await shellLayer() }))
}

/**
 * Their archives beside the binaries that are in them (`cache` is the folder of all versions); those that are there already are left.
 * `sources`: files outside this folder that say what is in them.
 */
export async function writeImages(cache: string, specs: readonly ImageSpec[], sources: readonly string[] = []): Promise<ImageArchive[]> {
  const folder = join(cache, 'images', imagesKey(sources))
  const images = specs.map((spec) => ({
    spec,
    ref: fullReference(spec.ref),
    archive: join(folder, `${spec.ref.replaceAll(/[/:]/g, '_')}.tar`),
  }))
  const missing = images.filter(({ archive }) => !existsSync(archive))
  if (missing.length > 0) {
    await step('writing the images of the rig', async () => {
      for (const { spec, ref, archive } of missing) write(spec, ref, archive)
    })
  }
  return images.map(({ ref, archive }) => ({ ref, archive }))
}

/** The tag that a Plan makes of a version. */
function tagOf(version: string): string {
  return version.replaceAll('+', '-')
}

function imageSpecs(parts: { k3s: Readonly<Record<string, string>>; pause: string; shell: readonly Entry[] }): ImageSpec[] {
  const { k3s, pause, shell } = parts
  const [[, kubectl = ''] = []] = Object.entries(k3s)
  return [
    ...basicImages(pause, shell),
    // for `chroot /host`: the programs that do the work are the host's own
    { ref: 'debian:bookworm', layers: [shell], cmd: ['/bin/sh'] },
    {
      ref: 'rancher/kubectl:v1.20.2',
      layers: [shell, binaryLayer(kubectl), [{ kind: 'symlink', path: 'bin/kubectl', target: '/opt/k3s' }]],
      entrypoint: ['/bin/kubectl'],
    },
    ...Object.entries(k3s).flatMap(([version, binary]) => upgradeImages(tagOf(version), shell, binary)),
  ]
}

/** What every pod needs, and a shell. */
export function basicImages(pause: string, shell: readonly Entry[]): ImageSpec[] {
  return [
    { ref: 'k8s.gcr.io/pause:3.2', layers: [[{ kind: 'file', path: 'pause', source: pause, mode: 0o755 }]], entrypoint: ['/pause'] },
    { ref: 'busybox:1', layers: [shell], cmd: ['/bin/sh'] },
  ]
}

function upgradeImages(tag: string, shell: readonly Entry[], binary: string): ImageSpec[] {
  const script: Entry = { kind: 'file', path: 'bin/upgrade.sh', source: join(import.meta.dirname, 'upgrade.sh'), mode: 0o755 }
  const command = { entrypoint: ['/bin/upgrade.sh'], cmd: ['upgrade'] }
  return [
    { ref: `rancher/k3s-upgrade:${tag}`, layers: [shell, binaryLayer(binary), [script]], ...command },
    { ref: `rig/k3s-broken:${tag}`, layers: [shell, [{ kind: 'file', path: 'opt/k3s', content: brokenBinary(tag), mode: 0o755 }]] },
    { ref: `rig/upgrade-fails:${tag}`, layers: [shell, [script]], ...command, env: ['RIG_RESULT=fail', 'RIG_EXIT_CODE=3'] },
    { ref: `rig/upgrade-nothing:${tag}`, layers: [shell, [script]], ...command, env: ['RIG_RESULT=nothing'] },
  ]
}

/** Says its version, and ends at once when it is to serve. */
function brokenBinary(tag: string): string {
  const version = `k3s version ${tag.replace('-', '+')} (broken)`
  return `#!/bin/sh\n[ "$1" = --version ] && echo '${version}' && exit 0\necho 'this k3s does not serve: --token hunter2'\nexit 1\n`
}

// one layer for all images that have this binary: the registry and the hosts keep it once
function binaryLayer(binary: string): readonly Entry[] {
  return [{ kind: 'file', path: 'opt/k3s', source: binary, mode: 0o755 }]
}

/** A shell and its programs. */
// Debian's static busybox would run its own programs in a `chroot /host` as well, in place of the host's; this one does not.
export async function shellLayer(): Promise<readonly Entry[]> {
  const busybox = await debianProgram('busybox', 'bin/busybox')
  const names = (await command(busybox, ['--list'])).split('\n').filter((name) => name !== '' && name !== 'busybox')
  return [
    { kind: 'file', path: 'bin/busybox', source: busybox, mode: 0o755 },
    ...(await librariesOf(busybox)),
    ...names.map((name): Entry => ({ kind: 'symlink', path: `bin/${name}`, target: '/bin/busybox' })),
    { kind: 'directory', path: 'tmp', mode: 0o1777 },
    { kind: 'directory', path: 'host' },
    { kind: 'file', path: 'etc/passwd', content: 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' },
    { kind: 'file', path: 'etc/group', content: 'root:x:0:\nnogroup:x:65534:\n' },
  ]
}

/** What the loader takes for a program, from this machine. */
export async function librariesOf(program: string): Promise<Entry[]> {
  const loaded = (await command('ldd', [program])).match(/\/\S+/g) ?? []
  return loaded.map((path): Entry => ({ kind: 'file', path: path.slice(1), source: realpathSync(path), mode: 0o755 }))
}

function write({ layers, entrypoint, cmd, env = [] }: ImageSpec, ref: string, archive: string): void {
  writeOciArchive({
    out: archive,
    ref,
    layers,
    config: {
      Env: [searchPath, ...env],
      ...(entrypoint === undefined ? {} : { Entrypoint: [...entrypoint] }),
      ...(cmd === undefined ? {} : { Cmd: [...cmd] }),
    },
  })
}

function imagesKey(sources: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of sources) hash.update(readFileSync(file))
  for (const file of readdirSync(import.meta.dirname)
    .filter((name) => !name.endsWith('.test.ts'))
    .sort())
    hash.update(readFileSync(join(import.meta.dirname, file)))
  return hash.digest('hex').slice(0, 12)
}
