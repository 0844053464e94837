import type { Pod, Service } from 'kubernetes-types/core/v1'
import { sameJson } from '../../api/same-json.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Index } from '../../store/object-index.ts'
import type { Change, ObjectStore } from '../../store/object-store.ts'
import { nameOf } from '../object-name.ts'

/** Which Services send traffic to a pod. Only those of its namespace are asked. */
export class SelectedByServices {
  readonly #byNamespace: Index

  constructor(store: ObjectStore) {
    this.#byNamespace = store.index('services', (object) =>
      as<Service>(object).spec?.selector === undefined ? [] : [object.metadata.namespace ?? ''],
    )
  }

  /** The Services, as `namespace/name`, whose endpoints may be others after a change of a pod: also those that it has left. */
  wokenBy({ object, previous, kind }: Change): readonly string[] {
    if (kind === 'Modified' && previous !== undefined && servesAlike(as<Pod>(object), as<Pod>(previous))) return []
    const names = new Set(this.#of(object))
    if (previous !== undefined && !sameJson(previous.metadata.labels, object.metadata.labels)) {
      for (const name of this.#of(previous)) names.add(name)
    }
    return [...names]
  }

  #of({ metadata }: KubeObject): readonly string[] {
    const { namespace = '', labels = {} } = metadata
    if (this.#byNamespace.count(namespace) === 0) return []
    return this.#byNamespace
      .get(namespace)
      .filter((service) => selects(as<Service>(service), labels))
      .map(nameOf)
  }
}

function selects({ spec }: Service, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(spec?.selector ?? {}).every(([key, value]) => labels[key] === value)
}

/** Whether no endpoint can tell two versions of a pod apart. */
function servesAlike(a: Pod, b: Pod): boolean {
  return (
    isReady(a) === isReady(b) &&
    a.status?.phase === b.status?.phase &&
    a.status?.podIP === b.status?.podIP &&
    a.spec?.nodeName === b.spec?.nodeName &&
    a.metadata?.deletionTimestamp === b.metadata?.deletionTimestamp &&
    sameJson(a.metadata?.labels, b.metadata?.labels)
  )
}

/** Condition Ready is True. */
export function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true
}
