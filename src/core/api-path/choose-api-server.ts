import { z } from 'zod'
import { type ApiMember, isLoopback, memberServer, plainAddress, readPlace } from './api-way.ts'

/** An address of the API, and the address of the one API server that it leads to. */
export interface ApiPlace {
  /** `https://10.0.0.1:6443` */
  readonly server: string
  readonly address: string
}

/** How the address of a kubeconfig is seen from where it is used. */
export interface GivenServer {
  /** `https://api.example:6443` */
  readonly server: string
  /** What its host stands for here; itself where it is an address. */
  readonly resolved: readonly string[]
  /** Addresses of the machine that asks. */
  readonly own: readonly string[]
}

const Endpoints = z.object({
  subsets: z
    .array(
      z.object({
        addresses: z.array(z.object({ ip: z.string().regex(/^[\da-f.:]{2,45}$/i) })).catch([]),
        ports: z.array(z.object({ name: z.string().optional(), port: z.int().min(1).max(65_535) })).catch([]),
      }),
    )
    .catch([]),
})

/** The API servers of a cluster as they enter themselves: Endpoints `kubernetes` in namespace `default`, as the API gives it. None of what is not that. */
export function enteredMembers(endpoints: unknown): readonly ApiMember[] {
  const parsed = Endpoints.safeParse(endpoints)
  const subsets = parsed.success ? parsed.data.subsets : []
  return subsets.flatMap(({ addresses, ports }) => {
    const port = (ports.find(({ name }) => name === 'https') ?? ports[0])?.port
    return port === undefined ? [] : addresses.map(({ ip }) => ({ name: ip, address: ip, port }))
  })
}

/**
 * Where the API can be asked instead of at one of its servers: the address that is given first. Empty where it leads to all of them, as a balancer's does, where
 * nobody knows to which, or where there is no other.
 */
export function apiPlaces(given: GivenServer, members: readonly ApiMember[]): readonly ApiPlace[] {
  const member = memberOf(given, members)
  const others = members.filter((one) => one !== member)
  if (member === undefined || others.length === 0) return []
  return [
    { server: given.server, address: member.address },
    ...others.map((other) => ({ server: memberServer(other), address: other.address })),
  ]
}

/**
 * The same where another API server has answered at the address that is given: its host passes connections on while its own is replaced, and
 * may not be entered meanwhile.
 */
export function placesOfPassedOn({ server }: Pick<GivenServer, 'server'>, members: readonly ApiMember[]): readonly ApiPlace[] {
  const address = readPlace(server)?.host
  const others = members.filter((member) => plainAddress(member.address) !== address)
  if (address === undefined || others.length === 0) return []
  return [{ server, address }, ...others.map((other) => ({ server: memberServer(other), address: other.address }))]
}

function memberOf({ server, resolved, own }: GivenServer, members: readonly ApiMember[]): ApiMember | undefined {
  const place = readPlace(server)
  // something with a path of its own stands before the API servers
  if (place === undefined || resolved.length === 0 || !/^https?:\/\/[^/?#]+\/?$/.test(server)) return undefined
  const leadsTo = resolved.every(isLoopback) ? own : resolved
  const all = new Set(leadsTo.map(plainAddress))
  const isMeant = resolved.every(isLoopback) || all.size === 1
  return isMeant ? members.find(({ address, port }) => port === place.port && all.has(plainAddress(address))) : undefined
}

export interface ApiChoice {
  readonly places: readonly ApiPlace[]
  /** The server that is asked now. */
  readonly now: string
  /** Addresses of nodes whose API server is being replaced, or is next. */
  readonly atWork: readonly string[]
  /** Servers that could not be reached when they were asked last. */
  readonly silent: ReadonlySet<string>
}

/** Which API server is asked from now on: the same as long as it answers and is not worked on. */
export function chooseApiServer({ places, now, atWork, silent }: ApiChoice): string {
  const busy = new Set(atWork.map(plainAddress))
  const isFree = ({ address }: ApiPlace) => !busy.has(plainAddress(address))
  const speaks = ({ server }: ApiPlace) => !silent.has(server)
  const ranked = [...places.filter(({ server }) => server === now), ...places]
  const chosen = ranked.find((place) => isFree(place) && speaks(place)) ?? ranked.find(speaks) ?? ranked.find(isFree)
  return chosen?.server ?? now
}

/** Who counts as silent when a server could not be reached; when none can, only that one, so that each is tried in turn. */
export function silentServers(before: ReadonlySet<string>, server: string, places: readonly ApiPlace[]): ReadonlySet<string> {
  const silent = new Set([...before, server])
  return places.every((place) => silent.has(place.server)) ? new Set([server]) : silent
}
