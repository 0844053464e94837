import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeOciArchive } from '../../scripts/oci-archive.mjs'
import type { Entry } from '../../scripts/tar.mjs'
import { command } from './command.ts'
import { etcdPackages } from './etcd-packages.ts'
import { type ImageArchive, librariesOf } from './images/rig-images.ts'

/** Images of two minors of etcd, Debian 12's and 13's, and one that does not serve. */
export interface EtcdImages {
  readonly older: string
  readonly newer: string
  readonly images: readonly ImageArchive[]
}

/** Of an image whose program ends at once. */
export const brokenVersion = '3.5.17'

/** As Kubernetes' own: etcd and its clients below /usr/local/bin, and no shell. */
export async function etcdImages(folder: string, refOf: (version: string) => string): Promise<EtcdImages> {
  const { files, older, newer } = await etcdPackages()
  const [olderVersion = '', newerVersion = ''] = [older, newer].map((version) => version.replace(/-.*/, ''))
  const images: ImageArchive[] = []
  for (const version of [older, newer]) {
    const root = join(folder, version)
    mkdirSync(root, { recursive: true })
    for (const file of files.filter((path) => decodeURIComponent(path).includes(`_${version}_`)))
      await command('dpkg-deb', ['-x', file, root])
    const programs = readdirSync(join(root, 'usr/bin')).filter((name) => /^etcd(?:ctl|utl)?$/.test(name))
    const sources = programs.map((name) => join(root, 'usr/bin', name))
    const libraries = new Map((await Promise.all(sources.map(librariesOf))).flat().map((entry) => [entry.path, entry]))
    const entries = programs.map(
      (name, index): Entry => ({ kind: 'file', path: `usr/local/bin/${name}`, source: sources[index] ?? '', mode: 0o755 }),
    )
    const plain = version === older ? olderVersion : newerVersion
    images.push(written(join(folder, `${plain}.tar`), refOf(plain), [...libraries.values(), ...entries]))
  }
  const broken: Entry = { kind: 'file', path: 'usr/local/bin/etcd', source: '/bin/false', mode: 0o755 }
  images.push(written(join(folder, 'broken.tar'), refOf(brokenVersion), [...(await librariesOf('/bin/false')), broken]))
  return { older: olderVersion, newer: newerVersion, images }
}

function written(archive: string, ref: string, entries: readonly Entry[]): ImageArchive {
  writeOciArchive({ out: archive, ref, layers: [entries], config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] } })
  return { ref, archive }
}
