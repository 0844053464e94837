import { clusterOf, type EtcdCluster, type LookedHost } from '../../core/etcd/cluster.ts'
import { etcdHostScript, etcdMemberScript, loginText } from '../../core/etcd/etcd-scripts.ts'
import { parseEtcdHost } from '../../core/etcd/host-facts.ts'
import { parseMemberFacts } from '../../core/etcd/member-facts.ts'
import { type EtcdClientFiles, memberSettings } from '../../core/etcd/member-settings.ts'
import { maskOutput } from '../../core/recipe/mask-output.ts'
import type { Host } from '../host.ts'
import { HostFault } from '../ssh/host-fault.ts'

/** A user of etcd's own. */
export interface EtcdLogin {
  readonly user: string
  readonly password: string
}

/** By what the members of a cluster are reached. */
export interface EtcdAccess {
  readonly hosts: readonly Host[]
  readonly client: EtcdClientFiles
  /** Absent: certificates are enough, or nothing is asked. */
  readonly login?: EtcdLogin
}

/** Asks each host, all at the same time: raft indexes are compared. Changes nothing. A host that fails is told, the others are asked all the same. */
export async function lookAtCluster(access: EtcdAccess): Promise<EtcdCluster> {
  return clusterOf(await Promise.all(access.hosts.map((host) => lookAtHost(host, access))))
}

async function lookAtHost(host: Host, { client, login }: EtcdAccess): Promise<LookedHost> {
  const silent = (message: string): LookedHost => ({ kind: 'Silent', host: host.name, message })
  try {
    const read = parseEtcdHost((await host.run(etcdHostScript(), 'etcd')).stdout)
    if (read.kind === 'Refused') return silent(read.message)
    const { facts } = read
    const settings = memberSettings(facts, client)
    const { stdout, stderr } = await host.run(etcdMemberScript(facts, settings), 'etcd', { text: loginText(login) })
    const answer = parseMemberFacts(stdout)
    if (answer === undefined) return silent(`it did not tell how its member is: ${maskOutput(stderr).replaceAll('\n', ' ').slice(0, 200)}`)
    return { kind: 'Seen', host: host.name, facts, settings, answer }
  } catch (error) {
    if (!(error instanceof HostFault)) throw error
    return silent(maskOutput(error.message).replaceAll('\n', ' '))
  }
}
