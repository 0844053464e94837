import { setTimeout } from 'node:timers/promises'
import type { EtcdCluster } from '../../core/etcd/cluster.ts'
import { refreshScript } from '../../core/etcd/etcd-scripts.ts'
import { isInContainer } from '../../core/etcd/image-change.ts'
import { rehearseEtcdUpgrade } from '../../core/etcd/rehearse-upgrade.ts'
import { etcdText } from '../../core/version/etcd-version.ts'
import { type EtcdAccess, lookAtCluster } from '../../node/etcd/look-at-cluster.ts'
import { type EtcdUpgrade, runEtcdUpgrade } from '../../node/etcd/run-etcd-upgrade.ts'
import { HostFault } from '../../node/ssh/host-fault.ts'
import { alignColumns } from '../align-columns.ts'
import { bad } from '../flag-values.ts'
import { durationText } from '../upgrade/duration-text.ts'
import { type ExitCode, exitCodes } from '../upgrade/exit-code.ts'
import type { CommandPorts } from '../upgrade/terminal.ts'
import { clusterTable } from './cluster-table.ts'
import { type EtcdFlags, etcdVersionOf, localBinaries } from './etcd-flags.ts'
import { withEtcd } from './open-etcd.ts'

export interface EtcdUpgradeFlags extends EtcdFlags {
  readonly to?: string
  readonly binaries?: string
  readonly backupTo?: string
  readonly dryRun?: boolean
}

/** Takes a cluster of etcd to a version. Exit code 0: all members are there; 1: stopped; 2: refused, nothing was touched. Throws as `withEtcd`. */
export async function runUpgradeEtcd(flags: EtcdUpgradeFlags, ports: CommandPorts): Promise<ExitCode> {
  if (flags.to === undefined) throw bad('--to is missing: write the version of etcd that is wanted, such as 3.5.26')
  const to = etcdVersionOf(flags.to)
  const binaries = flags.binaries === undefined ? undefined : await localBinaries(flags.binaries)
  return await withEtcd(flags.inventory, ports.signal, async (access) => {
    const wish = { to, ...(binaries === undefined ? {} : { binaries: binaries.sets }) }
    if (flags.dryRun === true) return await rehearse(access, wish, ports)
    if (binaries === undefined) await refresh(access)
    return await upgrade({ access, wish, backupFolder: flags.backupTo ?? 'etcd-backups', binaries: binaries?.paths ?? new Map() }, ports)
  })
}

async function rehearse(access: EtcdAccess, wish: EtcdUpgrade['wish'], ports: CommandPorts): Promise<ExitCode> {
  const rehearsal = rehearseEtcdUpgrade(await lookAtCluster(access), wish)
  if (rehearsal.kind === 'Refused') return refused(rehearsal.problems, ports)
  const { commands } = rehearsal
  const rows = commands.map(({ host, command }) => [host, command])
  ports.write(
    commands.length === 0 ? `all members run ${etcdText(wish.to)}\n` : `${alignColumns([['HOST', 'COMMAND'], ...rows]).join('\n')}\n`,
  )
  return exitCodes.Done
}

function refused(problems: readonly string[], ports: CommandPorts): ExitCode {
  for (const problem of problems) ports.warn(problem)
  ports.warn('refused; nothing was touched')
  return exitCodes.Refused
}

/** Which packages there are is known by the lists on the hosts. One that cannot be read anew shows in what is to be had. Images need none. */
async function refresh(access: EtcdAccess): Promise<void> {
  const { members } = await lookAtCluster(access)
  const inContainers = new Set(members.filter(isInContainer).map(({ host }) => host))
  await Promise.all(
    access.hosts
      .filter(({ name }) => !inContainers.has(name))
      .map((host) =>
        host.run(refreshScript(), 'refresh').catch((error: unknown) => {
          // the look that follows says so
          if (!(error instanceof HostFault)) throw error
        }),
      ),
  )
}

async function upgrade(wished: EtcdUpgrade, ports: CommandPorts): Promise<ExitCode> {
  const beginMs = ports.now()
  const width = Math.max(...wished.access.hosts.map(({ name }) => name.length))
  const say = (line: string, host = '') =>
    ports.write(`${durationText(ports.now() - beginMs).padStart(12)}  ${host.padEnd(width)}  ${line}\n`)
  let last: EtcdCluster | undefined
  const seen = (cluster: EtcdCluster) => {
    if (last === undefined) ports.write(`${clusterTable(cluster)}\n\n`)
    last = cluster
  }
  try {
    const end = await runEtcdUpgrade(wished, {
      say,
      seen,
      sleep: (ms) => setTimeout(ms, undefined, { signal: ports.signal }),
      now: ports.now,
    })
    if (end.kind === 'Refused') return refused(end.problems, ports)
    if (last !== undefined) ports.write(`\n${clusterTable(last)}\n`)
    if (end.kind === 'Complete') return done(wished, ports)
    for (const problem of end.problems) ports.warn(problem)
    return exitCodes.Failed
  } catch (error) {
    if (!ports.signal.aborted) throw error
    ports.warn('left; what was started on a host goes on there, and the same command goes on from it')
    return exitCodes.Interrupted
  }
}

function done({ wish }: EtcdUpgrade, ports: CommandPorts): ExitCode {
  ports.write(`all members run ${etcdText(wish.to)}\n`)
  return exitCodes.Done
}
