import { constants, copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { ControlPlaneUser, UserFiles } from './control-plane-users.ts'
import type { HostFile } from './host-file.ts'
import { type K3sLayout, type K3sNode, k3sUnit, nodeFiles, serverFiles, unitName } from './k3s-config.ts'
import type { K3sKeys } from './k3s-keys.ts'
import { kubeconfigText } from './plain-kubeconfig.ts'
import { routesUnitName } from './pod-network.ts'
import { writeHostFile } from './rig-host.ts'

/** All that goes onto the hosts of one cluster before their first boot. */
export interface K3sMaterial {
  readonly layout: K3sLayout
  /** Servers first. */
  readonly nodes: readonly K3sNode[]
  readonly keys: K3sKeys
  readonly users: UserFiles
  /** The k3s that the nodes start with. */
  readonly binary: string
  readonly auditPolicy: string
}

/** The users that the components are, without any right that Kubernetes' own RBAC does not give them. */
export function componentUsers(nodeNames: readonly string[]): ControlPlaneUser[] {
  return [
    { name: 'system:kube-controller-manager' },
    { name: 'system:kube-scheduler' },
    { name: 'system:kube-proxy' },
    ...nodeNames.map((name) => ({ name: `system:node:${name}`, groups: ['system:nodes'] })),
  ]
}

/** Writes the files of one host into its folder; after its boot it joins the cluster of itself. */
export function prepareK3sHost(folder: string, node: K3sNode, material: K3sMaterial): void {
  const role = material.layout.servers.includes(node) ? 'server' : 'agent'
  const others = material.nodes.filter(({ index }) => index !== node.index)
  const files = [...nodeFiles(material.layout, node, others), ...nodeSecrets(node, role, material), k3sUnit(role)]
  if (role === 'server') files.push(...serverFiles(material.layout, node, material.auditPolicy), ...serverSecrets(material))
  for (const { path, content, mode } of files) writeHostFile(folder, path, content, mode)
  const upper = join(folder, 'upper')
  mkdirSync(join(upper, 'usr/local/bin'), { recursive: true })
  copyFileSync(material.binary, join(upper, 'usr/local/bin/k3s'), constants.COPYFILE_FICLONE)
  symlinkSync('k3s', join(upper, 'usr/local/bin/kubectl'))
  const units = [routesUnitName, unitName(role), ...(role === 'server' ? ['etcd.service'] : [])]
  const wants = join(upper, 'etc/systemd/system/multi-user.target.wants')
  mkdirSync(wants, { recursive: true })
  for (const unit of units) symlinkSync(`../${unit}`, join(wants, unit))
}

function nodeSecrets(node: K3sNode, role: 'server' | 'agent', { keys, users }: K3sMaterial): HostFile[] {
  const kubeconfig = role === 'server' ? ownServerKubeconfig : clusterKubeconfig
  return [
    { path: '/etc/rancher/k3s/keys/ca.crt', content: keys.ca },
    kubeconfig(users, 'kubelet', `system:node:${node.name}`),
    kubeconfig(users, 'kube-proxy', 'system:kube-proxy'),
  ]
}

function serverSecrets({ keys, users }: K3sMaterial): HostFile[] {
  const secret = (name: string, content: string): HostFile => ({ path: `/etc/rancher/k3s/keys/${name}`, content, mode: 0o600 })
  return [
    secret('apiserver.crt', keys.apiServer.cert),
    secret('apiserver.key', keys.apiServer.key),
    secret('kubelet-client.crt', keys.kubeletClient.cert),
    secret('kubelet-client.key', keys.kubeletClient.key),
    secret('service-account.pub', keys.serviceAccount.publicKey),
    secret('service-account.key', keys.serviceAccount.privateKey),
    secret('tokens.csv', readFileSync(users.tokenFile, 'utf8')),
    ownServerKubeconfig(users, 'kube-controller-manager', 'system:kube-controller-manager'),
    ownServerKubeconfig(users, 'kube-scheduler', 'system:kube-scheduler'),
  ]
}

function clusterKubeconfig(users: UserFiles, component: string, user: string): HostFile {
  const content = readFileSync(users.kubeconfigOf(user), 'utf8')
  return { path: `/etc/rancher/k3s/${component}.kubeconfig`, content, mode: 0o600 }
}

/** The components of a server ask the API server beside them, as those of k3s do. */
function ownServerKubeconfig(users: UserFiles, component: string, user: string): HostFile {
  const content = kubeconfigText({ ...users.credentialsOf(user), server: 'https://127.0.0.1:6443' }, user)
  return { path: `/etc/rancher/k3s/${component}.kubeconfig`, content, mode: 0o600 }
}
