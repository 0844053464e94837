import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EtcdCluster, EtcdMember } from '../../core/etcd/cluster.ts'
import { etcdSnapshotScript, loginText } from '../../core/etcd/etcd-scripts.ts'
import { lastSentence, parseToldSnapshot, type SnapshotFacts, type ToldSnapshot } from '../../core/etcd/snapshot-facts.ts'
import { compareStores } from '../../core/etcd/stored-members.ts'
import { etcdText } from '../../core/version/etcd-version.ts'
import { fileSha256 } from '../file-sha256.ts'
import type { EtcdAccess } from './look-at-cluster.ts'
import { hostOf } from './member-host.ts'
import { readStoredMembers } from './read-stored-members.ts'

/** A snapshot on this machine, or why there is none: one sentence. */
export type TakenSnapshot =
  | { readonly kind: 'Taken'; readonly file: string; readonly facts: SnapshotFacts; readonly stores: readonly string[] }
  | { readonly kind: 'Failed'; readonly message: string }

export interface SnapshotWish {
  /** Of this machine; made where it is missing. */
  readonly folder: string
  readonly nowMs: number
}

/**
 * Takes a snapshot from a member, brings it here and compares its digest. The file and its facts are their owner's alone, and have their names when all of it is
 * there. `stores`: what differs between the member lists of both stores.
 *
 * @throws HostFault, and what writing files throws
 */
export async function takeSnapshot(
  access: EtcdAccess,
  cluster: EtcdCluster,
  member: EtcdMember,
  { folder, nowMs }: SnapshotWish,
): Promise<TakenSnapshot> {
  const host = hostOf(access, member)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const takenAt = new Date(nowMs).toISOString()
  const part = join(folder, `.etcd-${takenAt.replaceAll(':', '')}-${process.pid}.part`)
  const mostBytes = (member.seen.answer.status?.dbBytes ?? 0) * 2 + 256 * 2 ** 20
  try {
    const script = etcdSnapshotScript(member.seen)
    const { exitCode, stderr } = await host.run(script, 'snapshot', { text: loginText(access.login) }, { file: part, mostBytes })
    if (exitCode !== 0) return failed(`${member.host}: ${lastSentence(stderr)}`)
    const told = parseToldSnapshot(stderr)
    if (told?.sha256 === undefined) return failed(`${member.host} did not tell what its snapshot holds: ${lastSentence(stderr)}`)
    if ((await fileSha256(part)) !== told.sha256) return failed(`the snapshot of ${member.host} has not arrived whole`)
    const facts = factsOf({ cluster, member, told, takenAt })
    const file = join(folder, `etcd-${takenAt.replaceAll(':', '').replace(/\.\d+Z$/, 'Z')}-revision-${told.revision}.db`)
    await writeFile(`${file}.json`, `${JSON.stringify(facts, undefined, 2)}\n`, { mode: 0o600 })
    await synced(part)
    await rename(part, file)
    return { kind: 'Taken', file, facts, stores: compareStores(member.seen.answer.members ?? [], readStoredMembers(file)) }
  } finally {
    await rm(part, { force: true })
  }
}

interface Told {
  readonly cluster: EtcdCluster
  readonly member: EtcdMember
  readonly told: ToldSnapshot
  readonly takenAt: string
}

function factsOf({ cluster, member, told, takenAt }: Told): SnapshotFacts {
  const { revision, fileHash, keys, hashKv, compactRevision, sample, sha256 = '', bytes = 0 } = told
  const version = member.seen.answer.status?.version
  return {
    format: 'falkirk.dev/etcd-snapshot/v1',
    cluster: cluster.id ?? '0',
    member: member.name,
    version: version === undefined ? '0.0.0' : etcdText(version),
    takenAt,
    ...{ sha256, bytes, revision, fileHash, keys, hashKv, compactRevision },
    ...(sample === undefined ? {} : { sample }),
  }
}

/** Its content is on the disk before its name is. */
async function synced(file: string): Promise<void> {
  const handle = await open(file, 'r')
  await handle.sync().finally(() => handle.close())
}

function failed(message: string): TakenSnapshot {
  return { kind: 'Failed', message }
}
