import type { CustomResourceDefinition } from 'kubernetes-types/apiextensions/v1'
import { sameJson } from '../../api/same-json.ts'
import { type Controller, everyResource, type Wake } from '../../control-loop/controller.ts'
import { as, type DraftObject, type KubeObject } from '../../kube-object.ts'
import type { Change } from '../../store/object-store.ts'
import type { ObjectKey, TwinClient } from '../../twin-client.ts'
import { groupOf, type KnownKinds } from '../known-kinds.ts'
import { type Collection, decideCollection, foregroundFinalizer, isDeletedInForeground, orphanFinalizer } from './decide-collection.ts'
import { Dependents } from './dependents.ts'
import { findOwner, ownerLooks } from './owner-look.ts'

const definitions = 'customresourcedefinitions.apiextensions.k8s.io'

/**
 * Deletes what has lost its owners, and lets go of what is deleted with `Foreground` or `Orphan`, for every kind there is. Only objects whose
 * owners are gone or going are looked at. Source: Kubernetes garbage collector controller.
 */
export class GarbageCollector implements Controller {
  readonly name = 'generic-garbage-collector'
  readonly watches = [
    { resource: everyResource, keysOf: (change: Change) => this.#wokenBy(change) },
    { resource: definitions, keysOf: ({ object }: Change) => this.#wokenByKind(object) },
  ]
  readonly #client: TwinClient
  readonly #kinds: KnownKinds
  readonly #dependents: Dependents
  /** Objects with an owner of a kind that is not served (yet), by that kind. */
  readonly #ofUnknownKind = new Map<string, Set<string>>()

  constructor(client: TwinClient, kinds: KnownKinds) {
    this.#client = client
    this.#kinds = kinds
    this.#dependents = new Dependents(client.store)
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const { resource, namespace, name } = parseKey(key)
    const object = this.#client.store.get(resource, namespace, name)
    if (object === undefined) return undefined
    const dependents = this.#dependents.of(object.metadata.uid)
    const looks = ownerLooks(object, this.#source)
    for (const { reference, state } of looks) if (state === 'Unknown') this.#remember(reference, key)
    const decision = decideCollection(
      object,
      looks,
      dependents.map((dependent) => dependent.object),
    )
    await this.#act(resource, object, decision)
    return undefined
  }

  get #source() {
    return { store: this.#client.store, kinds: this.#kinds }
  }

  async #act(resource: string, object: KubeObject, decision: Collection): Promise<void> {
    const { namespace, name, uid } = object.metadata
    const key: ObjectKey = { namespace, name }
    switch (decision.kind) {
      case 'Keep':
        return
      case 'DropOwners':
        await this.#dropOwners(resource, object, decision.uids)
        return
      case 'RemoveFinalizer':
        await this.#client.change(resource, key, (current) => withoutFinalizer(current, uid, decision.finalizer))
        return
      case 'Orphan':
        for (const dependent of this.#dependents.of(uid)) await this.#dropOwners(dependent.resource, dependent.object, [uid])
        await this.#client.change(resource, key, (current) => withoutFinalizer(current, uid, orphanFinalizer))
        return
      case 'Delete':
        if (decision.unblock) await this.#client.change(resource, key, unblocking)
        await this.#client.delete(resource, key, { uid, propagationPolicy: decision.policy })
    }
  }

  async #dropOwners(resource: string, { metadata }: KubeObject, uids: readonly string[]): Promise<void> {
    const key = { namespace: metadata.namespace, name: metadata.name }
    if (this.#client.store.get(resource, key.namespace, key.name)?.metadata.uid !== metadata.uid) return
    await this.#client.change(resource, key, (current) => withoutOwners(current, uids))
  }

  #wokenBy(change: Change): readonly string[] {
    const { object, kind, resource } = change
    if (kind === 'Deleted') return [...this.#dependentKeys(object), ...this.#waitingOwners(object)]
    const keys: string[] = []
    const { previous } = change
    if (!isOwnedAsBefore(object, previous) && this.#needsLook(object)) keys.push(keyText(resource, object))
    if (previous !== undefined && !sameJson(previous.metadata.ownerReferences, object.metadata.ownerReferences)) {
      keys.push(...this.#waitingOwners(previous))
    }
    if (isDeletedInForeground(object) && (previous === undefined || !isDeletedInForeground(previous)))
      keys.push(...this.#dependentKeys(object))
    return keys
  }

  /** Whether the object may have to go, or waits for its dependents. */
  #needsLook(object: KubeObject): boolean {
    const { deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata
    if (deletionTimestamp !== undefined) return finalizers.includes(foregroundFinalizer) || finalizers.includes(orphanFinalizer)
    return ownerReferences.length > 0 && ownerLooks(object, this.#source).some(({ state }) => state !== 'Solid')
  }

  #dependentKeys({ metadata }: KubeObject): readonly string[] {
    return this.#dependents.of(metadata.uid).map(({ resource, object }) => keyText(resource, object))
  }

  /** The owners of an object that are only waiting for it to go. */
  #waitingOwners(object: KubeObject): readonly string[] {
    return (object.metadata.ownerReferences ?? []).flatMap((reference) => {
      const owner = findOwner(object, reference, this.#source)
      return owner !== undefined && owner !== 'Unknown' && isDeletedInForeground(owner.object)
        ? [keyText(owner.resource, owner.object)]
        : []
    })
  }

  #remember({ apiVersion, kind }: { apiVersion: string; kind: string }, key: string): void {
    const wanted = `${groupOf(apiVersion)}/${kind}`
    this.#ofUnknownKind.set(wanted, (this.#ofUnknownKind.get(wanted) ?? new Set()).add(key))
  }

  #wokenByKind(definition: KubeObject): readonly string[] {
    const { spec } = as<CustomResourceDefinition>(definition)
    const kind = `${spec?.group}/${spec?.names?.kind}`
    const keys = [...(this.#ofUnknownKind.get(kind) ?? [])]
    this.#ofUnknownKind.delete(kind)
    return keys
  }
}

/** Whether a change has nothing to do with owners and deletion: what becomes of the owners is told by themselves. */
function isOwnedAsBefore({ metadata }: KubeObject, previous: KubeObject | undefined): boolean {
  return (
    previous !== undefined &&
    previous.metadata.uid === metadata.uid &&
    previous.metadata.ownerReferences === metadata.ownerReferences &&
    previous.metadata.deletionTimestamp === metadata.deletionTimestamp &&
    previous.metadata.finalizers === metadata.finalizers
  )
}

/** Neither resources nor names have a slash. */
function keyText(resource: string, { metadata }: KubeObject): string {
  return `${resource}/${metadata.namespace ?? ''}/${metadata.name}`
}

function parseKey(key: string): { resource: string; namespace: string | undefined; name: string } {
  const [resource = '', namespace = '', name = ''] = key.split('/')
  return { resource, namespace: namespace === '' ? undefined : namespace, name }
}

function withoutFinalizer(current: KubeObject, uid: string, finalizer: string): DraftObject {
  const { finalizers = [] } = current.metadata
  if (current.metadata.uid !== uid || !finalizers.includes(finalizer)) return current
  return { ...current, metadata: { ...current.metadata, finalizers: finalizers.filter((one) => one !== finalizer) } }
}

function withoutOwners(current: KubeObject, uids: readonly string[]): DraftObject {
  const { ownerReferences = [] } = current.metadata
  const kept = ownerReferences.filter(({ uid }) => !uids.includes(uid))
  return kept.length === ownerReferences.length ? current : { ...current, metadata: { ...current.metadata, ownerReferences: kept } }
}

function unblocking(current: KubeObject): DraftObject {
  const ownerReferences = (current.metadata.ownerReferences ?? []).map((reference) => ({ ...reference, blockOwnerDeletion: false }))
  return { ...current, metadata: { ...current.metadata, ownerReferences } }
}
