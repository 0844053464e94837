import { compileSelector, type LabelSelector, selectorRequirements } from '../../core/kubernetes/label-selector.ts'
import type { KubeObject } from '../kube-object.ts'
import type { Index } from '../store/object-index.ts'
import type { ObjectStore } from '../store/object-store.ts'

/**
 * The objects of one resource by what selects them. A selector that asks for a label to have a value costs as much as that label has objects
 * (the rarest of its labels), not as much as the namespace has.
 */
export class LabelledObjects {
  readonly #store: ObjectStore
  readonly #resource: string
  readonly #byLabel: Index

  constructor(store: ObjectStore, resource: string) {
    this.#store = store
    this.#resource = resource
    this.#byLabel = store.index(resource, labelKeys)
  }

  /** The objects of a namespace that a selector matches, by name. An absent selector matches none, an empty one all. */
  select(namespace: string, selector: LabelSelector | undefined): readonly KubeObject[] {
    if (selector === undefined) return []
    const matches = compileSelector(selector)
    const rarest = this.#rarestKey(namespace, selector)
    if (rarest === undefined) return this.#store.list(this.#resource, namespace).filter(({ metadata }) => matches(metadata.labels ?? {}))
    return [...this.#byLabel.get(rarest)].filter(({ metadata }) => matches(metadata.labels ?? {})).sort(byName)
  }

  #rarestKey(namespace: string, selector: LabelSelector): string | undefined {
    const keys = selectorRequirements(selector).flatMap((requirement) =>
      requirement.kind === 'Equals' ? [labelKey(namespace, requirement.key, requirement.value)] : [],
    )
    return keys.reduce<string | undefined>(
      (best, key) => (best === undefined || this.#byLabel.count(key) < this.#byLabel.count(best) ? key : best),
      undefined,
    )
  }
}

function labelKeys({ metadata }: KubeObject): readonly string[] {
  return Object.entries(metadata.labels ?? {}).map(([key, value]) => labelKey(metadata.namespace ?? '', key, value))
}

/** Neither a namespace nor a label may have a space. */
function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace} ${key} ${value}`
}

function byName(a: KubeObject, b: KubeObject): number {
  return a.metadata.name < b.metadata.name ? -1 : 1
}
