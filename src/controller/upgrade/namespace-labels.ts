import { type CachedObject, ObjectCache } from '../../cluster/object-cache.ts'
import { namespaces } from '../../cluster/resource.ts'
import type { NamespaceLabels } from '../../core/drain/drain-rule.ts'
import { objectIdentity } from '../../core/kubernetes/object-identity.ts'
import type { StringMap } from '../../core/kubernetes/object-meta.ts'
import { type KeptCollections, keepCollections } from '../plan/kept-collections.ts'
import { reflect } from '../plan/plan-caches.ts'
import type { Shell } from '../shell.ts'

interface CachedNamespace extends CachedObject {
  readonly labels: StringMap
}

/** Watches namespaces from the first rule on that asks for their labels. */
export class WatchedNamespaces {
  readonly #shell: Shell
  readonly #onChange: () => void
  readonly #cache: ObjectCache<CachedNamespace>
  #kept: KeptCollections | undefined

  constructor(shell: Shell, onChange: () => void) {
    this.#shell = shell
    this.#onChange = onChange
    this.#cache = new ObjectCache<CachedNamespace>({ trim: cachedNamespace, log: shell.log })
  }

  /** Undefined while they are being read, or may not be. */
  get(): NamespaceLabels | undefined {
    this.#kept ??= this.#watch()
    return this.#kept.isKept() ? { get: (name) => this.#cache.get(name)?.labels } : undefined
  }

  async stop(): Promise<void> {
    await this.#kept?.stop()
  }

  #watch(): KeptCollections {
    this.#cache.onChange(() => this.#onChange())
    const kept = keepCollections(this.#shell, (noting) => [reflect(noting, namespaces, this.#cache, {})])
    kept.synced.then(
      () => this.#onChange(),
      () => {},
    )
    return kept
  }
}

function cachedNamespace(raw: unknown): CachedNamespace {
  const { name, resourceVersion, labels } = objectIdentity((raw as { metadata?: object }).metadata ?? {})
  return { name, resourceVersion, labels }
}
