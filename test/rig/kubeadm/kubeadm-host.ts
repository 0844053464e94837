import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { HostFile } from '../host-file.ts'
import { type PodNetworkNode, podNetworkFiles, routesUnitName } from '../pod-network.ts'
import { registryHostsFile } from '../registry-hosts.ts'
import { type RigHost, writeHostFile } from '../rig-host.ts'
import { packageVersion } from './kubeadm-packages.ts'

/** What a host is given before its first boot. */
export interface HostSetup {
  readonly node: PodNetworkNode
  readonly others: readonly PodNetworkNode[]
  readonly registryUrl: string
  /** A line of sources.list. */
  readonly aptSource: string
}

const heldPackages = ['kubelet', 'kubeadm', 'kubectl']

export function prepareKubeadmHost(folder: string, { node, others, registryUrl, aptSource }: HostSetup): void {
  const files: HostFile[] = [
    ...podNetworkFiles(node, others),
    registryHostsFile(registryUrl),
    { path: '/etc/apt/sources.list.d/kubernetes.list', content: `${aptSource}\n` },
    // what is unpacked need not outlive the machine
    { path: '/etc/dpkg/dpkg.cfg.d/rig', content: 'force-unsafe-io\n' },
    { path: '/etc/crictl.yaml', content: 'runtime-endpoint: unix:///run/containerd/containerd.sock\n' },
  ]
  for (const { path, content, mode } of files) writeHostFile(folder, path, content, mode)
  const wants = join(folder, 'upper/etc/systemd/system/multi-user.target.wants')
  mkdirSync(wants, { recursive: true })
  symlinkSync(`../${routesUnitName}`, join(wants, routesUnitName))
}

/** As an operator installs them by kubeadm's guide: exactly this version, and held. */
export async function installKubernetes(host: RigHost, version: string): Promise<void> {
  const exactly = heldPackages.map((name) => `${name}=${packageVersion(version)}`).join(' ')
  await host.run(`set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y -o Dpkg::Use-Pty=0 ${exactly}
apt-mark hold ${heldPackages.join(' ')}`)
}

/** All images that kubeadm would pull by itself for this version; a worker needs only `workerImages` of them. */
export async function pullImages(host: RigHost, version: string, only = '.'): Promise<void> {
  const images = `kubeadm config images list --kubernetes-version ${version} 2> /dev/null | grep -E '${only}'`
  await host.run(`set -e; for image in $(${images}); do crictl pull "$image"; done`)
}

export const workerImages = '/(kube-proxy|pause|coredns):'
