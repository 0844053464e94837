import { FalkirkError } from '../core/falkirk-error.ts'
import type { Clock } from './clock.ts'
import { type ElectionTimes, electionTimes } from './election-times.ts'
import { LeaseLock } from './lease-lock.ts'
import type { Log } from './log.ts'
import type { ApiTransport } from './transport.ts'

export interface LeaderElectionOptions extends Partial<ElectionTimes> {
  readonly transport: ApiTransport
  /** Of the Lease. */
  readonly namespace: string
  readonly name: string
  /** Different for each contender; the pod's name. */
  readonly identity: string
  readonly clock: Clock
  /** Between 0 (inclusive) and 1 (exclusive). */
  readonly random: () => number
  readonly log: Log
  /** The leader's work. `signal` aborts on `stop` and when the lease is lost; the lease is kept until the promise settles. */
  readonly onStarted: (signal: AbortSignal) => Promise<void>
  /** The lease was lost (FK_LEASE_LOST): another may lead within moments. The work's signal has been aborted. */
  readonly onLost?: (error: FalkirkError) => void
}

export interface LeaderElection {
  /** Resolves when the contender has left the election (stopped, or lost the lease) and its work has ended; rejects when the work failed. */
  readonly done: Promise<void>
  /** Whether the lease is held for sure: renewed within the deadline, by the clock; a process that was paused may find that it is over. */
  isLeader(): boolean
  /** The holder as last seen; empty when none is known. */
  leader(): string
  /** Ends the work, then releases the lease; resolves when both is done. */
  stop(): Promise<void>
}

/**
 * Stands for election on a Lease until it is stopped; works while it leads. After a lost lease it does not stand again:
 * the process is to start afresh. Compatible with contenders that use client-go.
 * Throws FK_BAD_SETTING when the times contradict each other.
 */
export function runLeaderElection(options: LeaderElectionOptions): LeaderElection {
  return new Contender(options)
}

const howToTellApart = 'give each replica a FALKIRK_LEASE_IDENTITY of its own'

class Contender implements LeaderElection {
  readonly done: Promise<void>
  readonly #options: LeaderElectionOptions
  readonly #times: ElectionTimes
  readonly #lock: LeaseLock
  /** Aborted by `stop`. */
  readonly #stop = new AbortController()
  /** Aborted when the work has to end: after `stop`, or when the lease is lost. */
  readonly #work = new AbortController()
  /** Aborted when nothing is left to renew for. */
  readonly #term = new AbortController()
  #isLeader = false
  #isLost = false
  #lastFault = ''
  #cancelDeadline = () => {}
  /** Epoch ms of the deadline that counts: its timer may fire late, when the process was paused. */
  #heldUntilMs = 0

