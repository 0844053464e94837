import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import {
  type ApiPlace,
  apiPlaces,
  chooseApiServer,
  enteredMembers,
  placesOfPassedOn,
  silentServers,
} from '../core/api-path/choose-api-server.ts'
import { FalkirkError } from '../core/falkirk-error.ts'
import type { ClusterAccess } from './cluster-access.ts'
import { createTransport, type TransportOptions } from './https-transport.ts'
import type { ApiRequest, ApiStream, ApiTransport } from './transport.ts'
import { TimedOut, withoutPassword } from './unreachable.ts'

/** A transport that can leave one API server for another. */
export interface MemberTransport extends ApiTransport {
  /** Asks nothing of the API servers at these addresses of nodes from now on, as long as there are others: they are replaced one by one. Watches begin anew elsewhere. */
  keepFrom(addresses: readonly string[]): Promise<void>
  close(): Promise<void>
}

export interface MemberTransportOptions extends TransportOptions {
  /** Told when another API server is asked from now on. */
  readonly onMove?: (server: string, why: string) => void
  /** Where else the API can be asked is found out with the first watch, for whoever is not told by `keepFrom`; it needs a right that not everybody has. */
  readonly learnsByWatching?: boolean
  /** Addresses of this machine; those of its interfaces unless told. */
  readonly ownAddresses?: () => readonly string[]
}

type HttpsTransport = ReturnType<typeof createTransport>

const endpoints = { method: 'GET', path: '/api/v1/namespaces/default/endpoints/kubernetes' } as const
/** Every API server has this name in its certificate, and nobody else: pods know it by that. */
const nameOfAll = 'kubernetes.default.svc'

/**
 * As `createTransport`, and where the address of the kubeconfig is that of one API server of several, another is asked while that one is away or worked on.
 * They all are proven by the authority of the kubeconfig; without one, and in a pod, whose Service leads to all of them, the address stays the one that is given.
 */
export function createMemberTransport(access: ClusterAccess, options: MemberTransportOptions = {}): MemberTransport {
  return new OverMembers(access, options)
}

/** Whether another API server than the one that is given can be proven to belong to the same cluster. In a pod there is no need. */
export async function canProveMembers({ tlsVerify, inCluster, credentials }: ClusterAccess): Promise<boolean> {
  if (inCluster === true || tlsVerify === 'Skip') return false
  const { ca } = await credentials()
  return ca !== undefined
}

class OverMembers implements MemberTransport {
  readonly #access: ClusterAccess
  readonly #options: MemberTransportOptions
  readonly #transports = new Map<string, HttpsTransport>()
  readonly #streams = new Map<ApiStream, string>()
  #learned: Promise<void> | undefined
  #places: readonly ApiPlace[] = []
  #now: string
  #atWork: readonly string[] = []
  #silent: ReadonlySet<string> = new Set()

  constructor(access: ClusterAccess, options: MemberTransportOptions) {
    this.#access = access
    this.#options = options
    this.#now = access.server
  }

  json<T>(request: ApiRequest): Promise<T> {
    return this.#ask(request, (transport) => transport.json<T>(request))
  }

