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
    const { matches, keys } = placed(selector, namespace)
    const rarest = this.#rarestKey(keys)
    if (rarest === undefined) return this.#store.list(this.#resource, namespace).filter(({ metadata }) => matches(metadata.labels ?? {}))
    return this.#byLabel
      .get(rarest)
      .filter(({ metadata }) => matches(metadata.labels ?? {}))
      .sort(byName)
  }

  #rarestKey(keys: readonly string[]): string | undefined {
    let rarest: string | undefined
    let fewest = Number.POSITIVE_INFINITY
    for (const key of keys) {
      const count = this.#byLabel.count(key)
      if (count < fewest) [rarest, fewest] = [key, count]
    }
    return rarest
  }
}

/** A selector ready to be looked up in one namespace. */
interface PlacedSelector {
  readonly namespace: string
  readonly matches: (labels: Readonly<Record<string, string>>) => boolean
  /** Of the labels that have to have a value. */
  readonly keys: readonly string[]
}

const placedSelectors = new WeakMap<LabelSelector, PlacedSelector>()

function placed(selector: LabelSelector, namespace: string): PlacedSelector {
  const known = placedSelectors.get(selector)
  if (known?.namespace === namespace) return known
  const { matches, equals } = compiledSelector(selector)
  const made = { namespace, matches, keys: equals.map(({ key, value }) => labelKey(namespace, key, value)) }
  placedSelectors.set(selector, made)
  return made
}

interface PlacedLabels {
  readonly namespace: string
  readonly keys: readonly string[]
}

/** All versions of an object share its labels, as long as nobody changes these. */
const keysOfLabels = new WeakMap<object, PlacedLabels>()

/** Under which an object is found by its labels: one key for each. */
export function labelKeys({ metadata: { namespace = '', labels } }: Pick<KubeObject, 'metadata'>): readonly string[] {
  if (labels === undefined) return []
  const known = keysOfLabels.get(labels)
  if (known?.namespace === namespace) return known.keys
  const keys = Object.entries(labels).map(([key, value]) => labelKey(namespace, key, value))
  keysOfLabels.set(labels, { namespace, keys })
  return keys
}

/** Neither a namespace nor a label may have a space. */
export function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace} ${key} ${value}`
}

function byName(a: KubeObject, b: KubeObject): number {
  return a.metadata.name < b.metadata.name ? -1 : 1
}
