import type { Change } from '../store/object-store.ts'

/** When to look again although nothing has changed. */
export interface Wake {
  readonly afterMs: number
}

/**
 * A level-based controller of the twin. What it decides is a pure function beside it; this is what it hears and what it does.
 * `reconcile` is never run twice at once for one key; when it throws, it is run again, later and later (5 ms doubled up to 1,000 s).
 */
export interface Controller {
  /** As the component is named in events and logs: `replicaset-controller`. */
  readonly name: string
  readonly watches: readonly Watch[]
  reconcile(key: string): Promise<Wake | undefined>
  /** For a controller that hears of things which no change of the store tells: given a way to ask for a reconcile, once, at the start. */
  connect?(wake: (key: string) => void): void
  /** It is another process by now, before it starts again: what it only remembered is forgotten. */
  restarted?(): void
}

/** In place of a resource: every one there is or will be. */
export const everyResource = '*'

export interface Watch {
  /** `pods`, `deployments.apps`, or `everyResource`. */
  readonly resource: string
  /** Keys to reconcile after a change; a key is any text, mostly `namespace/name`. */
  keysOf(change: Change): readonly string[]
}
