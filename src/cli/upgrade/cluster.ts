import type { Command } from 'commander'
import { type ApiClient, createApiClient } from '../../cluster/api-client.ts'
import { createTransport } from '../../cluster/https-transport.ts'
import { loadClusterAccess } from '../../cluster/kube-config.ts'
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

/** Works with a client of the cluster that the flags name, as their user, who reaches it at `server`. Throws `FalkirkError` as `loadClusterAccess` and the API do. */
export async function withCluster<T>(
  { kubeconfig, context }: ClusterFlags,
  work: (client: ApiClient, server: string) => Promise<T>,
): Promise<T> {
  const access = await loadClusterAccess({
    env: process.env,
    interactive: process.stdin.isTTY === true,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  })
  const transport = createTransport(access, { version })
  try {
    return await work(createApiClient(transport, await discoverServer(transport)), access.server)
  } finally {
    await transport.close()
  }
}
