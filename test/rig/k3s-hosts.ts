import { constants, copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { ControlPlaneUser, UserFiles } from './control-plane-users.ts'
import { type HostFile, type K3sLayout, type K3sNode, k3sUnit, nodeFiles, serverFiles, unitName } from './k3s-config.ts'
import type { K3sKeys } from './k3s-keys.ts'
import { writeHostFile } from './rig-host.ts'

/** All that goes onto the hosts of one cluster before their first boot. */
export interface K3sMaterial {
  readonly layout: K3sLayout
  /** Server first. */
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
  const role = node.index === 0 ? 'server' : 'agent'
  const others = material.nodes.filter(({ index }) => index !== node.index)
  const files = [...nodeFiles(material.layout, node, others), ...nodeSecrets(node, material), k3sUnit(role)]
  if (role === 'server') files.push(...serverFiles(material.layout, material.auditPolicy), ...serverSecrets(material))
  for (const { path, content, mode } of files) writeHostFile(folder, path, content, mode)
  const upper = join(folder, 'upper')
  mkdirSync(join(upper, 'usr/local/bin'), { recursive: true })
  copyFileSync(material.binary, join(upper, 'usr/local/bin/k3s'), constants.COPYFILE_FICLONE)
  symlinkSync('k3s', join(upper, 'usr/local/bin/kubectl'))
  const units = ['rig-routes.service', unitName(role), ...(role === 'server' ? ['etcd.service'] : [])]
  const wants = join(upper, 'etc/systemd/system/multi-user.target.wants')
  mkdirSync(wants, { recursive: true })
  for (const unit of units) symlinkSync(`../${unit}`, join(wants, unit))
}

function nodeSecrets(node: K3sNode, { keys, users }: K3sMaterial): HostFile[] {
  return [
    { path: '/etc/rancher/k3s/keys/ca.crt', content: keys.ca },
    kubeconfig('kubelet', users.kubeconfigOf(`system:node:${node.name}`)),
    kubeconfig('kube-proxy', users.kubeconfigOf('system:kube-proxy')),
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
    kubeconfig('kube-controller-manager', users.kubeconfigOf('system:kube-controller-manager')),
    kubeconfig('kube-scheduler', users.kubeconfigOf('system:kube-scheduler')),
  ]
}

function kubeconfig(component: string, source: string): HostFile {
  return { path: `/etc/rancher/k3s/${component}.kubeconfig`, content: readFileSync(source, 'utf8'), mode: 0o600 }
}
