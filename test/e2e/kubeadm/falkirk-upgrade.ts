import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attempt, type CommandResult } from '../../rig/command.ts'
import type { KubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'

/** The cluster and its hosts, as every command takes them. */
export function falkirkFlags({ kubeconfig, inventory }: KubeadmCluster): readonly string[] {
  return ['--inventory', inventory, '--kubeconfig', kubeconfig]
}

/**
 * The cluster as somebody has it who reaches it by its first control plane alone: what kubeadm writes without `--control-plane-endpoint`. Whoever upgrades that
 * control plane takes his own API server away.
 */
export function byFirstControlPlane(cluster: KubeadmCluster): KubeadmCluster {
  const [first] = cluster.controlPlanes
  const kubeconfig = join(cluster.folder, `${first?.name}.conf`)
  const given = readFileSync(cluster.kubeconfig, 'utf8')
  writeFileSync(kubeconfig, given.replace(/server: .*/, `server: https://${first?.address}:6443`), { mode: 0o600 })
  return { ...cluster, kubeconfig }
}

/** `falkirk upgrade --via ssh` as an operator runs it: the bundle, as a process of its own. `spec`: what else is written in a file, for `-f`. */
export async function upgradeByFalkirk(
  program: string,
  cluster: KubeadmCluster,
  version: string,
  spec?: Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const wanted = spec === undefined ? ['--to', version] : ['-f', specFile(cluster, { version, node: { via: 'SSH' }, ...spec })]
  return await attempt(process.execPath, [program, 'upgrade', ...wanted, '--via', 'ssh', ...falkirkFlags(cluster)])
}

function specFile({ folder }: KubeadmCluster, spec: Readonly<Record<string, unknown>>): string {
  const file = join(folder, 'upgrade.yaml')
  writeFileSync(file, JSON.stringify({ apiVersion: 'falkirk.dev/v1alpha1', kind: 'ClusterUpgrade', metadata: { name: 'upgrade' }, spec }))
  return file
}
