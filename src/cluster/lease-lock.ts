import { isAlreadyExists, isConflict, isNotFound } from './api-error.ts'
import type { Clock } from './clock.ts'
import { claimedSpec, type Lease, type LeaseSpec, releasedSpec } from './lease-record.ts'
import { leases, resourcePath } from './resource.ts'
import type { ApiRequest, ApiTransport } from './transport.ts'

export interface LeaseLockOptions {
  readonly transport: ApiTransport
  readonly namespace: string
  readonly name: string
  readonly identity: string
  readonly leaseDurationMs: number
  /** Of one request. */
  readonly timeoutMs: number
  readonly clock: Clock
}

/** `Held` by this contender now; `Taken` by `holder`. */
export type ClaimResult = { readonly kind: 'Held' } | { readonly kind: 'Taken'; readonly holder: string }

/** `Namesake`: another contender of the same identity renews the lease. */
export type RenewResult = ClaimResult | { readonly kind: 'Namesake' }

/**
 * One Lease as a lock, as seen and written by one contender. Every write is conditional on the version that was read.
 * When a lease of somebody else ends is judged by how long ago *this* process saw it change, never by the times in it:
 * the clocks of two hosts need not agree. Source: leader election of client-go.
 */
export class LeaseLock {
  readonly #options: LeaseLockOptions
  #lease: Lease | undefined
  #isExpired = false
  #cancelExpiry = () => {}
  /** `renewTime` of what stands on the server by this contender's doing, and of writes whose answers were lost. */
  readonly #ownTimes = new Set<string>()
  #hasNamesake = false

  constructor(options: LeaseLockOptions) {
    this.#options = options
  }

  /** Who holds the lease, as last seen; empty when nobody does. */
  get holder(): string {
    return this.#lease?.spec?.holderIdentity ?? ''
  }

  /** Reads the lease and takes it when it is free or has ended. Throws what the transport throws. */
  async acquire(signal: AbortSignal): Promise<ClaimResult> {
    this.#ownTimes.clear()
    await this.#read(signal)
    const { holder } = this
    const isTaken = holder !== '' && holder !== this.#options.identity && !this.#isExpired
    return isTaken ? { kind: 'Taken', holder } : this.#write(signal)
  }

  /** Renews what this contender holds: one request, as long as nobody else has written. Throws what the transport throws. */
  async renew(signal: AbortSignal): Promise<RenewResult> {
    const renewed = await this.#write(signal)
    if (renewed.kind === 'Held') return renewed
    // Written by somebody: by another contender, or only an annotation, or by an own request whose answer was lost.
    await this.#read(signal)
    if (this.#lease !== undefined && this.holder !== this.#options.identity) return { kind: 'Taken', holder: this.holder }
    const renewTime = this.#lease?.spec?.renewTime
    this.#hasNamesake = renewTime !== undefined && !this.#ownTimes.has(renewTime)
    if (this.#hasNamesake) return { kind: 'Namesake' }
    return this.#write(signal)
  }

  /** Lets go, so that the next contender need not wait. Throws what the transport throws. */
  async release(): Promise<void> {
    if (this.#lease === undefined || this.holder !== this.#options.identity || this.#hasNamesake) return
    await this.#put(releasedSpec(this.#lease.spec, this.#options.clock.now()))
  }

  /** Forgets the timer of the last observation. */
  close(): void {
    this.#cancelExpiry()
  }

  async #read(signal: AbortSignal): Promise<void> {
    try {
      this.#observe(await this.#options.transport.json<Lease>(this.#request('GET', signal)))
    } catch (error) {
      if (!isNotFound(error)) throw error
      this.#lease = undefined
    }
  }

  async #write(signal: AbortSignal): Promise<ClaimResult> {
    const { clock, identity, leaseDurationMs } = this.#options
    const spec = claimedSpec(this.#lease?.spec, { identity, leaseDurationMs, nowMs: clock.now() })
    this.#ownTimes.add(spec.renewTime)
    try {
      if (this.#lease === undefined) await this.#create(spec, signal)
      else await this.#put(spec, signal)
      this.#forgetTimesBut(spec.renewTime)
      return { kind: 'Held' }
    } catch (error) {
      const isGone = isNotFound(error) && this.#lease !== undefined
      if (isGone || isConflict(error) || isAlreadyExists(error)) return { kind: 'Taken', holder: '' }
      throw error
    }
  }

  #forgetTimesBut(renewTime: string): void {
    this.#ownTimes.clear()
    this.#ownTimes.add(renewTime)
  }

  async #create(spec: LeaseSpec, signal: AbortSignal): Promise<void> {
    const { transport, name, namespace } = this.#options
    const lease: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace }, spec }
    const request = this.#request('POST', signal)
    this.#observe(await transport.json<Lease>({ ...request, path: resourcePath(leases, { namespace }), body: lease }))
  }

  async #put(spec: LeaseSpec, signal?: AbortSignal): Promise<void> {
    this.#observe(await this.#options.transport.json<Lease>({ ...this.#request('PUT', signal), body: { ...this.#lease, spec } }))
  }

  #request(method: ApiRequest['method'], signal?: AbortSignal): ApiRequest {
    const { namespace, name, timeoutMs } = this.#options
    return {
      method,
      path: resourcePath(leases, { namespace, name }),
      timeoutMs,
      whenBusy: 'Fail',
      ...(signal === undefined ? {} : { signal }),
    }
  }

  /** Any change of the spec is a sign of life of its holder. */
  #observe(lease: Lease): void {
    const isChanged = JSON.stringify(lease.spec) !== JSON.stringify(this.#lease?.spec)
    this.#lease = lease
    if (!isChanged) return
    const { clock, leaseDurationMs } = this.#options
    const seconds = lease.spec?.leaseDurationSeconds
    this.#cancelExpiry()
    this.#isExpired = false
    // A timer rather than two readings of the clock: it does not jump when somebody sets the host's time.
    this.#cancelExpiry = clock.after(seconds === undefined ? leaseDurationMs : seconds * 1000, () => {
      this.#isExpired = true
    })
  }
}
