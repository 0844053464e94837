import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { writeOciArchive } from '../../scripts/oci-archive.mjs'
import type { Entry } from '../../scripts/tar.mjs'
import { issueCertificate, type KeyPair, makeAuthority } from './certificates.ts'
import { command } from './command.ts'
import { etcdPackages } from './etcd-packages.ts'
import { startImageRegistry } from './image-registry.ts'
import { librariesOf } from './images/rig-images.ts'
import { firstVersion } from './kubeadm/kubeadm-programs.ts'
import { kubeadmTemplate } from './kubeadm/kubeadm-template.ts'
import { registryHostsFile } from './registry-hosts.ts'
import { type RigHost, writeHostFile } from './rig-host.ts'
import { makeHosts, type RigHosts } from './rig-hosts.ts'
import { saveJournals } from './save-journals.ts'

/** Three hosts that run etcd as kubeadm's guide for a highly available external etcd has it: a kubelet without an API server, and a static pod. */
export interface EtcdPodCluster {
  readonly rig: RigHosts
  readonly hosts: readonly RigHost[]
  /** Falkirk's inventory of it. */
  readonly inventory: string
  /** A client's certificate, and whom it trusts. */
  readonly client: KeyPair & { readonly ca: string }
  readonly endpoints: readonly string[]
  /** Versions of etcd of which there are images: Debian 12's and 13's. */
  readonly older: string
  readonly newer: string
  down(): Promise<void>
}

const names = ['etcd1', 'etcd2', 'etcd3']
const keys = '/etc/kubernetes/pki/etcd'
export const manifest = '/etc/kubernetes/manifests/etcd.yaml'
/** Of an image whose program ends at once. */
export const brokenVersion = '3.5.17'

/** Boots the hosts, and waits until their pods are one cluster. */
export async function makeEtcdPodCluster(): Promise<EtcdPodCluster> {
  const template = await kubeadmTemplate(firstVersion)
  const rig = await makeHosts(names, template.base)
  const started: { stop(): Promise<void> }[] = []
  const down = async () => {
    await saveJournals(rig)
    for (const one of started) await one.stop()
    await rig.down()
  }
  try {
    const registry = await startImageRegistry(join(rig.run.path, 'registry'), rig.network.gateway)
    started.push(registry)
    const { older, newer, images } = await etcdImages(join(rig.run.path, 'etcd-images'))
    for (const image of images) await registry.push(image)
    const authority = await makeAuthority('etcd')
    for (const host of rig.hosts) {
      await template.giveImages(rig.folderOf(host.name))
      await giveFiles(rig, host, authority, { registryUrl: registry.url, version: older })
    }
    await rig.boot()
    const client = { ...(await issueCertificate(authority, { commonName: 'writer' })), ca: authority.cert }
    const endpoints = rig.hosts.map(({ address }) => `https://${address}:2379`)
    await Promise.all(endpoints.map((endpoint) => untilUp(endpoint, client)))
    return { rig, hosts: rig.hosts, inventory: writeInventory(rig), client, endpoints, older, newer, down }
  } catch (error) {
    await down()
    throw error
  }
}

function imageOf(version: string): string {
  return `registry.k8s.io/etcd:${version}-0`
}

/** As Kubernetes' own: etcd and its clients below /usr/local/bin, and no shell. */
async function etcdImages(folder: string) {
  const { files, older, newer } = await etcdPackages()
  const [olderVersion = '', newerVersion = ''] = [older, newer].map((version) => version.replace(/-.*/, ''))
  const images: { ref: string; archive: string }[] = []
  for (const version of [older, newer]) {
    const root = join(folder, version)
    mkdirSync(root, { recursive: true })
    for (const file of files.filter((path) => decodeURIComponent(path).includes(`_${version}_`)))
      await command('dpkg-deb', ['-x', file, root])
    const programs = readdirSync(join(root, 'usr/bin')).filter((name) => /^etcd(?:ctl|utl)?$/.test(name))
    const sources = programs.map((name) => join(root, 'usr/bin', name))
    const libraries = new Map((await Promise.all(sources.map(librariesOf))).flat().map((entry) => [entry.path, entry]))
    const entries = programs.map(
      (name, index): Entry => ({ kind: 'file', path: `usr/local/bin/${name}`, source: sources[index] ?? '', mode: 0o755 }),
    )
    images.push(written(folder, version === older ? olderVersion : newerVersion, [...libraries.values(), ...entries]))
  }
  const broken: Entry = { kind: 'file', path: 'usr/local/bin/etcd', source: '/bin/false', mode: 0o755 }
  images.push(written(folder, brokenVersion, [...(await librariesOf('/bin/false')), broken]))
  return { older: olderVersion, newer: newerVersion, images }
}

function written(folder: string, version: string, entries: readonly Entry[]) {
  const ref = imageOf(version)
  const archive = join(folder, `${version}.tar`)
  writeOciArchive({ out: archive, ref, layers: [entries], config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] } })
  return { ref, archive }
}

