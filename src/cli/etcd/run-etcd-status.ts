import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EtcdCluster } from '../../core/etcd/cluster.ts'
import { judgeCluster } from '../../core/etcd/judge-cluster.ts'
import { etcdText } from '../../core/version/etcd-version.ts'
import { type EtcdAccess, lookAtCluster } from '../../node/etcd/look-at-cluster.ts'
import { takeSnapshot } from '../../node/etcd/take-snapshot.ts'
import { type ExitCode, exitCodes } from '../upgrade/exit-code.ts'
import { outputOf } from '../upgrade/flags.ts'
import type { CommandPorts } from '../upgrade/terminal.ts'
import { yamlText } from '../yaml-text.ts'
import { clusterTable, roleOf, stateOf } from './cluster-table.ts'
import type { EtcdFlags } from './etcd-flags.ts'
import { withEtcd } from './open-etcd.ts'

export interface EtcdStatusFlags extends EtcdFlags {
  readonly output?: string
  /** Compares the member lists of both stores, by a snapshot. */
  readonly stores?: boolean
}

const outputs = ['table', 'json', 'yaml'] as const

/** Prints how each member is, and what has to be mended. Exit code 0: all is well; 1: not so. Throws FK_INVENTORY, FK_BAD_SETTING. */
export async function runEtcdStatus(flags: EtcdStatusFlags, ports: CommandPorts): Promise<ExitCode> {
  const output = outputOf({ output: flags.output ?? 'table' }, outputs)
  return await withEtcd(flags.inventory, ports.signal, async (access) => {
    const cluster = await lookAtCluster(access)
    const stores = flags.stores === true ? await storeProblems(access, cluster, ports) : undefined
    if (ports.signal.aborted) return exitCodes.Interrupted
    const problems = [...judgeCluster(cluster), ...(stores ?? [])]
    ports.write(output === 'table' ? tableText(cluster, problems, stores) : dataText(cluster, problems, output))
    return problems.length === 0 ? exitCodes.Done : exitCodes.Failed
  })
}

/** The snapshot is looked at and not kept. */
async function storeProblems(access: EtcdAccess, cluster: EtcdCluster, { now }: CommandPorts): Promise<readonly string[]> {
  const [member] = cluster.members
  if (member?.seen.answer.status === undefined) return []
  const folder = await mkdtemp(join(tmpdir(), 'falkirk-etcd-'))
  try {
    const taken = await takeSnapshot(access, cluster, member, { folder, nowMs: now() })
    return taken.kind === 'Taken' ? taken.stores : [taken.message]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function tableText(cluster: EtcdCluster, problems: readonly string[], stores: readonly string[] | undefined): string {
  const agreed = cluster.members.find(({ seen }) => seen.answer.clusterVersion !== undefined)?.seen.answer.clusterVersion
  const version = agreed === undefined ? '' : `, cluster version ${etcdText(agreed)}`
  const compared = stores?.length === 0 ? '\nthe member lists of both stores agree' : ''
  const last = problems.length === 0 ? 'all well' : problems.map((problem) => `  ${problem}`).join('\n')
  return `${clusterTable(cluster)}\n\n${cluster.size} members${version}${compared}\n${last}\n`
}

function dataText(cluster: EtcdCluster, problems: readonly string[], output: 'json' | 'yaml'): string {
  const members = cluster.members.map((member) => {
    const { answer, facts, settings } = member.seen
    const { status } = answer
    return {
      ...{
        host: member.host,
        id: member.id,
        name: member.name,
        role: roleOf(member),
        state: stateOf(member, cluster),
        unit: facts.unit,
        runsAs: facts.kind,
      },
      endpoint: settings.endpoint,
      ...(facts.kind === 'unit'
        ? {}
        : { image: facts.image ?? null, files: facts.place.filter(({ times }) => times > 0).map((place) => place.path) }),
      binary: { path: facts.binary, version: facts.disk === undefined ? null : etcdText(facts.disk), package: facts.package ?? null },
      version: status === undefined ? null : etcdText(status.version),
      ...(status === undefined
        ? {}
        : {
            raft: { term: status.raftTerm, index: status.raftIndex, applied: status.appliedIndex },
            revision: status.revision,
            dbBytes: status.dbBytes,
          }),
      healthy: answer.isHealthy,
      ...(answer.authentication === undefined ? {} : { authentication: answer.authentication }),
      alarms: answer.alarms,
    }
  })
  const data = { cluster: cluster.id ?? null, size: cluster.size, members, silent: cluster.silent, problems }
  return output === 'json' ? `${JSON.stringify(data, undefined, 2)}\n` : yamlText(data)
}
