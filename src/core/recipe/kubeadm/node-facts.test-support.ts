import type { HostFacts } from '../../host/host-facts.ts'

export interface NodeLook {
  readonly name: string
  readonly role: 'ControlPlane' | 'Worker'
  /** With `v`. */
  readonly version: string
  readonly manager?: 'apt-get' | 'dnf' | 'yum' | 'zypper'
  /** Programs lie where no package put them; kubelet.env, as kubespray has it. */
  readonly binaries?: true
  readonly docker?: true
  /** As its package manager writes the version: `-00` of old, `-1.1` since each minor has its own repository. */
  readonly held?: boolean
  readonly repository?: string
  readonly kubeletFlags?: string
  readonly os?: Partial<HostFacts['os']>
}

/** A node of a kubeadm cluster, as the facts script tells of it. */
export function nodeFacts(look: NodeLook): HostFacts {
  return {
    format: 'falkirk.dev/host-facts/v1',
    asRoot: true,
    os: {
      id: look.manager === undefined || look.manager === 'apt-get' ? 'ubuntu' : 'rocky',
      version: '9.4',
      kernel: '6.1.0-18-amd64',
      architecture: 'x86_64',
      init: 'systemd',
      cgroup: 'v2',
      ...look.os,
    },
    epochSeconds: 1_795_305_600,
    reboot: { packages: [] },
    swaps: [],
    fstabSwaps: 0,
    packages: packagesOf(look),
    services: [
      {
        name: 'kubelet.service',
        active: 'active',
        enabled: 'enabled',
        file: '/lib/systemd/system/kubelet.service',
        command: `${folderOf(look)}/kubelet $KUBELET_ARGS`,
      },
    ],
    programs: programsOf(look),
    kubelet: kubeletOf(look),
    runtime: runtimeOf(look),
    ...planeOf(look),
    disks: ['/', '/etc/kubernetes', '/var/lib', '/var/lib/kubelet'].map((path) => ({
      path,
      sizeKib: 40_000_000,
      freeKib: 30_000_000,
      mount: '/',
    })),
    certificates: [],
    rancher: {},
    unread: [],
    cut: false,
    complete: true,
  }
}

const minorOf = ({ version }: NodeLook) => Number(version.split('.')[1])
const folderOf = ({ binaries }: NodeLook) => (binaries ? '/usr/local/bin' : '/usr/bin')

function packagesOf(look: NodeLook): HostFacts['packages'] {
  const { manager = 'apt-get', binaries, held = true, repository } = look
  const build = minorOf(look) < 24 ? '00' : '1.1'
  const installed = binaries
    ? []
    : ['kubelet', 'kubeadm', 'kubectl'].map((name) => ({ name, version: `${look.version.slice(1)}-${build}` }))
  const holder = { 'apt-get': 'apt-mark', zypper: 'zypper addlock' }[manager as string] ?? 'exclude in /etc/yum.repos.d/kubernetes.repo'
  const file = manager === 'apt-get' ? '/etc/apt/sources.list.d/kubernetes.list' : '/etc/yum.repos.d/kubernetes.repo'
  const source = `${manager === 'apt-get' ? 'deb' : '[kubernetes]'} ${repository}`
  return {
    manager,
    installed,
    holds: held ? installed.map(({ name }) => ({ name, by: holder })) : [],
    broken: [],
    repositories: repository === undefined ? [] : [{ file, source }],
  }
}

function programsOf(look: NodeLook): HostFacts['programs'] {
  const { version, binaries, docker } = look
  const folder = folderOf(look)
  const idle = { running: false, replaced: false }
  return [
    { name: 'kubelet', path: `${folder}/kubelet`, version, running: true, replaced: false, ...(binaries ? {} : { package: 'kubelet' }) },
    { name: 'kubeadm', path: `${folder}/kubeadm`, version, ...idle },
    { name: 'kubectl', path: `${folder}/kubectl`, version, ...idle },
    { name: 'crictl', path: '/usr/bin/crictl', ...idle },
    docker
      ? { name: 'dockerd', path: '/usr/bin/dockerd', version: '18.06.2-ce', ...idle, running: true }
      : { name: 'containerd', path: '/usr/bin/containerd', version: '1.7.28', ...idle, running: true },
  ]
}