interface Gifts {
  readonly registryUrl: string
  readonly version: string
}

async function giveFiles(rig: RigHosts, host: RigHost, authority: KeyPair, { registryUrl, version }: Gifts): Promise<void> {
  const folder = rig.folderOf(host.name)
  const { cert, key } = await issueCertificate(authority, {
    commonName: host.name,
    addresses: [host.address, '127.0.0.1'],
    dnsNames: [host.name],
  })
  writeHostFile(folder, `${keys}/ca.crt`, authority.cert)
  for (const name of ['server', 'peer']) {
    writeHostFile(folder, `${keys}/${name}.crt`, cert)
    writeHostFile(folder, `${keys}/${name}.key`, key, 0o600)
  }
  const registry = registryHostsFile(registryUrl)
  writeHostFile(folder, registry.path, registry.content)
  writeHostFile(folder, '/etc/crictl.yaml', 'runtime-endpoint: unix:///run/containerd/containerd.sock\n')
  writeHostFile(folder, '/etc/systemd/system/kubelet.service.d/20-etcd-service-manager.conf', kubeletDropIn)
  const cluster = rig.hosts.map(({ name, address }) => `${name}=https://${address}:2380`).join(',')
  writeHostFile(folder, manifest, manifestOf(host, cluster, imageOf(version)), 0o600)
}

/** Source: kubeadm, "Set up a High Availability etcd Cluster with kubeadm". */
const kubeletDropIn = `[Service]
ExecStart=
ExecStart=/usr/bin/kubelet --address=127.0.0.1 --pod-manifest-path=/etc/kubernetes/manifests --cgroup-driver=cgroupfs --fail-swap-on=false --image-gc-high-threshold=100 '--eviction-hard=memory.available<50Mi,nodefs.available<1%,imagefs.available<1%' --container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock
Restart=always
`

/** As `kubeadm init phase etcd local` writes it. */
function manifestOf({ name, address }: RigHost, cluster: string, image: string): string {
  const flags = [
    `--advertise-client-urls=https://${address}:2379`,
    `--cert-file=${keys}/server.crt`,
    '--client-cert-auth=true',
    '--data-dir=/var/lib/etcd',
    `--initial-advertise-peer-urls=https://${address}:2380`,
    `--initial-cluster=${cluster}`,
    '--initial-cluster-state=new',
    `--key-file=${keys}/server.key`,
    `--listen-client-urls=https://127.0.0.1:2379,https://${address}:2379`,
    '--listen-metrics-urls=http://127.0.0.1:2381',
    `--listen-peer-urls=https://${address}:2380`,
    `--name=${name}`,
    `--peer-cert-file=${keys}/peer.crt`,
    '--peer-client-cert-auth=true',
    `--peer-key-file=${keys}/peer.key`,
    `--peer-trusted-ca-file=${keys}/ca.crt`,
    '--snapshot-count=10000',
    `--trusted-ca-file=${keys}/ca.crt`,
  ]
  return `apiVersion: v1
kind: Pod
metadata:
  labels:
    component: etcd
    tier: control-plane
  name: etcd
  namespace: kube-system
spec:
  containers:
  - command:
    - etcd
${flags.map((flag) => `    - ${flag}\n`).join('')}    image: ${image}
    imagePullPolicy: IfNotPresent
    livenessProbe:
      failureThreshold: 8
      httpGet: { host: 127.0.0.1, path: /health, port: 2381, scheme: HTTP }
      initialDelaySeconds: 10
      timeoutSeconds: 15
    name: etcd
    volumeMounts:
    - mountPath: /var/lib/etcd
      name: etcd-data
    - mountPath: ${keys}
      name: etcd-certs
  hostNetwork: true
  priorityClassName: system-node-critical
  volumes:
  - hostPath: { path: ${keys}, type: DirectoryOrCreate }
    name: etcd-certs
  - hostPath: { path: /var/lib/etcd, type: DirectoryOrCreate }
    name: etcd-data
`
}

async function untilUp(endpoint: string, { ca, cert, key }: EtcdPodCluster['client']): Promise<void> {
  const agent = new Agent({ connect: { ca, cert, key } })
  const deadline = Date.now() + 120_000
  try {
    for (;;) {
      const status = await request(`${endpoint}/health`, { dispatcher: agent }).then(
        async ({ statusCode, body }) => {
          await body.dump()
          return statusCode
        },
        () => 0,
      )
      if (status === 200) return
      if (Date.now() > deadline) throw new Error(`etcd does not answer at ${endpoint} after two minutes`)
      await sleep(250)
    }
  } finally {
    await agent.close()
  }
}

function writeInventory(rig: RigHosts): string {
  const file = join(rig.run.path, 'inventory.yaml')
  const hosts = rig.hosts.map(({ name }) => `    ${name}: {}\n`).join('')
  writeFileSync(file, `sshConfig: ${rig.sshConfig}\netcd:\n  hosts:\n${hosts}`)
  return file
}
