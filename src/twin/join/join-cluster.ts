import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { type ApiClient, createApiClient } from '../../cluster/api-client.ts'
import type { Clock } from '../../cluster/clock.ts'
import type { ClusterAccess } from '../../cluster/cluster-access.ts'
import { createTransport } from '../../cluster/https-transport.ts'
import type { Log } from '../../cluster/log.ts'
import { discoverServer } from '../../cluster/server-capabilities.ts'
import type { KubeletFleet } from '../kubelet/kubelet-fleet.ts'
import type { Machine } from '../machine/machine.ts'
import { newMachine } from '../machine/new-machine.ts'
import { joinedKubelets } from './joined-kubelets.ts'
import { type JoinedVersion, joinedVersion, type VersionWish } from './joined-version.ts'
import { requireJoiningRights } from './joining-rights.ts'
import { type Left, leaveCluster } from './leave-cluster.ts'
import { registerNodes } from './register-nodes.ts'

export interface JoinOptions extends VersionWish {
  readonly access: ClusterAccess
  /** Real time: the cluster reckons with it. */
  readonly clock: Clock
  /** Numbers in [0, 1); the same numbers make the same machines. */
  readonly random: () => number
  /** How many nodes. */
  readonly count: number
  /** How many times as fast as usual pods start, work and stop; 1 unless told. */
  readonly speed?: number
  readonly log: Log
}

/** Nodes of somebody else's cluster whose kubelets are of this process. */
export interface JoinedNodes extends JoinedVersion {
  readonly names: readonly string[]
  readonly server: { readonly url: string; readonly version: string }
  /** Whether `kubectl logs` finds what their containers print: the API server has to be on this machine. */
  readonly logs: 'Served' | 'OutOfReach'
  readonly fleet: KubeletFleet
  /** Stops the kubelets and deletes their Nodes, and the pods on them. Throws `FalkirkError` when some could not be deleted. To be called once. */
  leave(): Promise<Left>
}

/** Nodes that have joined have it, and the run that they belong to as its value. */
export const joinedLabel = 'twin.falkirk.dev/joined'

/**
 * Registers nodes at an API server and runs what is bound to them, until they leave. Nodes that are there are never touched.
 * Throws `FalkirkError` when the server cannot be reached, refuses the user, or is older than the kubelets are to be.
 */
export async function joinCluster(options: JoinOptions): Promise<JoinedNodes> {
  const { access, clock } = options
  const transport = createTransport(access)
  try {
    const capabilities = await discoverServer(transport)
    const kubelets = joinedVersion(options, capabilities.gitVersion)
    await requireJoiningRights(transport, access.source)
    return await join(options, kubelets, { ...createApiClient(transport, capabilities, { clock }), close: () => transport.close() })
  } catch (error) {
    await transport.close()
    throw error
  }
}

async function join(options: JoinOptions, kubelets: JoinedVersion, client: ApiClient & { close(): Promise<void> }): Promise<JoinedNodes> {
  const { access, random, count } = options
  const run = randomUUID()
  const ours = new Set<string>()
  const isNear = isLoopback(new URL(access.server).hostname)
  const { fleet, logPort, close } = await joinedKubelets({ ...options, client, isOurs: (node) => ours.has(node), isNear })
  const bootIds = Array.from({ length: count }, () => Math.floor(random() * 2 ** 32).toString(16))
  const machineOf = (name: string, number: number): Machine =>
    newMachine({
      ...kubelets,
      name,
      bootId: `${name}-${bootIds[number]}`,
      address: isNear ? '127.0.0.1' : farAddress(number),
      labels: { [joinedLabel]: run },
      ...(logPort === undefined ? {} : { kubeletPort: logPort }),
    })
  const clear = async () => {
    await close()
    return await leaveCluster(client, `${joinedLabel}=${run}`)
  }
  try {
    fleet.startHeartbeats()
    await registerNodes({ fleet, client, ours, count }, machineOf)
    await fleet.start()
  } catch (error) {
    await clear().catch(() => undefined)
    throw error
  }
  const server = { url: access.server, version: client.capabilities.gitVersion }
  const leave = async () => {
    try {
      return await clear()
    } finally {
      await client.close()
    }
  }
  const names = [...ours].sort((one, other) => one.length - other.length || (one < other ? -1 : 1))
  return { ...kubelets, names, server, logs: logPort === undefined ? 'OutOfReach' : 'Served', fleet, leave }
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** For nodes that nobody reaches. Source: RFC 2544, addresses for benchmarks. */
function farAddress(number: number): string {
  return `198.${18 + ((number >> 16) & 1)}.${(number >> 8) & 255}.${number & 255}`
}