  async stream(request: ApiRequest): Promise<ApiStream> {
    const { stream, server } = await this.#ask(request, async (transport, server) => ({
      stream: await transport.stream(request),
      server,
    }))
    // whoever watches will be there while servers are replaced; a single question is not worth another
    if (this.#options.learnsByWatching === true) void this.#learn()
    return this.#followed(stream, server)
  }

  async keepFrom(addresses: readonly string[]): Promise<void> {
    this.#atWork = addresses
    if (addresses.length > 0) {
      // the next begins when all others serve: who was away is back
      this.#silent = new Set()
      // there may be other members by now
      await this.#learned
      this.#learned = undefined
      await this.#learn()
    }
    this.#move('it is replaced')
  }

  async close(): Promise<void> {
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()))
  }

  async #ask<T>(request: ApiRequest, send: (transport: HttpsTransport, server: string) => Promise<T>): Promise<T> {
    const server = this.#now
    try {
      return await send(this.#at(server), server)
    } catch (error) {
      if (!isSilence(error)) throw error
      if (server === this.#access.server && isAnother(error)) await this.#findPassedOn()
      this.#fellSilent(server)
      const next = this.#now
      // what changes something may have arrived: whoever wants it asks again
      if (next === server || request.method !== 'GET') throw error
      return await send(this.#at(next), next)
    }
  }

  #at(server: string): HttpsTransport {
    const known = this.#transports.get(server)
    if (known !== undefined) return known
    const transport = createTransport(server === this.#access.server ? this.#access : { ...this.#access, server }, this.#options)
    this.#transports.set(server, transport)
    return transport
  }

  #fellSilent(server: string): void {
    // somebody has moved on meanwhile
    if (server !== this.#now) return
    this.#silent = silentServers(this.#silent, server, this.#places)
    this.#move('it cannot be reached')
  }

  #move(why: string): void {
    const before = this.#now
    const next = chooseApiServer({ places: this.#places, now: before, atWork: this.#atWork, silent: this.#silent })
    if (next === before) return
    this.#now = next
    this.#options.onMove?.(withoutPassword(next), `${withoutPassword(before)} is left: ${why}`)
    for (const [stream, server] of this.#streams) if (server !== next) stream.close()
  }

  #learn(): Promise<void> {
    this.#learned ??= this.#findPlaces().catch(() => {
      // who may not read them stays where he is; whoever works on a server asks again
    })
    return this.#learned
  }

  async #findPlaces(): Promise<void> {
    if (!(await canProveMembers(this.#access))) return
    const { server } = this.#access
    const members = enteredMembers(await this.json(endpoints))
    const resolved = await addressesOf(new URL(server).hostname)
    const places = apiPlaces({ server, resolved, own: (this.#options.ownAddresses ?? interfaceAddresses)() }, members)
    // one that is just being replaced may not be entered: what was known of it still holds
    if (places.length > 0) this.#places = places
  }

  /** A host passes connections on to another API server while its own is replaced. Which one answers does not matter, if it is one of the cluster. */
  async #findPassedOn(): Promise<void> {
    if (this.#places.length > 0 || this.#access.tlsServerName !== undefined || !(await canProveMembers(this.#access))) return
    const another = createTransport({ ...this.#access, tlsServerName: nameOfAll }, this.#options)
    try {
      this.#places = placesOfPassedOn(this.#access, enteredMembers(await another.json(endpoints)))
    } catch {
      // what has answered is no API server of the cluster, or may not be asked: the first error says what is wrong
    } finally {
      await another.close()
    }
  }

  #followed(stream: ApiStream, server: string): ApiStream {
    const streams = this.#streams
    const followed: ApiStream = {
      close: () => {
        streams.delete(followed)
        stream.close()
      },
      async *[Symbol.asyncIterator]() {
        try {
          yield* stream
        } finally {
          streams.delete(followed)
        }
      },
    }
    streams.set(followed, server)
    // who was left while the answer came is left here too
    if (server !== this.#now) followed.close()
    return followed
  }
}

/** Nobody was there to answer. One that is slow is still there. */
function isSilence(error: unknown): boolean {
  return error instanceof FalkirkError && error.code === 'FK_API_UNREACHABLE' && !(error.cause instanceof TimedOut)
}

/** Somebody has answered whose certificate is for other addresses. */
function isAnother(error: unknown): boolean {
  const cause = error instanceof FalkirkError ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'ERR_TLS_CERT_ALTNAME_INVALID'
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const found = await lookup(host.replaceAll(/^\[|\]$/g, ''), { all: true }).catch(() => [])
  return found.map(({ address }) => address)
}

function interfaceAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address))
}
