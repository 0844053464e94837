import type { QueuedPod } from './queued-pod.ts'

interface Place {
  readonly pod: QueuedPod
  /** Of the pod when it was put here; it has moved on when its own is another. */
  readonly ticket: number
}

/** Pods that are ready to be tried: the highest priority first, then who has waited longest. A pod that moves on is skipped later. */
export class ActiveHeap {
  readonly #places: Place[] = []

  push(pod: QueuedPod): void {
    this.#places.push({ pod, ticket: pod.ticket })
    let at = this.#places.length - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  peek(): QueuedPod | undefined {
    for (let first = this.#places[0]; first !== undefined; first = this.#places[0]) {
      if (first.pod.where === 'Active' && first.pod.ticket === first.ticket) return first.pod
      this.#removeFirst()
    }
    return undefined
  }

  #removeFirst(): void {
    const last = this.#places.pop()
    if (last === undefined || this.#places.length === 0) return
    this.#places[0] = last
    let at = 0
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      const child = this.#isBefore(right, left) ? right : left
      if (!this.#isBefore(child, at)) return
      this.#swap(at, child)
      at = child
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [x, y] = [this.#places[a]?.pod, this.#places[b]?.pod]
    if (x === undefined || y === undefined) return x !== undefined
    if (x.info.priority !== y.info.priority) return x.info.priority > y.info.priority
    return x.sinceMs < y.sinceMs || (x.sinceMs === y.sinceMs && x.order < y.order)
  }

  #swap(a: number, b: number): void {
    const [x, y] = [this.#places[a], this.#places[b]]
    if (x === undefined || y === undefined) return
    this.#places[a] = y
    this.#places[b] = x
  }
}
