import { isLeader } from '../../core/etcd/decide-upgrade.ts'
import { judgeCluster } from '../../core/etcd/judge-cluster.ts'
import { lookAtCluster } from '../../node/etcd/look-at-cluster.ts'
import { takeSnapshot } from '../../node/etcd/take-snapshot.ts'
import { bad } from '../flag-values.ts'
import { type ExitCode, exitCodes } from '../upgrade/exit-code.ts'
import type { CommandPorts } from '../upgrade/terminal.ts'
import type { EtcdFlags } from './etcd-flags.ts'
import { withEtcd } from './open-etcd.ts'

export interface EtcdBackupFlags extends EtcdFlags {
  readonly to?: string
}

/** Takes a snapshot from a follower that is well, the leader where there is no other, and brings it here. */
export async function runEtcdBackup({ to, inventory }: EtcdBackupFlags, ports: CommandPorts): Promise<ExitCode> {
  if (to === undefined || to === '') throw bad('--to is missing: name a folder of this machine for the snapshot')
  return await withEtcd(inventory, ports.signal, async (access) => {
    const cluster = await lookAtCluster(access)
    const answering = cluster.members.filter(({ seen }) => seen.answer.isHealthy && seen.answer.status !== undefined)
    const source = answering.find((member) => !isLeader(member)) ?? answering[0]
    if (source === undefined || cluster.problems.length > 0) {
      for (const problem of judgeCluster(cluster)) ports.warn(problem)
      return exitCodes.Refused
    }
    const taken = await takeSnapshot(access, cluster, source, { folder: to, nowMs: ports.now() })
    if (taken.kind === 'Failed') {
      ports.warn(taken.message)
      return exitCodes.Failed
    }
    const { facts, file, stores } = taken
    for (const difference of stores) ports.warn(difference)
    ports.write(`${file}\n`)
    ports.write(`  of ${source.host} (etcd ${facts.version}), ${facts.keys} keys at revision ${facts.revision}, ${facts.bytes} bytes\n`)
    ports.write(`  sha256 ${facts.sha256}, as on the host\n`)
    return exitCodes.Done
  })
}
