import type { Pod, Service } from 'kubernetes-types/core/v1'
import { isPodReady } from '../../../core/kubernetes/pod-state.ts'
import { sameJson } from '../../api/same-json.ts'
import { selectorOfLabels } from '../../compiled-selector.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { nameOf } from '../../object-key.ts'
import type { Change, ObjectStore } from '../../store/object-store.ts'
import { SelectingObjects } from '../selecting-objects.ts'

/** Which Services send traffic to a pod. */
export class SelectedByServices {
  readonly #services: SelectingObjects
  /** Endpoints and slices ask the same of every change. */
  #last: { readonly change: Change; readonly woken: readonly string[] } | undefined

  constructor(store: ObjectStore) {
    this.#services = new SelectingObjects(store, 'services', (object) => {
      const selector = serviceSelector(as<Service>(object))
      return selector && selectorOfLabels(selector)
    })
  }

  /** The Services, as `namespace/name`, whose endpoints may be others after a change of a pod: also those that it has left. */
  wokenBy(change: Change): readonly string[] {
    if (this.#last?.change !== change) this.#last = { change, woken: this.#wokenBy(change) }
    return this.#last.woken
  }

  #wokenBy({ object, previous, kind }: Change): readonly string[] {
    if (kind === 'Modified' && previous !== undefined && servesAlike(as<Pod>(object), as<Pod>(previous))) return []
    // without an address it is nowhere among the endpoints, ready or not
    if (!hasAddress(as<Pod>(object)) && (previous === undefined || !hasAddress(as<Pod>(previous)))) return []
    const names = new Set(this.#of(object))
    if (previous !== undefined && !sameJson(previous.metadata.labels, object.metadata.labels)) {
      for (const name of this.#of(previous)) names.add(name)
    }
    return [...names]
  }

  #of(pod: KubeObject): readonly string[] {
    return this.#services.of(pod).map(nameOf)
  }
}

/** The labels that a Service asks of its pods; `undefined` when it asks for none: then its endpoints are somebody else's. */
export function serviceSelector({ spec }: Service): Readonly<Record<string, string>> | undefined {
  const selector = spec?.selector ?? {}
  return Object.keys(selector).length === 0 ? undefined : selector
}

/** Whether no endpoint can tell two versions of a pod apart. */
function servesAlike(a: Pod, b: Pod): boolean {
  return (
    isPodReady(a.status) === isPodReady(b.status) &&
    a.status?.phase === b.status?.phase &&
    a.status?.podIP === b.status?.podIP &&
    a.spec?.nodeName === b.spec?.nodeName &&
    a.metadata?.deletionTimestamp === b.metadata?.deletionTimestamp &&
    sameJson(a.metadata?.labels, b.metadata?.labels)
  )
}

function hasAddress({ status }: Pod): boolean {
  return status?.podIP !== undefined && status.podIP !== ''
}
