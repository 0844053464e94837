import { stat } from 'node:fs/promises'
import type { EtcdMember } from '../../core/etcd/cluster.ts'
import { etcdRestoreScript, loginText } from '../../core/etcd/etcd-scripts.ts'
import { compareSnapshot, lastSentence, parseToldSnapshot, type SnapshotFacts, type ToldSnapshot } from '../../core/etcd/snapshot-facts.ts'
import { fileSha256 } from '../file-sha256.ts'
import type { EtcdAccess } from './look-at-cluster.ts'
import { hostOf } from './member-host.ts'

export type CheckedSnapshot =
  | { readonly kind: 'Whole'; readonly restored: ToldSnapshot }
  /** A sentence each. */
  | { readonly kind: 'Failed'; readonly problems: readonly string[] }

/** Restores a snapshot of this machine on the host of a member, in an etcd that nothing else can reach, and compares. Leaves nothing there. @throws HostFault */
export async function checkSnapshot(access: EtcdAccess, member: EtcdMember, file: string, taken?: SnapshotFacts): Promise<CheckedSnapshot> {
  const sha256 = await fileSha256(file)
  if (taken !== undefined && taken.sha256 !== sha256) {
    return { kind: 'Failed', problems: [`${file} is not the file that its facts (${file}.json) are of: its digest is another`] }
  }
  const { size } = await stat(file)
  const script = etcdRestoreScript(member.seen, { sha256, bytes: size })
  const input = { file, before: loginText(access.login) }
  const { exitCode, stdout, stderr } = await hostOf(access, member).run(script, 'check', input)
  if (exitCode !== 0) return { kind: 'Failed', problems: [`${member.host}: ${lastSentence(stderr) || lastSentence(stdout)}`] }
  const restored = parseToldSnapshot(stdout)
  if (restored === undefined)
    return { kind: 'Failed', problems: [`${member.host} did not tell what came of restoring ${file}: ${lastSentence(stderr)}`] }
  const problems = compareSnapshot(restored, taken)
  return problems.length === 0 ? { kind: 'Whole', restored } : { kind: 'Failed', problems }
}
