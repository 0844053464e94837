import { basename, join } from 'node:path'
import type { Entry } from '../../../scripts/tar.mjs'
import { command } from '../command.ts'
import { debianProgram } from '../debian-program.ts'
import { basicImages, type ImageArchive, type ImageSpec, librariesOf, shellLayer, writeImages } from '../images/rig-images.ts'
import { installPackages } from '../requirements.ts'
import { firstVersion, type KubeadmPrograms, kubeadmPrograms } from './kubeadm-programs.ts'

/** As kubeadm 1.20 and this tree under any later number ask for it; its content is Debian's 3.4.23. */
const etcdImage = 'k8s.gcr.io/etcd:3.4.13-0'
const registry = 'k8s.gcr.io'
const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy']

/** What kubeadm pulls for a version. The four components are one image under four names: a host keeps its content once. */
export async function kubeadmImages(version: string): Promise<ImageArchive[]> {
  const programs = await kubeadmPrograms(version)
  const [component = { archive: '' }, ...others] = await writeImages(
    programs.cache,
    [
      await componentsImage(programs),
      await etcd(),
      clusterDns(await kubeadmPrograms(firstVersion)),
      ...basicImages(programs.pause, await shellLayer()),
    ],
    [import.meta.filename],
  )
  const named = components.map((name) => ({ ref: `${registry}/${name}:${version}`, archive: component.archive }))
  return [...named, ...others]
}

async function componentsImage({ version, components: binary }: KubeadmPrograms): Promise<ImageSpec> {
  const path = (name: string) => `usr/local/bin/${name}`
  const names = components.map((name): Entry => ({ kind: 'symlink', path: path(name), target: '/opt/kubernetes' }))
  return {
    ref: `rig/kubernetes:${version}`,
    layers: [await packetFilter(), [{ kind: 'file', path: 'opt/kubernetes', source: binary, mode: 0o755 }, ...names]],
  }
}

// kube-proxy runs them, and they load a plugin for each kind of match, with libraries of its own
async function packetFilter(): Promise<readonly Entry[]> {
  await installPackages(['iptables', 'conntrack'])
  const [filter, tracking] = ['/usr/sbin/xtables-nft-multi', '/usr/sbin/conntrack']
  const plugins = (await command('sh', ['-c', 'ls /usr/lib/x86_64-linux-gnu/xtables/*.so'])).trim().split('\n')
  const libraries = await Promise.all([filter, tracking, ...plugins].map(librariesOf))
  const file = (source: string): Entry => ({ kind: 'file', path: source.slice(1), source, mode: 0o755 })
  const callNames = ['iptables', 'iptables-save', 'iptables-restore', 'ip6tables', 'ip6tables-save', 'ip6tables-restore']
  const entries = [
    ...[filter, tracking, ...plugins, '/etc/protocols'].map(file),
    ...libraries.flat(),
    ...callNames.map((name): Entry => ({ kind: 'symlink', path: `usr/sbin/${name}`, target: basename(filter) })),
    { kind: 'directory', path: 'tmp', mode: 0o1777 } as const,
    { kind: 'directory', path: 'run' } as const,
  ]
  return [...new Map(entries.map((entry) => [entry.path, entry])).values()]
}

async function etcd(): Promise<ImageSpec> {
  const server = await debianProgram('etcd-server', 'usr/bin/etcd')
  const client = await debianProgram('etcd-client', 'usr/bin/etcdctl')
  const libraries = new Map((await Promise.all([server, client].map(librariesOf))).flat().map((entry) => [entry.path, entry]))
  const programs = [server, client].map(
    (source): Entry => ({ kind: 'file', path: join('usr/local/bin', basename(source)), source, mode: 0o755 }),
  )
  return { ref: etcdImage, layers: [[...libraries.values(), ...programs]] }
}

function clusterDns({ tools }: KubeadmPrograms): ImageSpec {
  return {
    ref: `${registry}/coredns:1.7.0`,
    layers: [[{ kind: 'file', path: 'coredns', source: tools, mode: 0o755 }]],
    entrypoint: ['/coredns'],
  }
}
