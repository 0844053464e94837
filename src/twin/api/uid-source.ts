import type { ObjectStore } from '../store/object-store.ts'
import { newUid } from './object-name.ts'

/**
 * UIDs that no object has. Those it gives come from one run of random numbers, which does not repeat itself; those of objects that came from
 * elsewhere may be of the same run (a snapshot of a twin with the same seed), so each is kept in mind.
 */
export class UidSource {
  readonly #random: () => number
  readonly #foreign = new Set<string>()

  /** `random` gives numbers in [0, 1); what `store` holds already came from elsewhere. */
  constructor(random: () => number, store: ObjectStore) {
    this.#random = random
    for (const resource of store.resources()) for (const { metadata } of store.list(resource)) this.#foreign.add(metadata.uid)
  }

  /** From now on an object of somewhere else has this one. */
  take(uid: string): void {
    this.#foreign.add(uid)
  }

  next(): string {
    let uid = newUid(this.#random)
    while (this.#foreign.has(uid)) uid = following(uid)
    return uid
  }
}

/** Only its last part changes: also random numbers that stand still come to a UID that is free. */
function following(uid: string): string {
  const [last = ''] = /[0-9a-f]{12}$/.exec(uid) ?? []
  const next = (Number.parseInt(last, 16) + 1) % 2 ** 48
  return `${uid.slice(0, -12)}${next.toString(16).padStart(12, '0')}`
}
