import type { ClusterRole } from 'kubernetes-types/rbac/v1'
import { sameJson } from '../../api/same-json.ts'
import type { Controller, Wake } from '../../control-loop/controller.ts'
import { as } from '../../kube-object.ts'
import type { TwinClient } from '../../twin-client.ts'
import { aggregatedRules } from './aggregated-rules.ts'

const resource = 'clusterroles.rbac.authorization.k8s.io'

/** Keeps ClusterRoles with an aggregationRule up to date. Source: Kubernetes, clusterroleaggregation controller. */
export class ClusterRoleAggregationController implements Controller {
  readonly name = 'clusterrole-aggregation-controller'
  readonly watches = [{ resource, keysOf: () => this.#aggregates() }]
  readonly #client: TwinClient

  constructor(client: TwinClient) {
    this.#client = client
  }

  async reconcile(name: string): Promise<Wake | undefined> {
    const { store } = this.#client
    const role = store.get(resource, undefined, name)
    if (role === undefined) return undefined
    const rules = aggregatedRules(role, store.list(resource))
    if (!sameJson(as<ClusterRole>(role).rules ?? [], rules)) await this.#client.update(resource, { ...role, rules })
    return undefined
  }

  /** Any role can be a part of any. */
  #aggregates(): readonly string[] {
    return this.#client.store
      .list(resource)
      .filter((role) => as<ClusterRole>(role).aggregationRule !== undefined)
      .map(({ metadata }) => metadata.name)
  }
}
