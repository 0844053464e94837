import type { Command } from 'commander'
import { type ApiClient, createApiClient } from '../../cluster/api-client.ts'
import { loadClusterAccess } from '../../cluster/kube-config.ts'
import { canProveMembers, createMemberTransport } from '../../cluster/member-transport.ts'
import { discoverServer } from '../../cluster/server-capabilities.ts'
import { version } from '../../core/build-info.ts'

/** Flags by which every command finds its cluster. */
export interface ClusterFlags {
  readonly kubeconfig?: string
  readonly context?: string
  /** False: colours are left out. */
  readonly color?: boolean
}

export function clusterOptions(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig (KUBECONFIG, ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--no-color', 'leave colours out (NO_COLOR)')
}

/** Works with a client of the cluster that the flags name, as their user. `onlyServer` is told where no other address can be asked. Throws `FalkirkError` as `loadClusterAccess` and the API do. */
export async function withCluster<T>(
  { kubeconfig, context }: ClusterFlags,
  work: (client: ApiClient, onlyServer: string | undefined) => Promise<T>,
): Promise<T> {
  const access = await loadClusterAccess({
    env: process.env,
    interactive: process.stdin.isTTY === true,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  })
  const transport = createMemberTransport(access, { version, learnsByWatching: true })
  try {
    const onlyServer = (await canProveMembers(access)) ? undefined : access.server
    return await work(createApiClient(transport, await discoverServer(transport)), onlyServer)
  } finally {
    await transport.close()
  }
}
