import { readFile } from 'node:fs/promises'
import { fileProblem } from '../../cluster/file-problem.ts'
import { isLeader } from '../../core/etcd/decide-upgrade.ts'
import { parseSnapshotFacts, type SnapshotFacts } from '../../core/etcd/snapshot-facts.ts'
import { checkSnapshot } from '../../node/etcd/check-snapshot.ts'
import { lookAtCluster } from '../../node/etcd/look-at-cluster.ts'
import { readStoredMembers } from '../../node/etcd/read-stored-members.ts'
import { bad } from '../flag-values.ts'
import { type ExitCode, exitCodes } from '../upgrade/exit-code.ts'
import type { CommandPorts } from '../upgrade/terminal.ts'
import type { EtcdFlags } from './etcd-flags.ts'
import { withEtcd } from './open-etcd.ts'

/** Restores a snapshot of this machine on a host of the cluster, in an etcd of its own, and compares it with what was taken. */
export async function runRestoreCheck(file: string, { inventory }: EtcdFlags, ports: CommandPorts): Promise<ExitCode> {
  const taken = await factsBeside(file)
  return await withEtcd(inventory, ports.signal, async (access) => {
    const cluster = await lookAtCluster(access)
    const able = cluster.members.filter(({ seen }) => seen.facts.root && seen.facts.etcdctl !== undefined)
    const member = able.find((each) => !isLeader(each)) ?? able[0]
    if (member === undefined) {
      for (const { host, message } of cluster.silent) ports.warn(`${host}: ${message}`)
      ports.warn('no host of etcd can restore it: start one, or correct the inventory')
      return exitCodes.Refused
    }
    const checked = await checkSnapshot(access, member, file, taken)
    if (checked.kind === 'Failed') {
      for (const problem of checked.problems) ports.warn(problem)
      return exitCodes.Failed
    }
    const { revision, keys, sample } = checked.restored
    ports.write(
      `${file} was restored on ${member.host} and removed again: revision ${revision}, ${keys} keys, ${sample?.keys ?? 0} of them read\n`,
    )
    ports.write(
      taken === undefined
        ? `there is no ${file}.json to compare it with\n`
        : `all as it was taken at ${taken.takenAt} from ${taken.member}\n`,
    )
    return exitCodes.Done
  })
}

/** Facts that were written with the snapshot. Throws FK_BAD_SETTING when the file is no snapshot at all, before any host is asked. */
async function factsBeside(file: string): Promise<SnapshotFacts | undefined> {
  let stored: unknown
  try {
    stored = readStoredMembers(file)
  } catch (error) {
    throw bad(`${file} ${fileProblem(error)}`)
  }
  if (stored === undefined) throw bad(`${file} is no snapshot of etcd, or a damaged one: name a file that falkirk etcd backup has written`)
  const text = await readFile(`${file}.json`, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const facts = parseSnapshotFacts(text)
  if (facts === undefined) throw bad(`${file}.json does not describe a snapshot: remove it to check the file by itself`)
  return facts
}
