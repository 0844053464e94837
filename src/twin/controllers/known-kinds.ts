import type { CustomResourceDefinition } from 'kubernetes-types/apiextensions/v1'
import { type ResourceType, storedAs } from '../api/resource-type.ts'
import { groupResource } from '../api/status-error.ts'
import { as, type KubeObject } from '../kube-object.ts'
import type { Index } from '../store/object-index.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** What an `apiVersion` and a `kind` stand for. */
export interface KnownKind {
  /** As the store names it: `deployments.apps`. */
  readonly resource: string
  readonly namespaced: boolean
  /** Where the replicas are in an object, for its scale: `.spec.replicas`; absent when it has no scale. */
  readonly replicasPath?: string
}

const definitions = 'customresourcedefinitions.apiextensions.k8s.io'

/** Kinds of the API by group and name: the built-in ones, and those that CustomResourceDefinitions have added by now. */
export class KnownKinds {
  readonly #builtIn: ReadonlyMap<string, KnownKind>
  readonly #custom: Index

  constructor(store: ObjectStore, types: readonly ResourceType[]) {
    this.#builtIn = new Map(types.map((type) => [`${type.group}/${type.kind}`, builtInKind(type)]))
    this.#custom = store.index(definitions, (object) => [kindOf(as<CustomResourceDefinition>(object))])
  }

  find(apiVersion: string, kind: string): KnownKind | undefined {
    const key = `${groupOf(apiVersion)}/${kind}`
    const known = this.#builtIn.get(key)
    if (known !== undefined) return known
    const [definition] = this.#custom.get(key)
    return definition && customKind(definition, apiVersion.split('/').at(-1) ?? '')
  }
}

/** `apps` of `apps/v1`, nothing of `v1`. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

function builtInKind(type: ResourceType): KnownKind {
  const scale = type.subresources.includes('scale') ? { replicasPath: '.spec.replicas' } : {}
  return { resource: storedAs(type), namespaced: type.namespaced, ...scale }
}

function kindOf({ spec }: CustomResourceDefinition): string {
  return `${spec?.group ?? ''}/${spec?.names?.kind ?? ''}`
}

function customKind(object: KubeObject, version: string): KnownKind {
  const { spec } = as<CustomResourceDefinition>(object)
  const served = spec.versions?.find(({ name }) => name === version) ?? spec.versions?.[0]
  const replicasPath = served?.subresources?.scale?.specReplicasPath
  const resource = groupResource(spec.group, spec.names.plural)
  return { resource, namespaced: spec.scope === 'Namespaced', ...(replicasPath === undefined ? {} : { replicasPath }) }
}
