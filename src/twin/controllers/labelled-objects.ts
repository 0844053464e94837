import type { LabelSelector } from '../../core/kubernetes/label-selector.ts'
import { compiledSelector } from '../compiled-selector.ts'
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
    const { matches } = compiledSelector(selector)
    const rarest = this.#rarestKey(namespace, selector)
    if (rarest === undefined) return this.#store.list(this.#resource, namespace).filter(({ metadata }) => matches(metadata.labels ?? {}))
    return this.#byLabel
      .get(rarest)
      .filter(({ metadata }) => matches(metadata.labels ?? {}))
      .sort(byName)
  }

  #rarestKey(namespace: string, selector: LabelSelector): string | undefined {
    let rarest: string | undefined
    let fewest = Number.POSITIVE_INFINITY
    for (const { key, value } of compiledSelector(selector).equals) {
      const label = labelKey(namespace, key, value)
      const count = this.#byLabel.count(label)
      if (count < fewest) [rarest, fewest] = [label, count]
    }
    return rarest
  }
}

interface PlacedLabels {
  readonly namespace: string
  readonly keys: readonly string[]
}

/** All versions of an object share its labels, as long as nobody changes these. */
const keysOfLabels = new WeakMap<object, PlacedLabels>()

function labelKeys({ metadata: { namespace = '', labels } }: KubeObject): readonly string[] {
  if (labels === undefined) return []
  const known = keysOfLabels.get(labels)
  if (known?.namespace === namespace) return known.keys
  const keys = Object.entries(labels).map(([key, value]) => labelKey(namespace, key, value))
  keysOfLabels.set(labels, { namespace, keys })
  return keys
}

/** Neither a namespace nor a label may have a space. */
function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace} ${key} ${value}`
}

function byName(a: KubeObject, b: KubeObject): number {
  return a.metadata.name < b.metadata.name ? -1 : 1
}
