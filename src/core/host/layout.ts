import type { Distribution } from '../version/distribution.ts'
import { type KubernetesVersion, parseVersion } from '../version/kubernetes-version.ts'
import { type EtcdLayout, etcdLayout } from './etcd-layout.ts'
import type { HostFacts } from './host-facts.ts'
import { kubeletSettings } from './kubelet-settings.ts'
import { type RuntimeLayout, runtimeLayout } from './runtime-layout.ts'

/** Whose the kubelet's file is: a package's, nobody's, or the program's of k3s and RKE2 that brings it along. */
export type KubeletOwner = { readonly kind: 'Package'; readonly name: string } | { readonly kind: 'File' } | { readonly kind: 'Embedded' }

/** How a host is put together. */
export interface HostLayout {
  /** Absent: nothing of Kubernetes was found. */
  readonly distribution?: Distribution
  readonly role?: 'ControlPlane' | 'Worker' | 'Etcd'
  /** What the kubelet on the disk is; what runs may be older. */
  readonly version?: KubernetesVersion
  /** The file that is replaced by an upgrade: the kubelet, k3s or rke2. */
  readonly binary?: string
  readonly owner?: KubeletOwner
  /** Files with flags of the kubelet. */
  readonly flagFiles: readonly string[]
  readonly runtime?: RuntimeLayout
  readonly etcd?: EtcdLayout
}

/** Reads how a host is put together from its facts; what is not known is left out. */
export function layoutOf(facts: HostFacts): HostLayout {
  const distribution = distributionOf(facts)
  const role = roleOf(facts)
  const program = facts.programs.find(({ name }) => name === (distribution === 'k3s' || distribution === 'rke2' ? distribution : 'kubelet'))
  const version = parseVersion(program?.version ?? '')
  const runtime = distribution === undefined ? undefined : runtimeLayout(facts, distribution, version)
  const etcd = etcdLayout(facts, distribution)
  return {
    ...(distribution === undefined ? {} : { distribution }),
    ...(role === undefined ? {} : { role }),
    ...(version === undefined ? {} : { version }),
    ...(program === undefined ? {} : { binary: program.path, owner: ownerOf(distribution, program.package) }),
    flagFiles: facts.kubelet.environment.filter(({ lines }) => lines.some((line) => line.includes('--'))).map(({ path }) => path),
    ...(runtime === undefined ? {} : { runtime }),
    ...(etcd === undefined ? {} : { etcd }),
  }
}

function distributionOf(facts: HostFacts): Distribution | undefined {
  for (const name of ['rke2', 'k3s'] as const) {
    const isThere = facts.rancher.server === name || facts.programs.some((program) => program.name === name)
    if (isThere && facts.services.some((service) => service.name.startsWith(name) && service.enabled !== 'disabled')) return name
  }
  if (!facts.programs.some(({ name }) => name === 'kubelet')) return undefined
  return isOfKubeadm(facts) ? 'kubeadm' : 'upstream'
}

/** The files that kubeadm gives every node: it joined by them, whoever installed the programs. */
function isOfKubeadm(facts: HostFacts): boolean {
  const kubeconfig = kubeletSettings(facts).flag('kubeconfig')
  const hasFlagFile = facts.kubelet.environment.some(({ path }) => path === '/var/lib/kubelet/kubeadm-flags.env')
  return hasFlagFile || kubeconfig === '/etc/kubernetes/kubelet.conf' || (kubeconfig === undefined && facts.kubeadm.kubeletConf)
}

function roleOf(facts: HostFacts): HostLayout['role'] {
  const isApiServer = facts.staticPods.some(({ path }) => /\/kube-apiserver\.\w+$/.test(path))
  const isUnit = facts.services.some(({ name }) => name === 'kube-apiserver.service')
  const isServer = facts.services.some(({ name, command = '' }) => /^(k3s|rke2)/.test(name) && /\/(k3s|rke2) server( |$)/.test(command))
  if (isApiServer || isUnit || isServer || facts.rancher.server !== undefined) return 'ControlPlane'
  if (distributionOf(facts) !== undefined) return 'Worker'
  return facts.services.some(({ name }) => name.startsWith('etcd')) ? 'Etcd' : undefined
}

function ownerOf(distribution: Distribution | undefined, name: string | undefined): KubeletOwner {
  if (name !== undefined) return { kind: 'Package', name }
  return distribution === 'k3s' || distribution === 'rke2' ? { kind: 'Embedded' } : { kind: 'File' }
}
