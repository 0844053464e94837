import type { Controller, Wake } from '../../control-loop/controller.ts'
import type { KubeObject } from '../../kube-object.ts'
import { customResourceType } from '../../schema/custom/custom-resource-type.ts'
import { definitionOf, isConditionTrue } from '../../schema/custom/definition.ts'
import { decideDefinitionStatus, takenNames } from '../../schema/custom/definition-status.ts'
import type { Registry } from '../registry.ts'
import type { ResourceType } from '../resource-type.ts'
import { sameJson } from '../same-json.ts'
import { StatusError } from '../status-error.ts'
import type { WatchHub } from '../watch/watch-hub.ts'
import { cleanedDefinition, cleanupFinalizer } from './decide-definition-deletion.ts'

export const definitionResource = 'customresourcedefinitions.apiextensions.k8s.io'

/** How often it is looked whether the objects of a definition that goes are gone. */
const cleanupMs = 1_000

/**
 * Makes of CustomResourceDefinitions resources that are served: gives them their names, puts them into the catalog, and takes them out again
 * with all their objects. Source: Kubernetes, apiextensions-apiserver (naming, establishing and finalizing controllers).
 */
export class DefinitionController implements Controller {
  readonly name = 'customresourcedefinition-controller'
  readonly watches = [{ resource: definitionResource, keysOf: ({ object }: { readonly object: KubeObject }) => [object.metadata.name] }]
  readonly #registry: Registry
  readonly #hub: WatchHub

  constructor(registry: Registry, hub: WatchHub) {
    this.#registry = registry
    this.#hub = hub
  }

  async reconcile(name: string): Promise<Wake | undefined> {
    const object = this.#registry.store.get(definitionResource, undefined, name)
    if (object === undefined) {
      this.#withdraw(name)
      return undefined
    }
    if (object.metadata.deletionTimestamp !== undefined) return await this.#cleanUp(object)
    this.#serve(this.#named(object))
    return undefined
  }

  /** The definition with the names it gets. */
  #named(object: KubeObject): KubeObject {
    const definition = definitionOf(object)
    const others = this.#registry.store
      .list(definitionResource)
      .map(definitionOf)
      .filter((other) => other.spec.group === definition.spec.group && other.metadata.name !== object.metadata.name)
    const status = decideDefinitionStatus(definition, takenNames(others), this.#registry.clock.now())
    return this.#rewrite(object, { ...object, status })
  }

  #serve(object: KubeObject): void {
    const { name } = object.metadata
    const type = isConditionTrue(definitionOf(object), 'Established') ? customResourceType(object) : undefined
    if (type === undefined) this.#withdraw(name)
    else if (!sameJson(this.#registry.catalog.get(name), type)) this.#replace(name, type)
  }

  #replace(name: string, type: ResourceType): void {
    // What was told of the old form does not fit to the new one.
    this.#hub.endAll(name)
    this.#registry.catalog.add(type)
  }

  #withdraw(name: string): void {
    if (this.#registry.catalog.get(name)?.custom === undefined) return
    this.#registry.catalog.remove(name)
    this.#hub.endAll(name)
  }

  async #cleanUp(object: KubeObject): Promise<Wake | undefined> {
    const { name, finalizers = [] } = object.metadata
    if (!finalizers.includes(cleanupFinalizer)) return undefined
    const type = this.#registry.catalog.get(name)
    if (type !== undefined) for (const instance of this.#registry.store.list(name)) await this.#remove(type, instance)
    if (this.#registry.store.count(name) > 0) return { afterMs: cleanupMs }
    this.#rewrite(object, cleanedDefinition(object))
    return undefined
  }

  async #remove(type: ResourceType, { metadata }: KubeObject): Promise<void> {
    if (metadata.deletionTimestamp !== undefined) return
    try {
      await this.#registry.delete(type, metadata)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
    }
  }

  #rewrite(object: KubeObject, next: KubeObject): KubeObject {
    const type = this.#registry.catalog.get(definitionResource)
    if (type === undefined || sameJson(object, next)) return object
    return this.#registry.rewrite(type, object.metadata, () => next)
  }
}
