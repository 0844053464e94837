import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { step } from '../../../scripts/progress.mjs'
import type { AptRepository } from '../apt-repository.ts'
import type { ImageRegistry } from '../image-registry.ts'
import { untilNodesReady } from '../k3s-nodes.ts'
import { type Kubectl, kubectlWith } from '../kubectl.ts'
import { type PlainApi, plainApi } from '../plain-api.ts'
import type { PodNetworkNode } from '../pod-network.ts'
import type { RigHost } from '../rig-host.ts'
import { makeHosts, type RigHosts } from '../rig-hosts.ts'
import { formCluster, type Timed } from './form-cluster.ts'
import type { Haproxy } from './haproxy.ts'
import { prepareKubeadmHost, pullImages, workerImages } from './kubeadm-host.ts'
import { kubeadmImages } from './kubeadm-images.ts'
import { kubeadmPackages } from './kubeadm-packages.ts'
import { firstVersion, kubeadmPrograms } from './kubeadm-programs.ts'
import { type KubeadmTemplate, kubeadmTemplate } from './kubeadm-template.ts'
import { type Services, type Stoppable, Surroundings } from './surroundings.ts'
import { untilControllersLive } from './until-controllers-live.ts'

export interface KubeadmClusterOptions {
  /** What the cluster is made with, as Kubernetes writes it; `v1.20.2` unless told. */
  readonly version?: string
  /** Versions whose packages and images are there beside it. */
  readonly laterVersions?: readonly string[]
  /** `cp1`, `cp2`, `cp3`, each with a member of etcd; three unless told. */
  readonly controlPlanes?: 1 | 3
  /** `w1`, `w2` …; two unless told. */
  readonly workers?: number
  /** Told of each part of the start, and of the milliseconds that it took. */
  readonly timed?: (part: string, ms: number) => void
}

/** A real kubeadm cluster on whole hosts, behind a real HAProxy. */
export interface KubeadmCluster {
  /** What it was made with. */
  readonly version: string
  /** Folder of all that the run has written; it goes with `stop()`. */
  readonly folder: string
  /** Of `kubernetes-admin`, through HAProxy. */
  readonly kubeconfig: string
  readonly kubectl: Kubectl
  readonly api: PlainApi
  /** Control planes first. */
  readonly hosts: readonly RigHost[]
  readonly controlPlanes: readonly RigHost[]
  readonly workers: readonly RigHost[]
  host(name: string): RigHost
  /** For `ssh -F`. */
  readonly sshConfig: string
  /** For Falkirk's `--inventory`. */
  readonly inventory: string
  /** `https://ADDRESS:2379` of each member; the certificates lie on the control planes. */
  readonly etcdEndpoints: readonly string[]
  /** `ADDRESS:PORT` of HAProxy. */
  readonly endpoint: string
  readonly balancer: Pick<Haproxy, 'takeOut' | 'putBack'>
  readonly repository: AptRepository
  readonly registry: ImageRegistry
  /** Puts packages and images of a further version where the hosts look for them; nothing is installed or pulled. */
  offer(version: string): Promise<void>
  /** Pulls a version's images on all hosts. */
  loadImages(version: string): Promise<void>
  /** Resolves when all nodes are Ready since their last boot. */
  untilReady(): Promise<void>
  /** Ends everything by its id and removes it. Where FALKIRK_LOGS names a folder, the hosts' journals are saved there first. */
  stop(): Promise<void>
}

