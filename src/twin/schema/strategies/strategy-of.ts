import type { ResourceStrategy } from '../../api/resource-strategy.ts'
import { podStrategy } from './pod-strategy.ts'

const generic: ResourceStrategy = {}

const strategies: Readonly<Record<string, ResourceStrategy>> = {
  pods: podStrategy,
}

/** What a kind asks of its writes. `resource` is named as the store names it: `pods`, `deployments.apps`; one that is not known asks nothing. */
export function strategyOf(resource: string): ResourceStrategy {
  return Object.hasOwn(strategies, resource) ? (strategies[resource] ?? generic) : generic
}
