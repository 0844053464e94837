import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileProblem } from '../../cluster/file-problem.ts'
import type { BinarySet } from '../../core/etcd/member-change.ts'
import { type EtcdVersion, etcdText, parseEtcdVersion } from '../../core/version/etcd-version.ts'
import { fileSha256 } from '../../node/file-sha256.ts'
import { bad } from '../flag-values.ts'

/** Flags that all commands of etcd have. */
export interface EtcdFlags {
  readonly inventory?: string
}

/** The value of --to. Throws FK_BAD_SETTING. */
export function etcdVersionOf(text: string): EtcdVersion {
  const version = parseEtcdVersion(text)
  if (version === undefined) throw bad(`--to is "${text}": write a version of etcd such as 3.5.26`)
  return version
}

/** Binaries of this machine: a folder for each version, in it `etcd` and, if they are to go with it, `etcdctl` and `etcdutl`. */
export interface LocalBinaries {
  readonly sets: readonly BinarySet[]
  readonly paths: ReadonlyMap<string, ReadonlyMap<string, string>>
}

const programs = ['etcd', 'etcdctl', 'etcdutl']

/** Reads the folder of --binaries. Throws FK_BAD_SETTING. */
export async function localBinaries(folder: string): Promise<LocalBinaries> {
  const entries = await readdir(folder).catch((error: unknown) => {
    throw bad(`--binaries: ${folder} ${fileProblem(error)}`)
  })
  const sets: BinarySet[] = []
  const paths = new Map<string, ReadonlyMap<string, string>>()
  for (const entry of entries.toSorted()) {
    const version = parseEtcdVersion(entry)
    if (version === undefined) continue
    const there = (await readdir(join(folder, entry))).filter((name) => programs.includes(name))
    if (!there.includes('etcd')) throw bad(`--binaries: there is no etcd in ${join(folder, entry)}`)
    const files = new Map(there.map((name) => [name, join(folder, entry, name)]))
    const digests = await Promise.all([...files].map(async ([name, path]) => [name, await fileSha256(path)] as const))
    sets.push({ version, sha256: new Map(digests) })
    paths.set(etcdText(version), files)
  }
  if (sets.length === 0)
    throw bad(`--binaries: ${folder} has no folder that is called by a version, such as ${join(folder, '3.5.26')}/etcd`)
  return { sets, paths }
}
