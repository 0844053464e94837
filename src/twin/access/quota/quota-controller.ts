import type { ResourceQuota } from 'kubernetes-types/core/v1'
import { quantityText } from '../../../core/kubernetes/quantity.ts'
import { sameJson } from '../../api/same-json.ts'
import { type Controller, everyResource, type Wake } from '../../control-loop/controller.ts'
import { as } from '../../kube-object.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { countedIn, usedOf } from './quota-used.ts'

/** Writes how much of each quota is used. Source: Kubernetes, resourcequota controller. */
export class QuotaController implements Controller {
  readonly name = 'resourcequota-controller'
  readonly watches = [{ resource: everyResource, keysOf: (change: Change) => this.#quotasOf(change) }]
  readonly #client: TwinClient

  constructor(client: TwinClient) {
    this.#client = client
  }

  async reconcile(key: string): Promise<Wake | undefined> {
    const [namespace = '', name = ''] = key.split('/')
    const { store } = this.#client
    const quota = store.get('resourcequotas', namespace, name)
    if (quota === undefined) return undefined
    const { hard = {} } = as<ResourceQuota>(quota).spec ?? {}
    const amounts = usedOf(store, quota)
    const used = Object.fromEntries(
      Object.keys(hard)
        .sort()
        .map((resource) => {
          const amount = amounts.get(resource)
          return [resource, amount === undefined ? '0' : quantityText(amount)]
        }),
    )
    if (sameJson(quota.status ?? {}, { hard, used })) return undefined
    await this.#client.update('resourcequotas', { ...quota, status: { hard, used } }, 'status')
    return undefined
  }

  /** Those of the object's namespace that count such objects. */
  #quotasOf({ resource, object }: Change): readonly string[] {
    const { store } = this.#client
    const { namespace, name } = object.metadata
    if (namespace === undefined || store.count('resourcequotas') === 0) return []
    if (resource === 'resourcequotas') return [`${namespace}/${name}`]
    return store
      .list('resourcequotas', namespace)
      .filter((quota) => Object.keys(as<ResourceQuota>(quota).spec?.hard ?? {}).some((limit) => countedIn(limit) === resource))
      .map((quota) => `${namespace}/${quota.metadata.name}`)
  }
}
