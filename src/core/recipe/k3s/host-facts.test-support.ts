import type { HostFacts } from '../../host/host-facts.ts'
import type { HostOrder } from '../host-order.ts'

export interface HostLook {
  readonly name: string
  readonly role: 'server' | 'agent'
  /** Tells the distribution, too. */
  readonly version: string
  /** Of a server; absent: a database of its own. */
  readonly datastore?: 'etcd' | 'sqlite'
  readonly folder?: string
  /** Archives of images on the host. */
  readonly images?: readonly string[]
  /** The package that the program belongs to. */
  readonly package?: string
  readonly machine?: string
  readonly freeKib?: number
}

/** A host of k3s or RKE2, as the facts script tells of it. */
export function hostFacts(look: HostLook): HostFacts {
  const { version, role, datastore, images, freeKib = 30_000_000, machine = 'x86_64' } = look
  const distribution = distributionOf(look)
  const server = role === 'server' ? { server: distribution, ...(datastore === undefined ? {} : { datastore }) } : {}
  return {
    format: 'falkirk.dev/host-facts/v1',
    asRoot: true,
    os: { id: 'rocky', version: '9.4', kernel: '5.14.0-427', architecture: machine, init: 'systemd', cgroup: 'v2' },
    epochSeconds: 1_795_305_600,
    reboot: { packages: [] },
    swaps: [],
    fstabSwaps: 0,
    packages: { manager: 'dnf', installed: [], holds: [], broken: [], repositories: [] },
    services: servicesOf(look),
    programs: [
      {
        name: distribution,
        path: `${folderOf(look)}/${distribution}`,
        version,
        running: true,
        replaced: false,
        ...(look.package === undefined ? {} : { package: look.package }),
      },
    ],
    kubelet: { arguments: [], config: [], instanceConfig: [], environment: [] },
    runtime: { sockets: [`/run/k3s/containerd/containerd.sock`], config: [], dockerConfig: [], dockerArguments: [], crictl: [], cni: [] },
    staticPods: [],
    etcd: { arguments: [], environment: [], member: datastore === 'etcd' },
    disks: ['/', '/var/lib/rancher'].map((path) => ({ path, sizeKib: 40_000_000, freeKib, mount: '/' })),
    certificates: [],
    kubeadm: { adminConf: false, kubeletConf: false },
    rancher: { ...server, ...(images === undefined ? {} : { images: [...images] }) },
    unread: [],
    cut: false,
    complete: true,
  }
}

/** An order with the files of a release for amd64; `at`: they are fetched from there. */
export function orderFor(look: HostLook, order: Pick<HostOrder, 'step' | 'version' | 'part'>, at?: string): HostOrder {
  const distribution = distributionOf(look)
  const program = distribution === 'k3s' ? 'k3s' : 'rke2.linux-amd64.tar.gz'
  const files = [program, ...(look.images ?? [])].map((file, index) => {
    const url = at === undefined ? {} : { url: `${at}/${encodeURIComponent(order.version)}/${file}` }
    return [file, { sha256: `${index}123456789abcdef`.repeat(4), ...url }] as const
  })
  return { run: 'uid', node: look.name, distribution, binaries: Object.fromEntries(files), ...order }
}

function distributionOf({ version }: Pick<HostLook, 'version'>): 'k3s' | 'rke2' {
  return version.includes('+rke2') ? 'rke2' : 'k3s'
}

function folderOf({ folder = '/usr/local/bin' }: HostLook): string {
  return folder
}

/** Hosts of RKE2 have a unit for each role, and one of them is disabled. */
function servicesOf(look: HostLook): HostFacts['services'] {
  const distribution = distributionOf(look)
  const service = (role: 'server' | 'agent', isOn: boolean) => {
    const unit = distribution === 'k3s' && role === 'server' ? 'k3s' : `${distribution}-${role}`
    const folder = distribution === 'k3s' ? '/etc/systemd/system' : '/usr/local/lib/systemd/system'
    return {
      name: `${unit}.service`,
      active: isOn ? 'active' : 'inactive',
      enabled: isOn ? 'enabled' : 'disabled',
      file: `${folder}/${unit}.service`,
      command: `${folderOf(look)}/${distribution} ${role}`,
      environmentFiles: distribution === 'k3s' ? `${folder}/${unit}.service.env` : `/etc/default/${unit} ${folder}/${unit}.env`,
    }
  }
  const other = look.role === 'server' ? 'agent' : 'server'
  return [service(look.role, true), ...(distribution === 'rke2' ? [service(other, false)] : [])]
}
