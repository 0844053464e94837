import { compileSelector, type LabelSelector } from '../../core/kubernetes/label-selector.ts'
import { compiledSelector } from '../compiled-selector.ts'
import type { KubeObject } from '../kube-object.ts'
import type { Index } from '../store/object-index.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { labelKey, labelKeys } from './labelled-objects.ts'

/**
 * The objects of one resource that select others by their labels, asked the other way round: who selects this one? Costs as much as the object has
 * labels, not as much as its namespace has selectors.
 */
export class SelectingObjects {
  readonly #bySelector: Index
  readonly #selectorOf: (object: KubeObject) => LabelSelector | undefined

  /** `selectorOf`: absent selects nothing. */
  constructor(store: ObjectStore, resource: string, selectorOf: (object: KubeObject) => LabelSelector | undefined) {
    this.#selectorOf = selectorOf
    this.#bySelector = store.index(resource, (object) => {
      const selector = selectorOf(object)
      return selector === undefined ? [] : [selectorKey(object.metadata.namespace ?? '', selector)]
    })
  }

  /** Those in the object's namespace whose selector matches its labels. */
  of(object: KubeObject): readonly KubeObject[] {
    const { namespace = '', labels = {} } = object.metadata
    const found: KubeObject[] = []
    this.#look(namespace, labels, found)
    for (const key of labelKeys(object)) this.#look(key, labels, found)
    return found
  }

  #look(key: string, labels: Readonly<Record<string, string>>, found: KubeObject[]): void {
    if (this.#bySelector.count(key) === 0) return
    for (const object of this.#bySelector.get(key)) if (compileSelector(this.#selectorOf(object))(labels)) found.push(object)
  }
}

/**
 * A label that everything selected has: of several the one with the longest value, which is most likely the name of something. The namespace alone
 * for a selector that asks for no value.
 */
function selectorKey(namespace: string, selector: LabelSelector): string {
  const [longest] = [...compiledSelector(selector).equals].sort((a, b) => b.value.length - a.value.length)
  return longest === undefined ? namespace : labelKey(namespace, longest.key, longest.value)
}
