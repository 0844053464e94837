import type { ApiClient } from '../../cluster/api-client.ts'
import { isForbidden } from '../../cluster/api-error.ts'
import { daemonSets } from '../../cluster/resource.ts'
import type { PodFacts } from '../../core/kubernetes/pod-facts.ts'

/** Whether the DaemonSets of pods exist, each asked for once, however many pods it has. What brought no answer is asked for again. */
export class DaemonSetLookups {
  readonly #client: ApiClient
  readonly #onAnswer: () => void
  readonly #known = new Map<string, boolean>()
  readonly #asking = new Set<string>()

  constructor(client: ApiClient, onAnswer: () => void) {
    this.#client = client
    this.#onAnswer = onAnswer
  }

  /** `undefined` while it is not known. */
  exists(namespace: string, name: string): boolean | undefined {
    return this.#known.get(`${namespace}/${name}`)
  }

  /** Asks for the DaemonSet that controls this pod, if one does. */
  lookUp({ controller, namespace }: PodFacts): void {
    if (controller?.kind !== 'DaemonSet') return
    const key = `${namespace}/${controller.name}`
    if (this.#known.has(key) || this.#asking.has(key)) return
    this.#asking.add(key)
    this.#client
      .find(daemonSets, { namespace, name: controller.name })
      .then((found) => this.#known.set(key, found !== undefined))
      // who may not ask takes the owner reference's word for it
      .catch((error: unknown) => isForbidden(error) && this.#known.set(key, true))
      .finally(() => {
        this.#asking.delete(key)
        this.#onAnswer()
      })
  }
}
