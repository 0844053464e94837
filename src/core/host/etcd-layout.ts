import type { Distribution } from '../version/distribution.ts'
import { type EtcdVersion, parseEtcdVersion } from '../version/etcd-version.ts'
import type { HostFacts } from './host-facts.ts'
import { flagsOf } from './kubelet-settings.ts'

/** Where the data of the cluster are, seen from one host. */
export interface EtcdLayout {
  /** `Stacked`: a static pod of kubeadm. `Unit`: a service of this host. `Embedded`: within k3s or RKE2. `External`: on other hosts. `None`: no etcd at all. */
  readonly kind: 'Stacked' | 'Unit' | 'Embedded' | 'External' | 'None'
  readonly version?: EtcdVersion
  readonly dataFolder?: string
  readonly dataKib?: number
  /** Where the API server of this host looks for it. */
  readonly endpoints: readonly string[]
}

/** Undefined: this host has nothing to do with etcd. */
export function etcdLayout(facts: HostFacts, distribution: Distribution | undefined): EtcdLayout | undefined {
  const endpoints = endpointsOf(facts)
  const data = {
    ...(facts.etcd.dataFolder === undefined ? {} : { dataFolder: facts.etcd.dataFolder }),
    ...(facts.etcd.dataKib === undefined ? {} : { dataKib: facts.etcd.dataKib }),
    endpoints,
  }
  if ((distribution === 'k3s' || distribution === 'rke2') && facts.rancher.datastore !== undefined) {
    return { kind: facts.rancher.datastore === 'etcd' ? 'Embedded' : 'None', ...data }
  }
  const pod = facts.staticPods.find(({ path }) => /\/etcd\.\w+$/.test(path))
  if (pod !== undefined) return { kind: 'Stacked', ...versionOf(pod.image?.split(':').at(-1)), ...data }
  if (facts.services.some(({ name, active }) => name.startsWith('etcd') && active === 'active') || facts.etcd.arguments.length > 0) {
    return { kind: 'Unit', ...versionOf(facts.programs.find(({ name }) => name === 'etcd')?.version), ...data }
  }
  return endpoints.length === 0 ? undefined : { kind: 'External', endpoints }
}

function endpointsOf(facts: HostFacts): readonly string[] {
  const pod = facts.staticPods.find(({ path }) => /\/kube-apiserver\.\w+$/.test(path))
  const unit = facts.services.find(({ name }) => name === 'kube-apiserver.service')
  const servers = flagsOf(pod?.arguments ?? unit?.command?.split(' ') ?? []).get('etcd-servers')
  return servers === undefined ? [] : servers.split(',')
}

function versionOf(text: string | undefined): { readonly version?: EtcdVersion } {
  const version = parseEtcdVersion(text ?? '')
  return version === undefined ? {} : { version }
}
