import { join } from 'node:path'
import { step } from '../../scripts/progress.mjs'
import { type ApiBalancer, startApiBalancer } from './api-balancer.ts'
import { type AuditedRequest, auditPolicy, readAuditLog } from './audit-log.ts'
import { rigBinaries, rigVersions } from './binaries.ts'
import { featureGates } from './control-plane-commands.ts'
import { type ControlPlaneUser, type UserFiles, writeUsers } from './control-plane-users.ts'
import { hostBase } from './host-base.ts'
import { type ImageRegistry, startImageRegistry } from './image-registry.ts'
import { type ImageArchive, rigImages } from './images/rig-images.ts'
import { auditLogPath, type K3sLayout, type K3sNode } from './k3s-config.ts'
import { componentUsers, prepareK3sHost } from './k3s-hosts.ts'
import { makeK3sKeys } from './k3s-keys.ts'
import { labelServers, untilDefaultAccount, untilNodeRuns, untilNodesReady } from './k3s-nodes.ts'
import { type Kubectl, kubectlWith } from './kubectl.ts'
import { type PlainApi, plainApi } from './plain-api.ts'
import type { RigHost } from './rig-host.ts'
import { makeHosts, type RigHosts } from './rig-hosts.ts'
import { saveJournals } from './save-journals.ts'

