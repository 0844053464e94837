import { compileSelector, type LabelSelector, selectorRequirements } from '../../core/kubernetes/label-selector.ts'
import type { KubeObject } from '../kube-object.ts'
import type { Index } from '../store/object-index.ts'
import type { ObjectStore } from '../store/object-store.ts'

type Matcher = (labels: Readonly<Record<string, string>>) => boolean

/**
 * The objects of one resource that select others by their labels, asked the other way round: who selects this one? Costs as much as the object has
 * labels, not as much as its namespace has selectors. Selectors are compiled once for each version of an object.
 */
export class SelectingObjects {
  readonly #bySelector: Index
  readonly #selectorOf: (object: KubeObject) => LabelSelector | undefined
  readonly #compiled = new WeakMap<KubeObject, Matcher>()

  /** `selectorOf`: absent selects nothing. */
  constructor(store: ObjectStore, resource: string, selectorOf: (object: KubeObject) => LabelSelector | undefined) {
    this.#selectorOf = selectorOf
    this.#bySelector = store.index(resource, (object) => {
      const selector = selectorOf(object)
      return selector === undefined ? [] : [selectorKey(object.metadata.namespace ?? '', selector)]
    })
  }

  /** Those in the object's namespace whose selector matches its labels. */
  of({ metadata }: KubeObject): readonly KubeObject[] {
    const { namespace = '', labels = {} } = metadata
    const found: KubeObject[] = []
    const look = (key: string) => {
      if (this.#bySelector.count(key) === 0) return
      for (const object of this.#bySelector.get(key)) if (this.#matcher(object)(labels)) found.push(object)
    }
    look(namespace)
    for (const key in labels) look(`${namespace} ${key} ${labels[key]}`)
    return found
  }

  #matcher(object: KubeObject): Matcher {
    const known = this.#compiled.get(object)
    if (known !== undefined) return known
    const compiled = compileSelector(this.#selectorOf(object))
    this.#compiled.set(object, compiled)
    return compiled
  }
}

/**
 * A label that everything selected has: of several the one with the longest value, which is most likely the name of something. The namespace alone
 * for a selector that asks for no value.
 */
function selectorKey(namespace: string, selector: LabelSelector): string {
  const equals = selectorRequirements(selector).flatMap((requirement) => (requirement.kind === 'Equals' ? [requirement] : []))
  const [longest] = equals.sort((a, b) => b.value.length - a.value.length)
  return longest === undefined ? namespace : `${namespace} ${longest.key} ${longest.value}`
}
