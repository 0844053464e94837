import { ApiError } from '../../cluster/api-error.ts'
import type { ApiRequest, ApiTransport } from '../../cluster/transport.ts'
import { as, type DraftObject, type KubeObject } from '../kube-object.ts'
import type { TwinClient } from '../twin-client.ts'

/** The few requests that the containers of upgrades make, answered from a store: nodes, pods, evictions and Plans. */
export class PlainTransport implements ApiTransport {
  readonly lines: string[] = []
  /** Evictions to be refused before one is granted. */
  refusals = 0
  readonly #client: TwinClient

  constructor(client: TwinClient) {
    this.#client = client
  }

  async json<T>(request: ApiRequest): Promise<T> {
    this.lines.push(`${request.method} ${request.path}`)
    return (await this.#answer(request)) as T
  }

  async stream(): Promise<never> {
    throw new Error('no stream is needed here')
  }

  async #answer({ method, path, query, body }: ApiRequest): Promise<unknown> {
    if (path === '/version') return { gitVersion: 'v1.20.2', major: '1', minor: '20' }
    if (path === '/apis') return { groups: [] }
    if (path === '/api/v1') return { resources: [] }
    const parts = path.split('/').slice(path.startsWith('/apis/') ? 4 : 3)
    const namespaced = parts[0] === 'namespaces'
    const [resource = '', name = '', subresource] = namespaced ? parts.slice(2) : parts
    const key = namespaced ? { namespace: parts[1] ?? '', name } : { name }
    if (subresource === 'eviction') return await this.#evict(key)
    if (method === 'PATCH') return await this.#client.change(resource, key, (object) => merged(object, body as DraftObject))
    if (name === '') return this.#list(resource, query ?? {})
    return this.#found(resource === 'plans' ? 'plans.upgrade.cattle.io' : resource, key)
  }

  #found(resource: string, { namespace, name }: { namespace?: string; name: string }): KubeObject {
    const object = this.#client.store.get(resource, namespace, name)
    if (object === undefined) throw new ApiError({ status: 404, reason: 'NotFound', message: `${name} not found` })
    return object
  }

  #list(resource: string, { fieldSelector = '', labelSelector = '' }: NonNullable<ApiRequest['query']>) {
    const node = /^spec\.nodeName=(.*)$/.exec(String(fieldSelector))?.[1]
    const items = this.#client.store.list(resource).filter((object) => {
      if (node !== undefined && as<{ spec: { nodeName?: string } }>(object).spec.nodeName !== node) return false
      const [, not, key = ''] = /^(!?)(.*)$/.exec(String(labelSelector)) ?? []
      return key === '' || Object.hasOwn(object.metadata.labels ?? {}, key) !== (not === '!')
    })
    return { metadata: { resourceVersion: '1' }, items }
  }

  async #evict(key: { namespace?: string; name: string }) {
    if (this.refusals > 0) {
      this.refusals -= 1
      const causes = [
        { reason: 'DisruptionBudget', field: '', message: 'The disruption budget web needs 1 healthy pods and has 1 currently' },
      ]
      throw new ApiError({
        status: 429,
        reason: 'TooManyRequests',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        causes,
      })
    }
    await this.#client.delete('pods', key)
    return { kind: 'Status', status: 'Success' }
  }
}

function merged(object: KubeObject, body: DraftObject): DraftObject {
  return { ...object, spec: { ...(object.spec as object), ...(body.spec as object) } }
}
