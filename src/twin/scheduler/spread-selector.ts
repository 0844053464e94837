import type { Service } from 'kubernetes-types/core/v1.js'
import type { LabelSelector } from '../../core/kubernetes/label-selector.ts'
import type { PodInfo } from '../../core/scheduling/pod-info.ts'
import { as } from '../kube-object.ts'
import type { Index } from '../store/object-index.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** Controllers whose selector spreads their pods. */
const controllers: Readonly<Record<string, string>> = {
  ReplicaSet: 'replicasets.apps',
  StatefulSet: 'statefulsets.apps',
  ReplicationController: 'replicationcontrollers',
}

const mostRemembered = 10_000

/** By what pods without topology spread constraints are spread: what their services and their controller select. Source: kube-scheduler, DefaultSelector. */
export class SpreadSelectors {
  readonly #store: ObjectStore
  readonly #services: Index
  readonly #known = new Map<string, LabelSelector | undefined>()

  constructor(store: ObjectStore) {
    this.#store = store
    this.#services = store.index('services', (service) => [service.metadata.namespace ?? ''])
  }

  /** A service has come, gone or changed. */
  forget(): void {
    this.#known.clear()
  }

  of({ pod, namespace, labels }: PodInfo): LabelSelector | undefined {
    const owner = pod.metadata?.ownerReferences?.find(({ controller }) => controller === true)
    const key = JSON.stringify([namespace, owner?.uid, labels])
    if (this.#known.has(key)) return this.#known.get(key)
    const matchLabels = Object.assign(
      {},
      ...this.#services.get(namespace).map((service) => selectorIfMatching(as<Service>(service), labels)),
    )
    const ofOwner = owner === undefined ? {} : this.#selectorOf(owner.kind, namespace, owner.name)
    const selector = { ...ofOwner, matchLabels: { ...matchLabels, ...ofOwner.matchLabels } }
    const isEmpty = Object.keys(selector.matchLabels).length === 0 && (selector.matchExpressions ?? []).length === 0
    if (this.#known.size > mostRemembered) this.#known.clear()
    this.#known.set(key, isEmpty ? undefined : selector)
    return this.#known.get(key)
  }

  #selectorOf(kind: string, namespace: string, name: string): LabelSelector {
    const resource = controllers[kind]
    const owner = resource === undefined ? undefined : this.#store.get(resource, namespace, name)
    const selector = (owner?.spec as { selector?: LabelSelector & Record<string, string> } | undefined)?.selector
    if (selector === undefined) return {}
    return kind === 'ReplicationController' ? { matchLabels: selector } : selector
  }
}

function selectorIfMatching({ spec }: Service, labels: Readonly<Record<string, string>>): Record<string, string> {
  const selector = spec?.selector ?? {}
  return Object.entries(selector).every(([key, value]) => labels[key] === value) ? selector : {}
}
