/** A kubelet has fallen silent, or is heard again. */
export interface PresenceChange {
  readonly node: string
  readonly present: boolean
  /** Epoch milliseconds. */
  readonly atMs: number
}

/**
 * Which kubelets are there, told by whoever runs them: in place of heartbeats, for clusters in which months pass and none are written. A kubelet of
 * which nothing has been told is there.
 */
export class KubeletPresence {
  readonly #silentSinceMs = new Map<string, number>()
  #listener: ((node: string) => void) | undefined

  change({ node, present, atMs }: PresenceChange): void {
    if (present) this.#silentSinceMs.delete(node)
    else this.#silentSinceMs.set(node, atMs)
    this.#listener?.(node)
  }

  /** Epoch ms; `undefined` while the kubelet is there. */
  silentSinceMs(node: string): number | undefined {
    return this.#silentSinceMs.get(node)
  }

  /** One listener, told the node of each change. */
  listen(listener: (node: string) => void): void {
    this.#listener = listener
  }
}
