import type { RequestAttributes } from '../../api/http/access.ts'
import type { RequestFault, RequestFaults } from '../../api/http/request-faults.ts'
import { groupResource } from '../../api/status-error.ts'
import type { UserInfo } from '../../api/user-info.ts'

/** Which requests meet a fault; what is left out is any. */
export interface RequestFilter {
  readonly verbs?: readonly string[] | undefined
  /** `pods`, `pods/eviction`, `deployments.apps`. */
  readonly resources?: readonly string[] | undefined
  readonly users?: readonly string[] | undefined
  /** Of all that fit, 0 to 1. */
  readonly share?: number | undefined
}

interface Rule {
  readonly filter: RequestFilter
  readonly fault: RequestFault
}

/** Faults that are switched on and off while a cluster runs. The first rule that fits decides. */
export class ApiFaultRules implements RequestFaults {
  readonly #rules = new Set<Rule>()
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  /** The returned function takes the rule away. */
  add(fault: RequestFault, filter: RequestFilter = {}): () => void {
    const rule = { filter, fault }
    this.#rules.add(rule)
    return () => this.#rules.delete(rule)
  }

  judge(attributes: RequestAttributes, user: UserInfo): RequestFault | undefined {
    for (const { filter, fault } of this.#rules) {
      if (fits(filter, attributes, user) && (filter.share === undefined || this.#random() < filter.share)) return fault
    }
    return undefined
  }
}

function fits({ verbs, resources, users }: RequestFilter, { verb, resource }: RequestAttributes, { username }: UserInfo): boolean {
  if (verbs !== undefined && !verbs.includes(verb)) return false
  if (users !== undefined && !users.includes(username)) return false
  if (resources === undefined) return true
  if (resource === undefined) return false
  const name = groupResource(resource.group, resource.plural)
  return resources.includes(resource.subresource === undefined ? name : `${name}/${resource.subresource}`)
}
