import { installedVersion, serviceOf } from '../machine/kubernetes-service.ts'
import type { Machine } from '../machine/machine.ts'
import type { HostDisk } from './step-program.ts'

interface Told extends Pick<HostDisk, 'repositoryMinor'> {
  readonly atMs: number
}

const manifests = '/etc/kubernetes/manifests/'
const socket = '/run/containerd/containerd.sock'

/** What the facts script of the core would print on a machine: one line of JSON, in which every value is a text. */
export function machineFacts(machine: Machine, { atMs, repositoryMinor = minorOf(installedVersion(machine)) }: Told): string {
  return JSON.stringify({
    format: 'falkirk.dev/host-facts/v1',
    asRoot: 'yes',
    os: osOf(machine),
    epochSeconds: String(Math.floor(atMs / 1_000)),
    reboot: { packages: [] },
    swaps: [],
    fstabSwaps: '0',
    packages: packagesOf(machine, repositoryMinor),
    services: servicesOf(machine),
    programs: programsOf(machine),
    kubelet: kubeletOf(machine),
    runtime: {
      sockets: [socket],
      configPath: '/etc/containerd/config.toml',
      config: ['version = 2', '  SystemdCgroup = true'],
      cni: ['10-calico.conflist'],
    },
    staticPods: staticPodsOf(machine),
    etcd: machine.role === 'Server' ? { dataFolder: '/var/lib/etcd', member: 'yes', dataKib: '81920' } : { member: 'no' },
    disks: ['/', '/etc/kubernetes', '/var/lib', '/var/lib/kubelet'].map((path) => ({
      path,
      sizeKib: '40000000',
      freeKib: '30000000',
      mount: '/',
    })),
    certificates: [],
    kubeadm: { adminConf: yesNo(machine.role === 'Server'), kubeletConf: 'yes', caKey: yesNo(machine.role === 'Server') },
    rancher: {},
    api: apiOf(machine),
    unread: [],
    cut: 'no',
    complete: 'yes',
  })
}

/** A balancer outside of the cluster, at an address that nobody has. */
export const sharedServer = 'https://192.0.2.1:6443'

/** How a machine reaches the API, as kubeadm writes it from v1.20 on. */
export function apiOf({ role, address }: Machine): object {
  const conf = (name: string, server: string) => ({ file: `/etc/kubernetes/${name}.conf`, server })
  const own = `https://${address}:6443`
  const servers = [conf('controller-manager', own), conf('scheduler', own), conf('admin', sharedServer)]
  return { servers: [conf('kubelet', sharedServer), ...(role === 'Server' ? servers : [])], addresses: [address], names: [] }
}

function osOf({ name, machineId, bootId, kernelVersion }: Machine): object {
  return {
    id: 'debian',
    version: '12',
    name: 'Debian GNU/Linux 12 (bookworm)',
    kernel: kernelVersion,
    architecture: 'x86_64',
    hostname: name,
    machineId,
    bootId,
    init: 'systemd',
    cgroup: 'v2',
  }
}

function packagesOf({ packages }: Machine, repositoryMinor: string): object {
  return {
    manager: 'apt-get',
    installed: [...packages].map(([name, { version }]) => ({ name, version })),
    holds: [...packages].flatMap(([name, { held }]) => (held ? [{ name, by: 'apt-mark' }] : [])),
    repositories: [
      {
        file: '/etc/apt/sources.list.d/kubernetes.list',
        source: `deb https://pkgs.k8s.io/core:/stable:/v1.${repositoryMinor}/deb/ /`,
      },
    ],
  }
}

function servicesOf({ units }: Machine): readonly object[] {
  return [...units].map(([name, { active, enabled }]) => ({
    name,
    active: active ? 'active' : 'inactive',
    enabled: enabled ? 'enabled' : 'disabled',
    command: `/usr/bin/${name.replace(/\.service$/, '')}`,
  }))
}

function programsOf(machine: Machine): readonly object[] {
  const { unit, binary } = serviceOf(machine)
  const installed = installedVersion(machine)
  const service = machine.units.get(unit)
  return [
    {
      name: 'kubelet',
      path: binary,
      version: installed,
      package: 'kubelet',
      running: yesNo(service?.active === true),
      replaced: yesNo(service?.version !== installed),
    },
    { name: 'kubeadm', path: '/usr/bin/kubeadm', version: packagedVersion(machine, 'kubeadm') },
    { name: 'kubectl', path: '/usr/bin/kubectl', version: packagedVersion(machine, 'kubectl') },
    { name: 'crictl', path: '/usr/bin/crictl', version: 'v1.30.0' },
    { name: 'containerd', path: '/usr/bin/containerd', version: machine.runtime.version, running: 'yes' },
  ]
}

/** The version that a program of a package says it is: that of `1.30.4-1.1` is `v1.30.4`. */
export function packagedVersion({ packages }: Machine, name: string): string {
  return `v${packages.get(name)?.version.replace(/-.*$/, '') ?? ''}`
}

function kubeletOf({ kubeletVersion }: Machine): object {
  const remote = Number(minorOf(kubeletVersion)) < 24 ? '--container-runtime=remote ' : ''
  const flags = `${remote}--container-runtime-endpoint=unix://${socket}`
  return {
    arguments: [
      '/usr/bin/kubelet',
      '--kubeconfig=/etc/kubernetes/kubelet.conf',
      '--config=/var/lib/kubelet/config.yaml',
      ...flags.split(' '),
    ],
    configPath: '/var/lib/kubelet/config.yaml',
    config: ['kind: KubeletConfiguration', 'cgroupDriver: systemd', `staticPodPath: ${manifests.slice(0, -1)}`],
    environment: [{ path: '/var/lib/kubelet/kubeadm-flags.env', lines: [`KUBELET_KUBEADM_ARGS="${flags}"`] }],
  }
}

function staticPodsOf({ files, name, address }: Machine): readonly object[] {
  const flags: Readonly<Record<string, readonly string[]>> = {
    etcd: [`--name=${name}`, '--data-dir=/var/lib/etcd'],
    'kube-apiserver': [`--advertise-address=${address}`, '--secure-port=6443', '--etcd-servers=https://127.0.0.1:2379'],
  }
  return [...files].flatMap(([path, { content = '' }]) => {
    if (!path.startsWith(manifests)) return []
    const image = /"image": "([^"]+)"/.exec(content)?.[1]
    const component = path.slice(manifests.length).replace(/\.yaml$/, '')
    return [{ path, ...(image === undefined ? {} : { image }), arguments: flags[component] ?? [] }]
  })
}

function minorOf(version: string): string {
  return /^v1\.(\d+)/.exec(version)?.[1] ?? ''
}

function yesNo(is: boolean): string {
  return is ? 'yes' : 'no'
}