  constructor(options: LeaderElectionOptions) {
    this.#options = options
    this.#times = electionTimes(options)
    const { transport, namespace, name, identity, clock } = options
    const timeoutMs = Math.max(this.#times.retryPeriodMs, this.#times.renewDeadlineMs / 3)
    this.#lock = new LeaseLock({ transport, namespace, name, identity, clock, timeoutMs, leaseDurationMs: this.#times.leaseDurationMs })
    this.done = this.#run()
    // It is logged; nobody has to wait for it.
    this.done.catch(() => {})
  }

  isLeader(): boolean {
    return this.#isLeader && this.#options.clock.now() < this.#heldUntilMs
  }

  leader(): string {
    return this.#lock.holder
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#work.abort()
    await this.done
  }

  async #run(): Promise<void> {
    try {
      if (await this.#acquire()) await this.#lead()
    } finally {
      this.#isLeader = false
      this.#cancelDeadline()
      this.#lock.close()
    }
  }

  /** True when the lease is held; false when stopped before. */
  async #acquire(): Promise<boolean> {
    const { clock, random, log, identity } = this.#options
    const { signal } = this.#stop
    let seen = ''
    while (!signal.aborted) {
      const deadline = this.#startDeadline()
      try {
        const claim = await this.#lock.acquire(signal)
        if (claim.kind === 'Held' && deadline.keep()) {
          log.info({ identity }, 'became leader')
          return true
        }
        const holder = this.#lock.holder
        if (claim.kind === 'Taken' && holder !== seen) log.info({ leader: holder }, 'another controller leads')
        seen = holder
      } catch (error) {
        this.#warn(error, 'the lease cannot be acquired')
      }
      deadline.drop()
      await clock.sleep(this.#times.retryPeriodMs * (1 + 1.2 * random()), signal)
    }
    return false
  }

  async #lead(): Promise<void> {
    this.#isLeader = true
    let failure: { readonly error: unknown } | undefined
    const work = this.#doWork()
      .catch((error: unknown) => {
        if (!this.#work.signal.aborted) failure = { error }
      })
      .finally(() => this.#term.abort())
    await this.#renewUntilEnd()
    await work
    this.#isLeader = false
    await this.#release()
    if (failure === undefined) return
    this.#options.log.error({ err: failure.error }, 'the work of the leader failed')
    throw failure.error
  }

  /** A work that returns early goes on elsewhere: the lease is kept until the end is asked for. */
  async #doWork(): Promise<void> {
    const { signal } = this.#work
    await this.#options.onStarted(signal)
    if (signal.aborted) return
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  }

  async #renewUntilEnd(): Promise<void> {
    const { signal } = this.#term
    const { renewIntervalMs, retryPeriodMs } = this.#times
    let pauseMs = renewIntervalMs
    for (;;) {
      await this.#options.clock.sleep(pauseMs, signal)
      if (signal.aborted) return
      pauseMs = (await this.#renew(signal)) ? renewIntervalMs : retryPeriodMs
    }
  }

  async #renew(signal: AbortSignal): Promise<boolean> {
    const { identity } = this.#options
    const deadline = this.#startDeadline()
    try {
      const claim = await this.#lock.renew(signal)
      if (claim.kind === 'Held' && deadline.keep()) return true
      if (claim.kind === 'Taken' && claim.holder !== '') this.#lose(`${claim.holder} has taken it`)
      if (claim.kind === 'Namesake') this.#lose(`another controller that calls itself ${identity} holds it: ${howToTellApart}`)
    } catch (error) {
      if (!signal.aborted) this.#warn(error, 'the lease cannot be renewed')
    }
    deadline.drop()
    return false
  }

  /** A deadline that counts from before a request is sent; kept, it takes the place of the last one. False: it is over already. */
  #startDeadline(): { keep(): boolean; drop(): void } {
    const { renewDeadlineMs } = this.#times
    let state: 'Open' | 'Kept' | 'Over' = 'Open'
    const untilMs = this.#options.clock.now() + renewDeadlineMs
    const cancel = this.#options.clock.after(renewDeadlineMs, () => {
      if (state === 'Kept') this.#lose(`it could not be renewed for ${renewDeadlineMs / 1000} s (${this.#lastFault})`)
      state = 'Over'
    })
    const keep = () => {
      if (state === 'Over') return false
      state = 'Kept'
      this.#heldUntilMs = untilMs
      this.#cancelDeadline()
      this.#cancelDeadline = cancel
      this.#lastFault = 'no answer'
      return true
    }
    return { keep, drop: cancel }
  }

  #lose(why: string): void {
    if (this.#isLost || this.#term.signal.aborted) return
    this.#isLost = true
    this.#isLeader = false
    const { namespace, name, log, onLost } = this.#options
    const message = `lost the lease ${namespace}/${name}: ${why}; this controller stops its work`
    const error = new FalkirkError('FK_LEASE_LOST', message, { retry: 'backoff' })
    log.error({ err: error }, 'lost the lease')
    this.#work.abort(error)
    this.#term.abort()
    try {
      onLost?.(error)
    } catch (err) {
      log.error({ err }, 'lost-lease handler failed')
    }
  }

  /** Also after a lost lease: where nobody has taken it yet, nobody has to wait, for the work has ended. */
  async #release(): Promise<void> {
    try {
      await this.#lock.release()
    } catch (error) {
      this.#warn(error, 'the lease cannot be released')
    }
  }

  /** Says the same sentence once. */
  #warn(error: unknown, message: string): void {
    const fault = error instanceof Error ? error.message : String(error)
    if (fault !== this.#lastFault) this.#options.log.warn({ err: error }, message)
    this.#lastFault = fault
  }
}