/** Starts one; everything that was started is ended when a later part fails. */
export async function startKubeadmCluster(options: KubeadmClusterOptions = {}): Promise<KubeadmCluster> {
  const { version = firstVersion, laterVersions = [], controlPlanes = 3, workers = 2 } = options
  const template = await kubeadmTemplate(version)
  for (const one of laterVersions) await Promise.all([kubeadmPackages(one), kubeadmImages(one)])
  const names = [...numbered('cp', controlPlanes), ...numbered('w', workers)]
  return await step(`starting a kubeadm cluster of ${names.join(', ')}`, async () => {
    const hosts = await makeHosts(names, template.base)
    const surroundings = new Surroundings(hosts, controlPlanes)
    try {
      return await bringUp(surroundings, template, { ...options, version, laterVersions })
    } catch (error) {
      await surroundings.stop()
      throw error
    }
  })
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`)
}

type Settled = KubeadmClusterOptions & Required<Pick<KubeadmClusterOptions, 'version' | 'laterVersions'>>

async function bringUp(around: Surroundings, template: KubeadmTemplate, options: Settled): Promise<KubeadmCluster> {
  const { hosts } = around
  const timed = timer(options.timed)
  const services = await around.start()
  const offer = (version: string) => offerVersion(version, services)
  await timed('hosts boot, packages and images are offered', async () => {
    await prepareHosts(hosts, services, template)
    // its images are on the hosts
    const offered = services.repository.publishFiles(await kubeadmPackages(options.version))
    await Promise.all([hosts.boot(), options.laterVersions.reduce((before, one) => before.then(() => offer(one)), offered)])
  })
  const { controlPlanes, workers } = around
  const kubeconfig = join(hosts.run.path, 'admin.conf')
  const { endpoint } = services.balancer
  await formCluster({ version: options.version, endpoint, controlPlanes, workers, kubeconfig, timed })
  const cluster = await handle(around, services, { version: options.version, kubeconfig })
  await timed('nodes are Ready, controllers live', async () => {
    await cluster.untilReady()
    await untilControllersLive(cluster.api)
  })
  return cluster
}

async function handle(around: Surroundings, services: Services, made: { version: string; kubeconfig: string }): Promise<KubeadmCluster> {
  const { hosts, controlPlanes, workers } = around
  const api = around.keep(closable(plainApi(made.kubeconfig)))
  const { tools } = await kubeadmPrograms(made.version)
  return {
    ...made,
    folder: hosts.run.path,
    kubectl: kubectlWith([join(dirname(tools), 'kubectl')], made.kubeconfig),
    api,
    hosts: hosts.hosts,
    controlPlanes,
    workers,
    host: hosts.host,
    sshConfig: hosts.sshConfig,
    inventory: writeInventory(hosts),
    etcdEndpoints: controlPlanes.map(({ address }) => `https://${address}:2379`),
    endpoint: services.balancer.endpoint,
    balancer: services.balancer,
    repository: services.repository,
    registry: services.registry,
    offer: (version) => offerVersion(version, services),
    async loadImages(version) {
      await Promise.all(hosts.hosts.map((host) => pullImages(host, version, workers.includes(host) ? workerImages : '.')))
    },
    async untilReady() {
      const booted = hosts.hosts.map(async ({ name, bootId }) => ({ name, bootId: await bootId() }))
      await untilNodesReady(api, await Promise.all(booted))
    },
    stop: () => around.stop(),
  }
}

function timer(told: KubeadmClusterOptions['timed'] = () => {}): Timed {
  return async (part, work) => {
    const begin = performance.now()
    const result = await work()
    told(part, performance.now() - begin)
    return result
  }
}

function closable<T extends { close(): Promise<void> }>(one: T): T & Stoppable {
  return { ...one, stop: () => one.close() }
}

async function prepareHosts(hosts: RigHosts, { registry, repository }: Services, template: KubeadmTemplate): Promise<void> {
  const nodes: PodNetworkNode[] = hosts.hosts.map(({ name, address }, index) => ({ name, address, index }))
  for (const node of nodes) {
    const others = nodes.filter((other) => other !== node)
    const folder = hosts.folderOf(node.name)
    prepareKubeadmHost(folder, { node, others, registryUrl: registry.url, aptSource: repository.source })
    await template.giveImages(folder)
  }
}

async function offerVersion(version: string, { registry, repository }: Services): Promise<void> {
  for (const image of await kubeadmImages(version)) await registry.push(image)
  await repository.publishFiles(await kubeadmPackages(version))
}

function writeInventory(hosts: RigHosts): string {
  const file = join(hosts.run.path, 'inventory.yaml')
  const entries = hosts.hosts.map(({ name }) => [name, { address: name }])
  writeFileSync(file, stringify({ hosts: Object.fromEntries(entries), sshConfig: hosts.sshConfig }))
  return file
}
