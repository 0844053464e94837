import type { HostFacts } from '../host/host-facts.ts'
import { flagsOf } from '../host/kubelet-settings.ts'
import type { NodeOverview } from '../host/node-overview.ts'
import { type ApiMember, isLoopback, readPlace } from './api-way.ts'

/** A node as the API tells of it. */
export interface ApiNode {
  readonly name: string
  /** Its InternalIP; empty when it has none. */
  readonly address: string
  readonly controlPlane: boolean
}

/** Of kubeadm; `master` until v1.24. */
export function apiNode({ name, address, roles }: Pick<NodeOverview, 'name' | 'address' | 'roles'>): ApiNode {
  return { name, address, controlPlane: roles.includes('control-plane') || roles.includes('master') }
}

const defaultPort = 6443

/** The API servers of a cluster: at the address that the host itself has told (`ADDRESS:PORT`), else at that of the node. In the order of the nodes. */
export function apiMembers(nodes: readonly ApiNode[], told: ReadonlyMap<string, string>): readonly ApiMember[] {
  return nodes.flatMap(({ name, address, controlPlane }) => {
    if (!controlPlane) return []
    const place = readPlace(told.get(name) ?? '')
    // without --advertise-address it says no more than the port
    if (place !== undefined && address !== '' && isLoopback(place.host)) return [{ name, address, port: place.port }]
    if (place !== undefined) return [{ name, address: place.host, port: place.port }]
    return address === '' ? [] : [{ name, address, port: defaultPort }]
  })
}

/** `ADDRESS:PORT` of the API server that a manifest of the host starts, by its flags; undefined where there is none. */
export function ownPlace({ staticPods }: HostFacts): string | undefined {
  const manifest = staticPods.find(({ path }) => path.includes('/kube-apiserver.'))
  if (manifest === undefined) return undefined
  const flags = flagsOf(manifest.arguments)
  const address = flags.get('advertise-address')
  if (address === undefined) return undefined
  return `${address.includes(':') ? `[${address}]` : address}:${flags.get('secure-port') ?? defaultPort}`
}

/** Hosts that are asked who answers: enough to tell a balancer that goes by the client from one that leaves a member out. */
const mostAsked = 10

/** Whom to ask how the API is reached: each control plane, and some of the others. */
export function hostsToAsk<T extends Pick<ApiNode, 'controlPlane'>>(nodes: readonly T[]): readonly T[] {
  const first = nodes.filter(({ controlPlane }) => controlPlane)
  const others = nodes.filter(({ controlPlane }) => !controlPlane)
  return [...first, ...others.slice(0, Math.max(mostAsked - first.length, 1))]
}
