import type { Clock } from '../../cluster/clock.ts'
import type { Pressure } from './node-status.ts'

/** How often a kubelet that is short of something ends a pod. Source: Kubernetes kubelet, housekeeping of the eviction manager. */
const evictionPeriodMs = 10_000

/** What a node is short of; as long as it is, one pod after the other is asked to go. */
export class NodePressure {
  readonly #clock: Clock
  readonly #evictOne: (pressure: Pressure) => void
  readonly #pressures = new Set<Pressure>()
  #cancel: (() => void) | undefined

  constructor(clock: Clock, evictOne: (pressure: Pressure) => void) {
    this.#clock = clock
    this.#evictOne = evictOne
  }

  /** The same set as long as the node lives. */
  get all(): ReadonlySet<Pressure> {
    return this.#pressures
  }

  set(pressure: Pressure, on: boolean): void {
    if (on) this.#pressures.add(pressure)
    else this.#pressures.delete(pressure)
    this.stop()
    if (this.#pressures.size > 0) this.#evictLater()
  }

  /** Nobody is asked any more. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #evictLater(): void {
    this.#cancel = this.#clock.after(evictionPeriodMs, () => {
      const [pressure] = this.#pressures
      if (pressure === undefined) return
      this.#evictOne(pressure)
      this.#evictLater()
    })
  }
}
