import { attempt, type CommandResult } from '../../rig/command.ts'
import type { KubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'

/** The cluster and its hosts, as every command takes them. */
export function falkirkFlags({ kubeconfig, inventory }: KubeadmCluster): readonly string[] {
  return ['--inventory', inventory, '--kubeconfig', kubeconfig]
}

/** `falkirk upgrade --via ssh` as an operator runs it: the bundle, as a process of its own. */
export async function upgradeByFalkirk(program: string, cluster: KubeadmCluster, version: string): Promise<CommandResult> {
  return await attempt(process.execPath, [program, 'upgrade', '--to', version, '--via', 'ssh', ...falkirkFlags(cluster)])
}
