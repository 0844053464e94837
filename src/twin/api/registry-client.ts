import type { DraftObject, KubeObject } from '../kube-object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { DeleteRequest, ObjectKey, TwinClient, TwinEvent } from '../twin-client.ts'
import { boundPod } from './bind-pod.ts'
import { EventSink } from './event-sink.ts'
import { checkUid } from './prepare-update.ts'
import type { Registry, WriteOptions } from './registry.ts'
import type { ResourceType } from './resource-type.ts'
import { badRequest, notFound, StatusError } from './status-error.ts'
import type { UserInfo } from './user-info.ts'

/** The `TwinClient` of a registry: for components inside, without the wire. `user` is who admission sees. */
export class RegistryClient implements TwinClient {
  readonly #registry: Registry
  readonly #events: EventSink
  readonly #user: UserInfo | undefined

  constructor(registry: Registry, user?: UserInfo) {
    this.#registry = registry
    this.#events = new EventSink(registry, this.#typeOf('events'))
    this.#user = user
  }

  get store(): ObjectStore {
    return this.#registry.store
  }

  create(resource: string, draft: DraftObject): Promise<KubeObject> {
    return this.#registry.create(this.#typeOf(resource), draft, draft.metadata?.namespace, this.#options())
  }

  async update(resource: string, object: DraftObject, subresource?: 'status' | 'finalize'): Promise<KubeObject> {
    const { namespace, name } = object.metadata ?? {}
    if (!name) throw badRequest('an object without a name cannot be updated')
    const type = this.#typeOf(resource)
    const next = (current: KubeObject | undefined) => {
      if (current !== undefined) checkUid(object, current, type)
      return object
    }
    return (await this.#registry.update(type, { namespace, name }, next, this.#options(subresource))).object
  }

  async change(resource: string, key: ObjectKey, next: (current: KubeObject) => DraftObject, subresource?: 'status'): Promise<KubeObject> {
    const type = this.#typeOf(resource)
    const current = this.#registry.get(type, key)
    const wanted = next(current)
    if (wanted === current) return current
    const make = (latest: KubeObject | undefined) => {
      if (latest === undefined) throw notFound({ group: type.group, plural: type.plural, name: key.name })
      return latest === current ? wanted : next(latest)
    }
    return (await this.#registry.update(type, key, make, this.#options(subresource))).object
  }

  async delete(resource: string, key: ObjectKey, request: DeleteRequest = {}): Promise<KubeObject | undefined> {
    const { uid, resourceVersion, ...asked } = request
    const preconditions = { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) }
    try {
      return (await this.#registry.delete(this.#typeOf(resource), key, { ...asked, preconditions }, this.#options())).object
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) return undefined
      throw error
    }
  }

  async bind({ uid, ...key }: ObjectKey & { readonly uid?: string }, nodeName: string): Promise<void> {
    this.#registry.rewrite(this.#typeOf('pods'), key, (pod) => {
      if (uid !== undefined && pod.metadata.uid !== uid) throw notFound({ group: '', plural: 'pods', name: key.name })
      return boundPod(pod, nodeName, this.#registry.clock.now())
    })
  }

  event(event: TwinEvent): Promise<void> {
    return this.#events.write(event)
  }

  #options(subresource?: string): WriteOptions {
    return { ...(this.#user === undefined ? {} : { user: this.#user }), ...(subresource === undefined ? {} : { subresource }) }
  }

  #typeOf(resource: string): ResourceType {
    const type = this.#registry.catalog.get(resource)
    if (type === undefined) throw new TypeError(`the server has no resource ${resource}`)
    return type
  }
}
