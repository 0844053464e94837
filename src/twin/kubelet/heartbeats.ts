import type { Clock } from '../../cluster/clock.ts'

/** A node whose kubelet beats. */
export interface Beating {
  /** Writes its Lease, and its status when that is due. */
  beat(what: 'Lease' | 'Status'): void
}

const leaseSeconds = 10
const statusSeconds = 300

/**
 * One timer for the heartbeats of all nodes, which are spread over the period: a Lease every 10 s, a status every 5 minutes.
 * Source: Kubernetes, Nodes, "Heartbeats".
 */
export class Heartbeats {
  readonly #clock: Clock
  readonly #slots: Beating[][] = Array.from({ length: statusSeconds }, () => [])
  #next = 0
  #tick = 0
  #cancel: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(node: Beating): void {
    this.#slots[this.#next % statusSeconds]?.push(node)
    // neighbours in time are far apart in the period, and the rest modulo 10 is spread as well
    this.#next = (this.#next + 61) % statusSeconds
  }

  remove(node: Beating): void {
    for (const slot of this.#slots) {
      const at = slot.indexOf(node)
      if (at >= 0) slot.splice(at, 1)
    }
  }

  start(): void {
    this.#cancel ??= this.#clock.after(1000, () => this.#beat())
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #beat(): void {
    this.#cancel = undefined
    this.start()
    this.#tick = (this.#tick + 1) % statusSeconds
    for (const node of this.#slots[this.#tick] ?? []) node.beat('Status')
    for (let slot = this.#tick % leaseSeconds; slot < statusSeconds; slot += leaseSeconds) {
      for (const node of this.#slots[slot] ?? []) node.beat('Lease')
    }
  }
}
