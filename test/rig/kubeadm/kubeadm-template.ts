import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { step } from '../../../scripts/progress.mjs'
import { startAptRepository } from '../apt-repository.ts'
import { command } from '../command.ts'
import { hostBase } from '../host-base.ts'
import { startImageRegistry } from '../image-registry.ts'
import { makeHosts, type RigHosts } from '../rig-hosts.ts'
import { installKubernetes, prepareKubeadmHost, pullImages } from './kubeadm-host.ts'
import { kubeadmImages } from './kubeadm-images.ts'
import { kubeadmPackages } from './kubeadm-packages.ts'
import { kubeadmPrograms } from './kubeadm-programs.ts'

/** A host on which a version's packages were installed and its images pulled: where all hosts of a cluster begin. */
export interface KubeadmTemplate {
  /** Root file system of hosts, as `makeHosts` takes it. */
  readonly base: string
  /** Gives a host, before its first boot, the images. `folder` is the host's own. */
  giveImages(folder: string): Promise<void>
}

const name = 'template'
/** What decides what is on it. */
const sources = ['kubeadm-template.ts', 'kubeadm-host.ts', 'kubeadm-images.ts', 'kubeadm-packages.ts']
/** What is each host's own. */
const ownFiles = [
  'etc/ssh',
  'root',
  'etc/hostname',
  'etc/machine-id',
  'etc/hosts',
  'etc/rig',
  'var/log',
  'var/lib/apt/lists',
  'var/cache/apt',
]

/**
 * Makes one by doing it once on a real host, and keeps it in the rig's cache: a minute, and 650 MB a version. Hosts share its files, on disk
 * and in memory; what they write is their own.
 */
export async function kubeadmTemplate(version: string): Promise<KubeadmTemplate> {
  const base = await hostBase()
  const { cache } = await kubeadmPrograms(version)
  const folder = join(cache, 'hosts', templateKey(base), version)
  if (!existsSync(folder)) await step(`installing Kubernetes ${version} on a host, for all others`, () => make(version, folder))
  return { base: `${join(folder, 'upper')}:${base}`, giveImages: (host) => giveImages(join(folder, 'containerd'), host) }
}

function templateKey(base: string): string {
  const hash = createHash('sha256').update(base)
  for (const file of sources) hash.update(readFileSync(join(import.meta.dirname, file)))
  return hash.digest('hex').slice(0, 12)
}

async function make(version: string, folder: string): Promise<void> {
  const hosts = await makeHosts([name])
  const host = hosts.host(name)
  const started: { stop(): Promise<void> }[] = []
  try {
    const registry = await startImageRegistry(join(hosts.run.path, 'registry'), hosts.network.gateway)
    started.push(registry)
    const repository = await startAptRepository(hosts.network.gateway)
    started.push(repository)
    for (const image of await kubeadmImages(version)) await registry.push(image)
    await repository.publishFiles(await kubeadmPackages(version))
    const node = { name, address: host.address, index: 0 }
    prepareKubeadmHost(hosts.folderOf(name), { node, others: [], registryUrl: registry.url, aptSource: repository.source })
    await hosts.boot()
    await installKubernetes(host, version)
    await pullImages(host, version)
    await host.run('crictl pull docker.io/library/busybox:1')
    await host.run('systemctl stop kubelet containerd; sync')
    await host.cut()
    keep(hosts, folder)
  } finally {
    await hosts.down()
    for (const one of started) await one.stop()
  }
}

function keep(hosts: RigHosts, folder: string): void {
  const host = hosts.folderOf(name)
  for (const path of ownFiles) rmSync(join(host, 'upper', path), { recursive: true, force: true })
  const made = join(hosts.run.path, 'made')
  mkdirSync(made)
  renameSync(join(host, 'upper'), join(made, 'upper'))
  renameSync(join(host, 'data', 'containerd'), join(made, 'containerd'))
  mkdirSync(dirname(folder), { recursive: true })
  // whoever was quicker has made the same
  if (!existsSync(folder)) renameSync(made, folder)
}

// Contents and unpacked layers are never written again, and are the same files for all hosts; the databases of containerd are copied.
async function giveImages(containerd: string, folder: string): Promise<void> {
  const target = join(folder, 'data', 'containerd')
  rmSync(target, { recursive: true, force: true })
  await command('cp', ['-al', containerd, target])
  const databases = (await command('find', [target, '-name', '*.db'])).trim().split('\n')
  for (const file of databases) await command('cp', ['--remove-destination', join(containerd, file.slice(target.length)), file])
}
