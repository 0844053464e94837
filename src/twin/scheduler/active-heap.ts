import { BinaryHeap } from '../../cluster/binary-heap.ts'
import type { QueuedPod } from './queued-pod.ts'

/** Where a pod stands, as it was when it was put here: an order may not change under a heap. */
interface Place {
  readonly pod: QueuedPod
  /** Of the pod at that time; it has moved on when its own is another. */
  readonly ticket: number
  readonly priority: number
  readonly sinceMs: number
}

/** Pods that are ready to be tried: the highest priority first, then who has waited longest. A pod that moves on is skipped later. */
export class ActiveHeap {
  readonly #places = new BinaryHeap<Place>(isBefore)

  push(pod: QueuedPod): void {
    this.#places.push({ pod, ticket: pod.ticket, priority: pod.info.priority, sinceMs: pod.sinceMs })
  }

  peek(): QueuedPod | undefined {
    for (let first = this.#places.peek(); first !== undefined; first = this.#places.peek()) {
      if (first.pod.where === 'Active' && first.pod.ticket === first.ticket) return first.pod
      this.#places.pop()
    }
    return undefined
  }
}

function isBefore(a: Place, b: Place): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority
  return a.sinceMs < b.sinceMs || (a.sinceMs === b.sinceMs && a.pod.order < b.pod.order)
}
