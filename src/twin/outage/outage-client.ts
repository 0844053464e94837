import { StatusError } from '../api/status-error.ts'
import type { DraftObject, KubeObject } from '../kube-object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { DeleteRequest, ObjectKey, TwinClient, TwinEvent } from '../twin-client.ts'
import type { ApiOutage } from './api-outage.ts'

/**
 * How components write that may lose the API server: while it is away their writes fail, and events are lost. What they read is what they have
 * seen, which nobody changes meanwhile.
 */
export class OutageClient implements TwinClient {
  readonly #client: TwinClient
  readonly #outage: ApiOutage

  constructor(client: TwinClient, outage: ApiOutage) {
    this.#client = client
    this.#outage = outage
  }

  get store(): ObjectStore {
    return this.#client.store
  }

  create(resource: string, draft: DraftObject): Promise<KubeObject> {
    return this.#outage.isAway ? refused() : this.#client.create(resource, draft)
  }

  update(resource: string, object: DraftObject, subresource?: 'status' | 'finalize'): Promise<KubeObject> {
    return this.#outage.isAway ? refused() : this.#client.update(resource, object, subresource)
  }

  change(resource: string, key: ObjectKey, next: (current: KubeObject) => DraftObject, subresource?: 'status'): Promise<KubeObject> {
    return this.#outage.isAway ? refused() : this.#client.change(resource, key, next, subresource)
  }

  delete(resource: string, key: ObjectKey, request?: DeleteRequest): Promise<KubeObject | undefined> {
    return this.#outage.isAway ? refused() : this.#client.delete(resource, key, request)
  }

  bind(pod: ObjectKey & { readonly uid?: string }, nodeName: string): Promise<void> {
    return this.#outage.isAway ? refused() : this.#client.bind(pod, nodeName)
  }

  event(event: TwinEvent): Promise<void> {
    return this.#outage.isAway ? Promise.resolve() : this.#client.event(event)
  }
}

/** A connection that is not made has no status; for whoever tries again it is one like any other. */
function refused(): Promise<never> {
  return Promise.reject(new StatusError(503, 'ServiceUnavailable', 'the API server is away: connection refused'))
}