function kubeletOf(look: NodeLook): HostFacts['kubelet'] {
  const flags = `${runtimeFlags(look)} ${look.kubeletFlags ?? ''}`.trim()
  const environment = look.binaries
    ? { path: '/etc/kubernetes/kubelet.env', lines: [`KUBELET_ARGS="--config=/var/lib/kubelet/config.yaml ${flags}"`] }
    : { path: '/var/lib/kubelet/kubeadm-flags.env', lines: [`KUBELET_KUBEADM_ARGS="${flags}"`] }
  return {
    arguments: [
      `${folderOf(look)}/kubelet`,
      '--kubeconfig=/etc/kubernetes/kubelet.conf',
      '--config=/var/lib/kubelet/config.yaml',
      ...flags.split(' ').filter((word) => word !== ''),
    ],
    configPath: '/var/lib/kubelet/config.yaml',
    config: [
      'kind: KubeletConfiguration',
      `cgroupDriver: ${look.docker ? 'cgroupfs' : 'systemd'}`,
      'staticPodPath: /etc/kubernetes/manifests',
    ],
    instanceConfig: [],
    environment: [environment],
  }
}

function runtimeOf({ docker }: NodeLook): HostFacts['runtime'] {
  const same = { dockerConfig: [], dockerArguments: [], crictl: [], cni: ['10-calico.conflist'] }
  if (docker) return { ...same, sockets: ['/var/run/dockershim.sock'], config: [], dockerCgroupDriver: 'cgroupfs' }
  const config = ['  SystemdCgroup = true']
  return { ...same, sockets: ['/run/containerd/containerd.sock'], config, configPath: '/etc/containerd/config.toml' }
}

function planeOf(look: NodeLook): Pick<HostFacts, 'staticPods' | 'etcd' | 'kubeadm'> {
  const empty = { arguments: [], environment: [] }
  if (look.role === 'Worker') {
    return { staticPods: [], etcd: { ...empty, member: false }, kubeadm: { adminConf: false, kubeletConf: true } }
  }
  return {
    staticPods: staticPods(look),
    etcd: { ...empty, dataFolder: '/var/lib/etcd', member: true, dataKib: 81_920 },
    kubeadm: { adminConf: true, kubeletConf: true, caKey: true },
  }
}

function staticPods({ version }: NodeLook): HostFacts['staticPods'] {
  const registry = Number(version.split('.')[1]) < 25 ? 'k8s.gcr.io' : 'registry.k8s.io'
  const pod = (name: string, tag: string, flags: string[]) => ({
    path: `/etc/kubernetes/manifests/${name}.yaml`,
    image: `${registry}/${name}:${tag}`,
    arguments: flags,
  })
  return [
    pod('etcd', etcdTag(Number(version.split('.')[1])), ['--name=cp1', '--data-dir=/var/lib/etcd']),
    pod('kube-apiserver', version, ['--advertise-address=10.0.0.1', '--secure-port=6443', '--etcd-servers=https://127.0.0.1:2379']),
    pod('kube-controller-manager', version, ['--leader-elect=true']),
    pod('kube-scheduler', version, ['--leader-elect=true']),
  ]
}

/** What gates of etcd ask for before the hop that raises it is in place. */
function etcdTag(minor: number): string {
  if (minor >= 37) return '3.7.0-0'
  if (minor >= 34) return '3.6.12-0'
  return minor >= 22 ? '3.5.26-0' : '3.4.13-0'
}

/** A kubelet before 1.24 that is told nothing has docker. */
function runtimeFlags({ docker, version }: NodeLook): string {
  if (docker) return ''
  const remote = Number(version.split('.')[1]) < 24 ? '--container-runtime=remote ' : ''
  return `${remote}--container-runtime-endpoint=unix:///run/containerd/containerd.sock`
}
