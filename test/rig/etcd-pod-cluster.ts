import { join } from 'node:path'
import { issueCertificate, type KeyPair, makeAuthority } from './certificates.ts'
import { type EtcdContainerCluster, giveCertificates, memberFlags, memberNames, untilUp, writeInventory } from './etcd-hosts.ts'
import { etcdImages } from './etcd-images.ts'
import { startImageRegistry } from './image-registry.ts'
import { firstVersion } from './kubeadm/kubeadm-programs.ts'
import { kubeadmTemplate } from './kubeadm/kubeadm-template.ts'
import { registryHostsFile } from './registry-hosts.ts'
import { type RigHost, writeHostFile } from './rig-host.ts'
import { makeHosts, type RigHosts } from './rig-hosts.ts'
import { saveJournals } from './save-journals.ts'

const keys = '/etc/kubernetes/pki/etcd'
export const manifest = '/etc/kubernetes/manifests/etcd.yaml'
/**
 * Three hosts that run etcd as kubeadm's guide for a highly available external etcd has it: a kubelet without an API server, and a static pod. Boots them, and waits
 * until their pods are one cluster.
 */
export async function makeEtcdPodCluster(): Promise<EtcdContainerCluster> {
  const template = await kubeadmTemplate(firstVersion)
  const rig = await makeHosts(memberNames, template.base)
  const started: { stop(): Promise<void> }[] = []
  const down = async () => {
    await saveJournals(rig)
    for (const one of started) await one.stop()
    await rig.down()
  }
  try {
    const registry = await startImageRegistry(join(rig.run.path, 'registry'), rig.network.gateway)
    started.push(registry)
    const { older, newer, images } = await etcdImages(join(rig.run.path, 'etcd-images'), imageOf)
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

interface Gifts {
  readonly registryUrl: string
  readonly version: string
}

async function giveFiles(rig: RigHosts, host: RigHost, authority: KeyPair, { registryUrl, version }: Gifts): Promise<void> {
  const folder = rig.folderOf(host.name)
  await giveCertificates(rig, host, authority, keys)
  const registry = registryHostsFile(registryUrl)
  writeHostFile(folder, registry.path, registry.content)
  writeHostFile(folder, '/etc/crictl.yaml', 'runtime-endpoint: unix:///run/containerd/containerd.sock\n')
  writeHostFile(folder, '/etc/systemd/system/kubelet.service.d/20-etcd-service-manager.conf', kubeletDropIn)
  writeHostFile(folder, manifest, manifestOf(memberFlags(rig, host, keys), imageOf(version)), 0o600)
}

/** Source: kubeadm, "Set up a High Availability etcd Cluster with kubeadm". */
const kubeletDropIn = `[Service]
ExecStart=
ExecStart=/usr/bin/kubelet --address=127.0.0.1 --pod-manifest-path=/etc/kubernetes/manifests --cgroup-driver=cgroupfs --fail-swap-on=false --image-gc-high-threshold=100 '--eviction-hard=memory.available<50Mi,nodefs.available<1%,imagefs.available<1%' --container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock
Restart=always
`

/** As `kubeadm init phase etcd local` writes it. */
function manifestOf(flags: readonly string[], image: string): string {
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
