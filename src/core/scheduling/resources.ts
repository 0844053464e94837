import { quantityMilliValue, quantityValue } from '../kubernetes/quantity.ts'

/** `requests`, `capacity`, `allocatable`: quantities by resource name. */
export type ResourceList = Readonly<Record<string, string | number>>

/** Amounts of each resource: millicores, bytes, and whole numbers for the rest (hugepages in bytes, extended resources). */
export interface Resources {
  readonly milliCpu: number
  readonly memory: number
  readonly ephemeralStorage: number
  readonly scalars: ReadonlyMap<string, number>
}

/** A sum of resources that is kept up to date. */
export class ResourceSum implements Resources {
  milliCpu = 0
  memory = 0
  ephemeralStorage = 0
  scalars: ReadonlyMap<string, number> = noScalars

  /** Adds the amounts, `times` over: -1 takes them away. */
  add(amounts: Resources, times = 1): this {
    this.milliCpu += amounts.milliCpu * times
    this.memory += amounts.memory * times
    this.ephemeralStorage += amounts.ephemeralStorage * times
    if (amounts.scalars.size > 0) this.#mergeScalars(amounts.scalars, (own, other) => own + other * times)
    return this
  }

  /** Raises each amount to the other's, where that is larger. */
  raiseTo(amounts: Resources): this {
    this.milliCpu = Math.max(this.milliCpu, amounts.milliCpu)
    this.memory = Math.max(this.memory, amounts.memory)
    this.ephemeralStorage = Math.max(this.ephemeralStorage, amounts.ephemeralStorage)
    if (amounts.scalars.size > 0) this.#mergeScalars(amounts.scalars, Math.max)
    return this
  }

  #mergeScalars(scalars: ReadonlyMap<string, number>, merge: (own: number, other: number) => number): void {
    const merged = new Map(this.scalars)
    for (const [name, amount] of scalars) merged.set(name, merge(merged.get(name) ?? 0, amount))
    this.scalars = merged
  }
}

const noScalars: ReadonlyMap<string, number> = new Map()

/** Reads a resource list; `pods` is left out, as it is counted and not summed. */
export function resourcesOf(list: ResourceList | undefined): Resources {
  const { cpu, memory, pods: _, 'ephemeral-storage': ephemeralStorage, ...others } = list ?? {}
  const names = Object.keys(others)
  return {
    milliCpu: quantityMilliValue(cpu),
    memory: quantityValue(memory),
    ephemeralStorage: quantityValue(ephemeralStorage),
    scalars: names.length === 0 ? noScalars : new Map(names.map((name) => [name, quantityValue(others[name])])),
  }
}
