import type { NodeInfo } from '../node-info.ts'
import { type Rejection, unresolvable, unschedulable } from '../rejection.ts'
import type { Resources } from '../resources.ts'
import type { PreparedFilter, SchedulingCycle } from '../scheduling-cycle.ts'

/**
 * Keeps pods off nodes that have too little left of something: of allocatable, what all pods on the node ask for is taken, terminating ones
 * included. Source: kube-scheduler, NodeResourcesFit.
 */
export function prepareNodeResourcesFit({ pod: { requests }, minor }: SchedulingCycle): PreparedFilter {
  const asksForNothing = isNothing(requests)
  // Before 1.24 also what the pod does not ask for and the node is out of.
  const everything = minor < 24
  return {
    kind: 'Filter',
    check: (node) => {
      const tooMany = node.pods.size + 1 > node.allowedPods
      if (!tooMany && (asksForNothing || fits(requests, node, everything))) return undefined
      return lacking(requests, node, minor)
    },
  }
}

function isNothing({ milliCpu, memory, ephemeralStorage, scalars }: Resources): boolean {
  return milliCpu === 0 && memory === 0 && ephemeralStorage === 0 && scalars.size === 0
}

function fits(asked: Resources, { allocatable, requested }: NodeInfo, everything: boolean): boolean {
  const has = (amount: number, used: number, there: number) => (amount === 0 && !everything) || amount + used <= there
  if (!has(asked.milliCpu, requested.milliCpu, allocatable.milliCpu)) return false
  if (!has(asked.memory, requested.memory, allocatable.memory)) return false
  if (!has(asked.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage)) return false
  for (const [name, amount] of asked.scalars) {
    if (!has(amount, requested.scalars.get(name) ?? 0, allocatable.scalars.get(name) ?? 0)) return false
  }
  return true
}

/** Everything there is too little of. */
function lacking(requests: Resources, node: NodeInfo, minor: number): Rejection | undefined {
  const reasons: string[] = []
  if (node.pods.size + 1 > node.allowedPods) reasons.push('Too many pods')
  const amounts = isNothing(requests) ? [] : amountsOf(requests, node)
  const short = amounts.filter(({ asked, used, there }) => (asked > 0 || minor < 24) && asked + used > there)
  reasons.push(...short.map(({ name }) => `Insufficient ${name}`))
  if (reasons.length === 0) return undefined
  // An empty node would not do either. Source: kube-scheduler v1.33.
  const hopeless = minor >= 33 && short.some(({ asked, there }) => asked > there)
  return hopeless ? unresolvable('NodeResourcesFit', ...reasons) : unschedulable('NodeResourcesFit', ...reasons)
}

function amountsOf(requests: Resources, { requested, allocatable }: NodeInfo) {
  const amount = (name: string, of: (resources: Resources) => number) => ({
    name,
    asked: of(requests),
    used: of(requested),
    there: of(allocatable),
  })
  return [
    amount('cpu', ({ milliCpu }) => milliCpu),
    amount('memory', ({ memory }) => memory),
    amount('ephemeral-storage', ({ ephemeralStorage }) => ephemeralStorage),
    ...[...requests.scalars.keys()].map((name) => amount(name, ({ scalars }) => scalars.get(name) ?? 0)),
  ]
}
