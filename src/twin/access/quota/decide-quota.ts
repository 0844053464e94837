import type { Pod } from 'kubernetes-types/core/v1'
import { addQuantities, compareQuantities, quantityText } from '../../../core/kubernetes/quantity.ts'
import { as, type DraftObject } from '../../kube-object.ts'
import type { Amounts } from '../../pod-amounts.ts'

/** Since then it is told which container has not said what it needs. */
const namesContainersSince = 24

export interface Quota {
  readonly name: string
  readonly hard: Amounts
  /** Of all but the object that is asked about. */
  readonly used: Amounts
}

/** Why an object that takes so much more does not fit into a quota; `undefined` when it does. Source: Kubernetes, Resource Quotas. */
export function quotaProblem({ name, hard, used }: Quota, growth: Amounts): string | undefined {
  const over = [...growth.keys()].filter((resource) => {
    const limit = hard.get(resource)
    const more = growth.get(resource)
    return limit !== undefined && more !== undefined && compareQuantities(addQuantities(used.get(resource), more), limit) > 0
  })
  if (over.length === 0) return undefined
  const list = (amounts: Amounts) =>
    over
      .toSorted()
      .map((resource) => `${resource}=${textOf(amounts, resource)}`)
      .join(',')
  return `exceeded quota: ${name}, requested: ${list(growth)}, used: ${list(used)}, limited: ${list(hard)}`
}

function textOf(amounts: Amounts, resource: string): string {
  const amount = amounts.get(resource)
  return amount === undefined ? '0' : quantityText(amount)
}

/** A quota on cpu or memory wants every container to say what it needs. */
export function unsaidProblem({ name, hard }: Pick<Quota, 'name' | 'hard'>, pod: DraftObject, minor: number): string | undefined {
  const { containers = [], initContainers = [] } = as<Pod>(pod).spec ?? {}
  const wanted = [...hard.keys()].filter((resource) => /^(?:(?:requests|limits)\.)?(?:cpu|memory)$/.test(resource)).sort()
  const unsaid = wanted.flatMap((resource) => {
    const [part, kind = part] = resource.split('.')
    const field = part === 'limits' ? 'limits' : 'requests'
    const without = [...containers, ...initContainers].filter(({ resources }) => resources?.[field]?.[kind ?? ''] === undefined)
    return without.length === 0 ? [] : [{ resource, containers: without.map((container) => container.name) }]
  })
  if (unsaid.length === 0) return undefined
  const text =
    minor < namesContainersSince
      ? unsaid.map(({ resource }) => resource).join(',')
      : unsaid.map((one) => `${one.resource} for: ${one.containers.join(',')}`).join('; ')
  return `failed quota: ${name}: must specify ${text}`
}
