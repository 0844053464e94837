import type { ApiFacts } from '../host/api-facts.ts'

/** The API server of a control plane, at the address by which it enters itself in the cluster. */
export interface ApiMember {
  readonly name: string
  /** `10.0.0.1`, `fd00::1`. */
  readonly address: string
  readonly port: number
}

/** A host, and what it says of its way to the API. */
export interface ApiHost {
  readonly name: string
  readonly api: ApiFacts
}

/** All that an address is judged by. */
export interface ApiSurroundings {
  readonly members: readonly ApiMember[]
  /** Those that were looked at: one of them may have a virtual address. */
  readonly hosts: readonly ApiHost[]
}

/** Where the address of a kubeconfig leads, as seen from its host. */
export type ApiWay =
  /** To the API server of this host. */
  | { readonly kind: 'Own' }
  /** To that of another control plane, and to no other. */
  | { readonly kind: 'Member'; readonly member: string }
  /** To a balancer of this host's own. */
  | { readonly kind: 'Local' }
  /** To a balancer, or to a virtual address, which `heldBy` has now. `key`: the same for the same place, by whatever name. */
  | { readonly kind: 'Shared'; readonly key: string; readonly heldBy?: string }
  | { readonly kind: 'Unknown' }

/** Judges where an address leads. A name stands for what the host itself takes it for. */
export function apiWay(server: string, host: ApiHost, { members, hosts }: ApiSurroundings): ApiWay {
  const place = readPlace(server)
  if (place === undefined) return { kind: 'Unknown' }
  const { port } = place
  const addresses = host.api.names.find(({ name }) => name === place.host)?.addresses ?? [place.host]
  const known = addresses.length === 0 ? [place.host] : addresses.map(plainAddress)
  const isAt = (member: ApiMember) => member.port === port && known.every((address) => address === plainAddress(member.address))
  const own = members.find(({ name }) => name === host.name)
  if (known.every(isLoopback)) return own?.port === port ? { kind: 'Own' } : { kind: 'Local' }
  if (own !== undefined && isAt(own)) return { kind: 'Own' }
  const member = members.find(isAt)
  if (member !== undefined) return { kind: 'Member', member: member.name }
  const holder = hosts.find(({ api }) => known.every((address) => api.addresses.map(plainAddress).includes(address)))
  return { kind: 'Shared', key: `${known.toSorted().join()} ${port}`, ...(holder === undefined ? {} : { heldBy: holder.name }) }
}

/** The host and port of `https://HOST:PORT/…`; undefined where it is none. */
export function readPlace(server: string): { readonly host: string; readonly port: number } | undefined {
  const [, host, port = '443'] = /^(?:https?:\/\/)?(\[[^\]]+\]|[^/:?#\s]+)(?::(\d{1,5}))?(?:[/?#].*)?$/.exec(server) ?? []
  return host === undefined ? undefined : { host: plainAddress(host), port: Number(port) }
}

/** Without brackets, and in one spelling. */
export function plainAddress(address: string): string {
  return address.replaceAll(/^\[|\]$/g, '').toLowerCase()
}

/** Whether it leads to nobody but the host itself. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address)
}

/** `https://10.0.0.1:6443` */
export function memberServer({ address, port }: ApiMember): string {
  return `https://${address.includes(':') ? `[${address}]` : address}:${port}`
}
