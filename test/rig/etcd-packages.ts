import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { step } from '../../scripts/progress.mjs'
import { debianArchive } from './debian-archive.ts'
import { rigCache } from './rig-cache.ts'

/** Debian's packages of two minors of etcd: 12 has 3.4, 13 has 3.5, and both install on the rig's Debian 12. */
export interface EtcdPackages {
  /** Paths of `etcd-server` and `etcd-client`, both minors. */
  readonly files: readonly string[]
  /** Versions as apt has them. */
  readonly older: string
  readonly newer: string
}

const names = ['etcd-server', 'etcd-client'] as const

/** Finds them in the rig's cache, and fetches them where they are missing. */
export async function etcdPackages(): Promise<EtcdPackages> {
  const older = await release('bookworm')
  const newer = await release('trixie')
  return { files: [...older, ...newer], older: versionOf(older), newer: versionOf(newer) }
}

async function release(suite: string): Promise<readonly string[]> {
  const folder = join(rigCache(), 'debian', `etcd-${suite}`)
  if (!existsSync(folder)) await step(`fetching etcd of Debian's ${suite}`, () => fetchInto(folder, suite))
  return readdirSync(folder)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(folder, name))
}

async function fetchInto(folder: string, suite: string): Promise<void> {
  const parent = join(rigCache(), 'debian')
  mkdirSync(parent, { recursive: true })
  const work = mkdtempSync(join(parent, '.etcd-'))
  try {
    const archive = await debianArchive(suite, work)
    for (const name of names) {
      const found = archive.find(name)
      if (found === undefined) throw new Error(`Debian's ${suite} has no ${name}`)
      writeFileSync(join(work, basename(found.file)), await archive.fetch(found))
    }
    // whoever was quicker has fetched the same
    if (!existsSync(folder)) renameSync(work, folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** `3.4.23-4+b4` of `etcd-server_3.4.23-4+b4_amd64.deb`. */
function versionOf(files: readonly string[]): string {
  const [, version] = /\/etcd-server_([^_]+)_/.exec(files.find((file) => file.includes('/etcd-server_')) ?? '') ?? []
  if (version === undefined) throw new Error(`no etcd-server among ${files.join(', ')}`)
  return decodeURIComponent(version)
}
