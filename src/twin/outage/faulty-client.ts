import type { Clock } from '../../cluster/clock.ts'
import type { RequestAttributes } from '../api/http/access.ts'
import type { RequestFault, RequestFaults } from '../api/http/request-faults.ts'
import { StatusError } from '../api/status-error.ts'
import type { UserInfo } from '../api/user-info.ts'
import type { DraftObject, KubeObject } from '../kube-object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { DeleteRequest, ObjectKey, TwinClient, TwinEvent } from '../twin-client.ts'

export interface FaultyClientOptions {
  readonly client: TwinClient
  readonly faults: RequestFaults
  readonly clock: Clock
  /** Who writes; for kubelets it depends on what. */
  readonly userOf: (resource: string, key: ObjectKey) => UserInfo
}

/** So often a request that is sent away is sent again when it is told when. Source: client-go, rest.Request. */
const mostTries = 10

/**
 * How components write that meet the faults of single requests, as other clients do: refusals, delays, connections that break before or after
 * the write. What they read is what they have seen; an event that meets one is lost.
 */
export class FaultyClient implements TwinClient {
  readonly #options: FaultyClientOptions

  constructor(options: FaultyClientOptions) {
    this.#options = options
  }

  get store(): ObjectStore {
    return this.#options.client.store
  }

  create(resource: string, draft: DraftObject): Promise<KubeObject> {
    const { namespace, name = '' } = draft.metadata ?? {}
    return this.#meet({ verb: 'create', resource, key: { namespace, name } }, (client) => client.create(resource, draft))
  }

  update(resource: string, object: DraftObject, subresource?: 'status' | 'finalize'): Promise<KubeObject> {
    const { namespace, name = '' } = object.metadata ?? {}
    const key = { namespace, name }
    return this.#meet({ verb: 'update', resource, key, subresource }, (client) => client.update(resource, object, subresource))
  }

  change(resource: string, key: ObjectKey, next: (current: KubeObject) => DraftObject, subresource?: 'status'): Promise<KubeObject> {
    return this.#meet({ verb: 'patch', resource, key, subresource }, (client) => client.change(resource, key, next, subresource))
  }

  delete(resource: string, key: ObjectKey, request?: DeleteRequest): Promise<KubeObject | undefined> {
    return this.#meet({ verb: 'delete', resource, key }, (client) => client.delete(resource, key, request))
  }

  bind(pod: ObjectKey & { readonly uid?: string }, nodeName: string): Promise<void> {
    return this.#meet({ verb: 'create', resource: 'pods', key: pod, subresource: 'binding' }, (client) => client.bind(pod, nodeName))
  }

  event(event: TwinEvent): Promise<void> {
    const { namespace } = event.about.metadata
    const write = { verb: 'create', resource: 'events', key: { namespace, name: '' } }
    return this.#meet(write, (client) => client.event(event)).catch((error: unknown) => {
      if (!(error instanceof StatusError)) throw error
    })
  }

  /** Nothing is put off when no fault fits: a run without faults goes as it would without this client. */
  #meet<T>(write: Write, act: (client: TwinClient) => Promise<T>): Promise<T> {
    const { client } = this.#options
    const fault = this.#judge(write)
    return fault === undefined ? act(client) : this.#suffer(fault, write, () => act(client))
  }

  async #suffer<T>(first: RequestFault, write: Write, act: () => Promise<T>): Promise<T> {
    let fault: RequestFault | undefined = first
    for (let tries = 1; fault !== undefined; tries++) {
      const againInMs = retryInMs(fault)
      if (againInMs === undefined || tries > mostTries) break
      await this.#options.clock.sleep(againInMs)
      fault = this.#judge(write)
    }
    switch (fault?.kind) {
      case 'Refuse':
        throw fault.error
      case 'Overload':
        throw new StatusError(429, 'TooManyRequests', 'Too many requests, please try again later.')
      case 'Break':
        throw connectionReset()
      case 'Delay':
        await this.#options.clock.sleep(fault.ms)
        return await act()
      case 'LoseAnswer':
        await act()
        throw connectionReset()
      case 'StaleWatch':
      case undefined:
        return await act()
    }
  }

  #judge({ verb, resource, key, subresource }: Write): RequestFault | undefined {
    const [plural = resource, ...group] = resource.split('.')
    const of = { group: group.join('.'), version: 'v1', plural, ...(subresource === undefined ? {} : { subresource }) }
    const attributes: RequestAttributes = {
      verb,
      path: '',
      resource: { ...of, name: key.name, ...(key.namespace && { namespace: key.namespace }) },
    }
    return this.#options.faults.judge(attributes, this.#options.userOf(resource, key))
  }
}

interface Write {
  readonly verb: string
  readonly resource: string
  readonly key: ObjectKey
  readonly subresource?: string | undefined
}

function retryInMs(fault: RequestFault): number | undefined {
  if (fault.kind !== 'Refuse' && fault.kind !== 'Overload') return undefined
  return fault.retryAfterSeconds === undefined ? undefined : fault.retryAfterSeconds * 1000
}

/** For whoever tries again it is one like any other; what has become of the write nobody knows. */
function connectionReset(): StatusError {
  return new StatusError(503, 'ServiceUnavailable', 'read: connection reset by peer')
}
