import { type ApiHost, type ApiMember, type ApiSurroundings, apiWay } from './api-way.ts'
import type { ApiAnswer } from './proof-script.ts'

/** A host that was asked how it reaches the API, or why it was not heard. */
export type AskedHost = { readonly name: string } & (
  | { readonly kind: 'Answered'; readonly answer: ApiAnswer }
  /** One sentence without the name of the host. */
  | { readonly kind: 'Silent'; readonly message: string }
)

/** Who has answered at one address, by all hosts that have asked it. */
export interface ApiSight {
  /** `https://10.0.0.100:6443`, as the first of them has it. */
  readonly server: string
  /** The host that the address belongs to now, where one of those that were asked has it. */
  readonly heldBy?: string
  /** Who has asked, in the order in which they were asked. */
  readonly from: readonly string[]
  /** Connections to each control plane; those that came to none of them, and those that were not taken. */
  readonly answered: ReadonlyMap<string, number>
  readonly strangers: number
  readonly failed: number
  /** One host has come to several control planes: the balancer does not go by the client. */
  readonly balances: boolean
}

/** The certificate that each control plane shows, by its name. */
export function certificatesOf(hosts: readonly AskedHost[]): ReadonlyMap<string, string> {
  return new Map(
    hosts.flatMap((host) => {
      const certificate = host.kind === 'Answered' ? host.answer.own?.certificate : undefined
      return certificate === undefined ? [] : [[host.name, certificate] as const]
    }),
  )
}

/** Puts together what hosts have seen of the same address. A balancer on each host is another one each time. */
export function apiSights(hosts: readonly AskedHost[], members: readonly ApiMember[]): readonly ApiSight[] {
  const answered = hosts.flatMap((host) => (host.kind === 'Answered' ? [{ name: host.name, ...host.answer }] : []))
  const around = { members, hosts: answered }
  const names = namesByCertificate(certificatesOf(hosts))
  const sights = new Map<string, ApiSight>()
  for (const host of answered) {
    for (const asked of host.asked) {
      const place = placeOf(asked.server, host, around)
      if (place === undefined) continue
      sights.set(place.key, together(sights.get(place.key), { ...asked, ...place, from: host.name, names }))
    }
  }
  return [...sights.values()]
}

function placeOf(server: string, host: ApiHost, around: ApiSurroundings): { readonly key: string; readonly heldBy?: string } | undefined {
  const way = apiWay(server, host, around)
  if (way.kind === 'Local') return { key: `${host.name} ${server}` }
  return way.kind === 'Shared' ? way : undefined
}

/** Control planes may have been given one certificate for all. */
function namesByCertificate(certificates: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>()
  for (const [name, certificate] of certificates) names.set(certificate, [...(names.get(certificate) ?? []), name])
  return names
}

type Seen = ApiAnswer['asked'][number] & {
  readonly heldBy?: string
  readonly from: string
  readonly names: ReadonlyMap<string, readonly string[]>
}

function together(before: ApiSight | undefined, { server, failed, seen, from, names, heldBy }: Seen): ApiSight {
  const counts = new Map(before?.answered)
  let strangers = before?.strangers ?? 0
  for (const { certificate, count } of seen) {
    const of = names.get(certificate)
    if (of === undefined) strangers += count
    for (const name of of ?? []) counts.set(name, (counts.get(name) ?? 0) + count)
  }
  const known = seen.filter(({ certificate }) => names.has(certificate))
  return {
    server: before?.server ?? server,
    ...(heldBy === undefined ? {} : { heldBy }),
    from: [...(before?.from ?? []), from],
    answered: counts,
    strangers,
    failed: (before?.failed ?? 0) + failed,
    balances: before?.balances === true || known.length > 1,
  }
}
