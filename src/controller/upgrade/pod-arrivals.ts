import type { Clock } from '../../cluster/clock.ts'
import type { ObjectCache } from '../../cluster/object-cache.ts'
import type { PodFacts } from '../../core/kubernetes/pod-facts.ts'

/**
 * When pods have come, by the clock of the controller: what is compared with their creation is written by that one, and the API server's may stand
 * elsewhere. Of those that were there before the controller looked, their own creation time is all that is known.
 */
export class PodArrivals {
  /** By UID; epoch milliseconds. */
  readonly #cameAtMs = new Map<string, number>()

  /** `isKept`: whether what is added from now on is new, and not a part of the first list. */
  constructor(pods: Pick<ObjectCache<PodFacts>, 'onChange'>, clock: Pick<Clock, 'now'>, isKept: () => boolean) {
    pods.onChange(({ kind, object, previous }) => {
      if (previous !== undefined && (kind === 'Deleted' || previous.uid !== object.uid)) this.#cameAtMs.delete(previous.uid)
      if (kind !== 'Deleted' && previous?.uid !== object.uid && isKept()) this.#cameAtMs.set(object.uid, clock.now())
    })
  }

  /** Epoch milliseconds; 0 where nothing is known. */
  cameAtMs({ uid, createdAtMs = 0 }: Pick<PodFacts, 'uid' | 'createdAtMs'>): number {
    return this.#cameAtMs.get(uid) ?? createdAtMs
  }

  /** The same pods, with `createdAtMs` by the clock of the controller where that is known. */
  dated(pods: readonly PodFacts[]): readonly PodFacts[] {
    return pods.map((pod) => {
      const cameAtMs = this.#cameAtMs.get(pod.uid)
      return cameAtMs === undefined ? pod : { ...pod, createdAtMs: cameAtMs }
    })
  }
}
