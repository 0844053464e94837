import type { Service } from 'kubernetes-types/core/v1'
import { as, type KubeObject } from '../../../kube-object.ts'
import type { Index } from '../../../store/object-index.ts'
import type { ObjectStore } from '../../../store/object-store.ts'

/** Where Services get addresses and node ports from. */
export interface ServiceAddressPool {
  /** As the API server was told: `10.96.0.0/12`. */
  readonly range: string
  /** `30000-32767`. */
  readonly portRange: string
  /** Why this very address cannot be had; `undefined` when it can. */
  addressProblem(ip: string): string | undefined
  /** One that is free; `undefined` when all are taken. */
  freeAddress(): string | undefined
  portProblem(port: number): string | undefined
  /** One that is free and not among `except`. */
  freePort(except: ReadonlySet<number>): number | undefined
}

const lowestPort = 30_000
const highestPort = 32_767
/** So many given out last are not given out again as long as there are others: their Services may not be stored yet, or never will be. */
const mostRecent = 256

/** What is taken is known from the Services themselves, so nothing has to be given back. Addresses and ports are taken in order, from a random start. */
export class StoreAddressPool implements ServiceAddressPool {
  readonly range: string
  readonly portRange = `${lowestPort}-${highestPort}`
  readonly #taken: Index
  readonly #first: number
  readonly #size: number
  readonly #random: () => number
  readonly #recent = new Set<string>()

  /** `range` is an IPv4 network; its first and last address stay free. `random` gives numbers in [0, 1). */
  constructor(store: ObjectStore, random: () => number, range = '10.96.0.0/12') {
    this.range = range
    this.#random = random
    const [address = '', length = '32'] = range.split('/')
    this.#first = numberOf(address)
    this.#size = 2 ** (32 - Number(length))
    this.#taken = store.index('services', takenBy)
  }

  addressProblem(ip: string): string | undefined {
    const offset = numberOf(ip) - this.#first
    if (!(offset > 0 && offset < this.#size - 1)) return `provided IP is not in the valid range. The range of valid IPs is ${this.range}`
    return this.#taken.count(ip) > 0 ? 'provided IP is already allocated' : undefined
  }

  freeAddress(): string | undefined {
    return this.#give(this.#size - 2, (i) => textOf(this.#first + 1 + i))
  }

  portProblem(port: number): string | undefined {
    if (port < lowestPort || port > highestPort)
      return `provided port is not in the valid range. The range of valid ports is ${this.portRange}`
    return this.#taken.count(`:${port}`) > 0 ? 'provided port is already allocated' : undefined
  }

  freePort(except: ReadonlySet<number>): number | undefined {
    const given = this.#give(highestPort - lowestPort + 1, (i) => (except.has(lowestPort + i) ? undefined : `:${lowestPort + i}`))
    return given === undefined ? undefined : Number(given.slice(1))
  }

  /** One of `count` keys that no Service has; `keyOf` may leave some out. */
  #give(count: number, keyOf: (i: number) => string | undefined): string | undefined {
    const start = Math.floor(this.#random() * count)
    let reused: string | undefined
    for (let i = 0; i < count; i += 1) {
      const key = keyOf((start + i) % count)
      if (key === undefined || this.#taken.count(key) > 0) continue
      if (!this.#recent.has(key)) return this.#remember(key)
      reused ??= key
    }
    return reused
  }

  #remember(key: string): string {
    this.#recent.add(key)
    const [oldest] = this.#recent
    if (this.#recent.size > mostRecent && oldest !== undefined) this.#recent.delete(oldest)
    return key
  }
}

function takenBy(object: KubeObject): readonly string[] {
  const spec = as<Service>(object).spec
  const ports = [...(spec?.ports ?? []).map(({ nodePort }) => nodePort), spec?.healthCheckNodePort]
  return [...new Set([...(spec?.clusterIPs ?? [spec?.clusterIP ?? '']), ...ports.flatMap((port) => (port ? `:${port}` : []))])]
}

function numberOf(ip: string): number {
  const parts = ip.split('.').map(Number)
  return parts.length === 4 ? parts.reduce((sum, part) => sum * 256 + part, 0) : Number.NaN
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}
