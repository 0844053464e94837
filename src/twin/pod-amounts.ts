import type { Container, PodSpec } from 'kubernetes-types/core/v1'
import { addQuantities, compareQuantities, parseQuantity, type Quantity } from '../core/kubernetes/quantity.ts'

/** Amounts by the names of resources. */
export type Amounts = ReadonlyMap<string, Quantity>

type Part = 'requests' | 'limits'

/** What cannot be read is left out. */
export function readAmounts(texts: Readonly<Record<string, string>>): Amounts {
  return new Map(
    Object.entries(texts).flatMap(([name, text]) => {
      const amount = parseQuantity(text)
      return amount === undefined ? [] : [[name, amount] as const]
    }),
  )
}

/** The sum of amounts. */
export function sumOf(all: Iterable<Amounts>): Amounts {
  const sum = new Map<string, Quantity>()
  for (const amounts of all) for (const [name, amount] of amounts) sum.set(name, addQuantities(sum.get(name), amount))
  return sum
}

/**
 * What the containers of a pod ask for together: those that run beside each other, sidecars among them, or the largest step of its start,
 * where sidecars that were started before go on. Source: Kubernetes, Sidecar Containers, Resource sharing within containers.
 */
export function containerAmounts({ containers = [], initContainers = [] }: PodSpec, part: Part): Amounts {
  let sidecars: Amounts = new Map()
  let start: Amounts = new Map()
  for (const container of initContainers) {
    const own = amountsOf(container, part)
    const step = sumOf([sidecars, own])
    if (container.restartPolicy === 'Always') sidecars = step
    start = largerOf(start, step)
  }
  return largerOf(sumOf([...containers.map((container) => amountsOf(container, part)), sidecars]), start)
}

/** What a pod takes of a node: what is said of the whole pod goes before what its containers say, and its overhead comes on top. */
export function podAmounts(spec: PodSpec, part: Part): Amounts {
  const whole = (spec as { resources?: Partial<Record<Part, Readonly<Record<string, string>>>> }).resources?.[part]
  const said = new Map([...containerAmounts(spec, part), ...readAmounts(whole ?? {})])
  const overhead = [...readAmounts(spec.overhead ?? {})].filter(([name]) => part === 'requests' || said.has(name))
  return sumOf([said, new Map(overhead)])
}

function amountsOf({ resources }: Container, part: Part): Amounts {
  return readAmounts(resources?.[part] ?? {})
}

function largerOf(a: Amounts, b: Amounts): Amounts {
  const larger = new Map(a)
  for (const [name, amount] of b) {
    const other = a.get(name)
    if (other === undefined || compareQuantities(amount, other) > 0) larger.set(name, amount)
  }
  return larger
}
