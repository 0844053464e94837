import type { Namespace, Pod } from 'kubernetes-types/core/v1'
import type { Clock } from '../../../cluster/clock.ts'
import { epochMs } from '../../../core/kubernetes/epoch-ms.ts'
import { StatusError } from '../../api/status-error.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { contentConditions, type RemainingContent } from './content-conditions.ts'

/** The finalizer in a namespace's spec that this controller answers for. */
const finalizer = 'kubernetes'
/** How long finalizers are thought to take. Source: Kubernetes namespace controller. */
const finalizerSeconds = 15
/** Since then the pods of a namespace go before the rest. Source: KEP-5080. */
const podsFirstMinor = 33

export interface NamespaceOptions {
  readonly clock: Clock
  readonly minor: number
}

/** Empties a namespace that is being deleted, says what is left, and lets it go. Source: Kubernetes namespace controller. */
export class NamespaceController implements Controller {
  readonly name = 'namespace-controller'
  readonly watches = [
    {
      resource: 'namespaces',
      keysOf: ({ object }: Change) => (object.metadata.deletionTimestamp === undefined ? [] : [object.metadata.name]),
    },
  ]
  readonly #client: TwinClient
  readonly #options: NamespaceOptions

  constructor(client: TwinClient, options: NamespaceOptions) {
    this.#client = client
    this.#options = options
  }

  async reconcile(name: string): Promise<Wake | undefined> {
    const namespace = this.#client.store.get('namespaces', undefined, name)
    if (namespace?.metadata.deletionTimestamp === undefined) return undefined
    const { spec } = as<Namespace>(namespace)
    if (spec?.finalizers?.includes(finalizer) !== true) return undefined
    const podsSeconds = this.#podsSeconds(namespace)
    const remaining = await this.#deleteContent(name)
    await this.#writeConditions(name, remaining)
    const estimate = podsSeconds > 0 && remaining.resources.has('pods') ? podsSeconds : remaining.resources.size > 0 ? finalizerSeconds : 0
    if (estimate > 0) return { afterMs: (Math.floor(estimate / 2) + 1) * 1_000 }
    await this.#finalize(name)
    return undefined
  }

  /** The longest grace of the pods, as long as it is not over. */
  #podsSeconds({ metadata }: KubeObject): number {
    const pods = this.#client.store.list('pods', metadata.name).map((pod) => as<Pod>(pod))
    const running = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    const longest = Math.max(0, ...running.map(({ spec }) => spec?.terminationGracePeriodSeconds ?? 0))
    const sinceMs = this.#options.clock.now() - (epochMs(metadata.deletionTimestamp) ?? 0)
    return sinceMs > longest * 1_000 ? 0 : longest
  }

  async #deleteContent(namespace: string): Promise<RemainingContent> {
    const { store } = this.#client
    const failures: string[] = []
    const resources = store.resources().filter((resource) => resource !== 'namespaces')
    const podsFirst = this.#options.minor >= podsFirstMinor && store.list('pods', namespace).length > 0
    for (const resource of podsFirst ? ['pods'] : resources) {
      for (const { metadata } of store.list(resource, namespace)) {
        if (metadata.deletionTimestamp !== undefined) continue
        await this.#delete(resource, metadata).catch((error) => failures.push(String((error as Error).message)))
      }
    }
    return { failures, ...this.#count(namespace, resources) }
  }

  async #delete(resource: string, { namespace, name, uid }: KubeObject['metadata']): Promise<void> {
    try {
      await this.#client.delete(resource, { namespace, name }, { uid, propagationPolicy: 'Background' })
    } catch (error) {
      // Another object has taken the name: it is met at the next turn.
      if (!(error instanceof StatusError) || error.code !== 409) throw error
    }
  }

  #count(namespace: string, resources: readonly string[]): Pick<RemainingContent, 'resources' | 'finalizers'> {
    const counts = new Map<string, number>()
    const finalizers = new Map<string, number>()
    for (const resource of resources) {
      const left = this.#client.store.list(resource, namespace)
      if (left.length > 0) counts.set(resource, left.length)
      for (const { metadata } of left) {
        for (const one of metadata.finalizers ?? []) finalizers.set(one, (finalizers.get(one) ?? 0) + 1)
      }
    }
    return { resources: counts, finalizers }
  }

  async #writeConditions(name: string, remaining: RemainingContent): Promise<void> {
    const next = (current: KubeObject) => {
      const { status } = as<Namespace>(current)
      const conditions = contentConditions(status?.conditions ?? [], remaining, this.#options.clock.now())
      return conditions === status?.conditions ? current : { ...current, status: { ...status, conditions } }
    }
    await this.#client.change('namespaces', { name }, next, 'status')
  }

  async #finalize(name: string): Promise<void> {
    const namespace = this.#client.store.get('namespaces', undefined, name)
    if (namespace === undefined) return
    const { spec } = as<Namespace>(namespace)
    const finalizers = (spec?.finalizers ?? []).filter((one) => one !== finalizer)
    await this.#client.update('namespaces', { ...namespace, spec: { ...spec, finalizers } }, 'finalize')
  }
}
