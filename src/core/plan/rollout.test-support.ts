import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { aNode, type PlanWorld } from './plan-facts.test-support.ts'

/** What nodes report once they have reached the version of `aPlan`. */
export const reached = 'v1.20.3+k3s1'
/** The label that nodes get when `aPlan` is done with them. */
export const doneLabel = 'plan.upgrade.cattle.io/server-plan'

/** Three workers with the version before. */
export function threeNodes(): NodeFacts[] {
  return [aNode('n1'), aNode('n2'), aNode('n3')]
}

/** Upgrades whatever is in progress until the Plan is complete; returns the nodes in the order in which they began. */
export function rollOut(world: PlanWorld): string[] {
  const order: string[] = []
  for (let turn = 0; turn < 20; turn++) {
    const { status } = world.settle()
    const [node] = status.applying ?? []
    if (node === undefined) return order
    order.push(node)
    world.begin(node)
    world.settle()
    world.succeed(node, reached)
  }
  throw new Error('the rollout does not end')
}