export interface K3sClusterOptions {
  /** One unless told; several are one etcd, behind an address that agents and tests use (`api-balancer.ts`). */
  readonly servers?: 1 | 3
  /** Two unless told. */
  readonly agents?: number
  /** What the nodes run at the start, one of `rigVersions` unless told: the lowest. */
  readonly version?: string
  /** Versions for which the registry has an upgrade image; `rigVersions` unless told. Each further one costs half a minute once. */
  readonly upgradeVersions?: readonly string[]
  /** Names of the hosts, servers first, at most 63 characters (a kubelet puts its name into a label); `server-1`, `agent-1`, `agent-2` … unless told. */
  readonly names?: readonly string[]
  /** Users beside the standard ones (`admin`, `sut`, `observer`); they have a token and no rights until RBAC grants them some. */
  readonly users?: readonly ControlPlaneUser[]
  /** Users whose requests are recorded; service accounts by their full name. */
  readonly auditedUsers?: readonly string[]
  readonly gates?: Readonly<Record<string, boolean>>
  /** Ends the start: what was started goes, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** A real cluster on whole hosts. */
export interface RigCluster {
  readonly version: string
  readonly server: string
  /** Folder of all that the run has written; it goes with `down()`. */
  readonly folder: string
  /** Path of the kubeconfig of `admin`. */
  readonly kubeconfig: string
  kubeconfigFor(user: string): string
  readonly kubectl: Kubectl
  /** The tests' own client, as `admin`. */
  readonly api: PlainApi
  /** Servers first. */
  readonly hosts: readonly RigHost[]
  readonly servers: readonly RigHost[]
  host(name: string): RigHost
  readonly registry: ImageRegistry
  /** Address on which a server in the test's own process is reached by hosts and pods. */
  readonly gateway: string
  /** For `ssh -F`. */
  readonly sshConfig: string
  /** Resolves when all nodes, or those named, are Ready since their last boot; their hosts must be up. */
  untilReady(names?: readonly string[]): Promise<void>
  /** Resolves when the node is Ready and reports this version. */
  untilNodeRuns(name: string, version: string): Promise<void>
  /** What an audited user has asked for since the start, oldest first. */
  requests(user: string): AuditedRequest[]
  /** Ends everything by its id and removes it. Where FALKIRK_LOGS names a folder, the hosts' journals are saved there first. */
  down(): Promise<void>
}

/** Starts a cluster of servers and agents; everything that was started is ended when a later part fails. */
export async function startK3sCluster(options: K3sClusterOptions = {}): Promise<RigCluster> {
  const { version = rigVersions[0] } = options
  const names = hostNames(options)
  const versions = [...new Set([version, ...(options.upgradeVersions ?? rigVersions)])]
  const { k3s, kubectl } = await rigBinaries(versions)
  options.signal?.throwIfAborted()
  const images = await rigImages(versions)
  await hostBase()
  return step(`starting a cluster of ${names.join(', ')}`, async () => {
    options.signal?.throwIfAborted()
    const hosts = await makeHosts(names)
    try {
      return await unlessAborted(bringUp(hosts, { options, version, images, kubectl, binary: k3s[version] ?? '' }), options.signal)
    } catch (error) {
      await saveJournals(hosts)
      await hosts.down()
      throw error
    }
  })
}

interface Means {
  readonly options: K3sClusterOptions
  readonly version: string
  readonly images: readonly ImageArchive[]
  readonly kubectl: string
  readonly binary: string
}

async function bringUp(hosts: RigHosts, { options, version, images, kubectl, binary }: Means): Promise<RigCluster> {
  const registry = await startImageRegistry(join(hosts.run.path, 'registry'), hosts.network.gateway)
  const { servers = 1 } = options
  const addresses = hosts.hosts.slice(0, servers).map(({ address }) => address)
  const balancer = servers > 1 ? await startApiBalancer(hosts.network.gateway, addresses) : undefined
  try {
    const users = await prepare(hosts, registry, { ...options, servers, version, binary, balancer })
    const filled = (async () => {
      for (const image of images) await registry.push(image)
    })()
    await Promise.all([hosts.boot(), filled])
    return await settled(handle({ hosts, servers, balancer, registry, users, version, kubectl }))
  } catch (error) {
    await balancer?.stop()
    throw error
  }
}

async function settled(cluster: RigCluster): Promise<RigCluster> {
  await cluster.untilReady()
  await labelServers(
    cluster.api,
    cluster.servers.map(({ name }) => name),
  )
  await untilDefaultAccount(cluster.api)
  return cluster
}

/** The work goes on after an abort, until it finds that its hosts are gone. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  work.catch(() => {})
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    if (signal.aborted) reject(signal.reason)
  })
  return await Promise.race([work, aborted])
}

function hostNames({ servers = 1, agents = 2, names }: K3sClusterOptions): readonly string[] {
  const numbered = (role: string, count: number) => Array.from({ length: count }, (_, index) => `${role}-${index + 1}`)
  if (names === undefined) return [...numbered('server', servers), ...numbered('agent', agents)]
  if (names.length !== servers + agents) throw new Error(`names must have ${servers} for the servers and ${agents} for the agents`)
  const long = names.find((name) => name.length > 63)
  if (long !== undefined) throw new Error(`the name of a node has at most 63 characters: ${long}`)
  return names
}

interface Preparation extends Omit<K3sClusterOptions, 'servers'> {
  readonly servers: number
  readonly balancer: ApiBalancer | undefined
  readonly version: string
  readonly binary: string
}

async function prepare(hosts: RigHosts, registry: ImageRegistry, options: Preparation): Promise<UserFiles> {
  const nodes: K3sNode[] = hosts.hosts.map(({ name, address }, index) => ({ name, address, index }))
  const servers = nodes.slice(0, options.servers)
  const server = options.balancer?.server ?? `https://${servers[0]?.address}:6443`
  const layout: K3sLayout = {
    servers,
    featureGates: featureGates(options.version, options.gates ?? {}),
    registryUrl: registry.url,
  }
  const keys = await makeK3sKeys({
    addresses: [hosts.network.gateway, ...servers.map(({ address }) => address)],
    names: servers.map(({ name }) => name),
  })
  const components = componentUsers(nodes.map(({ name }) => name))
  const users = writeUsers(hosts.run.path, { server, ca: keys.ca }, [...components, ...(options.users ?? [])])
  const material = { layout, nodes, keys, users, binary: options.binary, auditPolicy: auditPolicy(options.auditedUsers ?? ['sut']) }
  for (const node of nodes) prepareK3sHost(hosts.folderOf(node.name), node, material)
  return users
}

interface Parts {
  readonly hosts: RigHosts
  readonly servers: number
  readonly balancer: ApiBalancer | undefined
  readonly registry: ImageRegistry
  readonly users: UserFiles
  readonly version: string
  readonly kubectl: string
}

function handle({ hosts, servers: count, balancer, registry, users, version, kubectl }: Parts): RigCluster {
  const kubeconfig = users.kubeconfigOf('admin')
  const credentials = users.credentialsOf('admin')
  const api = plainApi(credentials)
  const servers = hosts.hosts.slice(0, count)
  return {
    version,
    server: credentials.server,
    folder: hosts.run.path,
    kubeconfig,
    kubeconfigFor: users.kubeconfigOf,
    kubectl: kubectlWith([kubectl], kubeconfig),
    api,
    hosts: hosts.hosts,
    servers,
    host: hosts.host,
    registry,
    gateway: hosts.network.gateway,
    sshConfig: hosts.sshConfig,
    async untilReady(names = hosts.hosts.map(({ name }) => name)) {
      const booted = names.map(async (name) => ({ name, bootId: await hosts.host(name).bootId() }))
      await untilNodesReady(api, await Promise.all(booted))
    },
    untilNodeRuns: (name, wanted) => untilNodeRuns(api, name, wanted),
    requests: (user) =>
      servers.flatMap((server) => readAuditLog(server.fileOnMachine(auditLogPath))).filter((request) => request.user === user),
    async down() {
      await api.close()
      await saveJournals(hosts)
      await registry.stop()
      await balancer?.stop()
      await hosts.down()
    },
  }
}
