import type { Container, PersistentVolumeClaim, Pod, PodSpec, Service } from 'kubernetes-types/core/v1'
import { isPodFinished } from '../../../core/kubernetes/pod-state.ts'
import { addQuantities, compareQuantities, parseQuantity, type Quantity } from '../../../core/kubernetes/quantity.ts'
import { as, type DraftObject } from '../../kube-object.ts'

/** Amounts by the names that a quota has for them: `pods`, `requests.cpu`, `count/deployments.apps`. */
export type Amounts = ReadonlyMap<string, Quantity>

/** Kinds that are counted by their own name too, not only with `count/`. */
const counted: ReadonlySet<string> = new Set([
  'services',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
])
/** They have a short name for their requests. */
const shortNames: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage'])

/** What one object takes of its namespace's quotas. `resource` is as the store names it. Source: Kubernetes, Resource Quotas. */
export function quotaUsage(resource: string, object: DraftObject): Amounts {
  const one = parseQuantity('1')
  const amounts = new Map<string, Quantity>()
  if (one === undefined) return amounts
  amounts.set(`count/${resource}`, one)
  if (counted.has(resource)) amounts.set(resource, one)
  switch (resource) {
    case 'pods':
      addPod(amounts, as<Pod>(object), one)
      break
    case 'services':
      addService(amounts, as<Service>(object), one)
      break
    case 'persistentvolumeclaims':
      addClaim(amounts, as<PersistentVolumeClaim>(object))
      break
  }
  return amounts
}

/** The sum of amounts. */
export function sumOf(all: Iterable<Amounts>): Amounts {
  const sum = new Map<string, Quantity>()
  for (const amounts of all) for (const [name, amount] of amounts) sum.set(name, addQuantities(sum.get(name), amount))
  return sum
}

/** What is more in `next` than in `before`. */
export function growthOf(next: Amounts, before: Amounts): Amounts {
  const growth = new Map<string, Quantity>()
  for (const [name, amount] of next) {
    const more = amount.nano - (before.get(name)?.nano ?? 0n)
    if (more > 0n) growth.set(name, { nano: more, notation: amount.notation })
  }
  return growth
}

/** A pod that has come to its end takes nothing but its place among the objects. */
function addPod(amounts: Map<string, Quantity>, { spec, status }: Pod, one: Quantity): void {
  if (spec === undefined || isPodFinished(status)) return
  amounts.set('pods', one)
  for (const [name, amount] of resourcesOf(spec, 'requests')) {
    amounts.set(`requests.${name}`, amount)
    if (shortNames.has(name)) amounts.set(name, amount)
  }
  for (const [name, amount] of resourcesOf(spec, 'limits')) amounts.set(`limits.${name}`, amount)
}

/** The containers together, or the biggest of those that run before them. */
function resourcesOf({ containers = [], initContainers = [] }: PodSpec, part: 'requests' | 'limits'): Amounts {
  const amounts = new Map(sumOf(containers.map((container) => amountsOf(container, part))))
  for (const container of initContainers) {
    for (const [name, amount] of amountsOf(container, part)) {
      const before = amounts.get(name)
      if (before === undefined || compareQuantities(amount, before) > 0) amounts.set(name, amount)
    }
  }
  return amounts
}

function amountsOf({ resources }: Container, part: 'requests' | 'limits'): Amounts {
  return readAmounts(resources?.[part] ?? {})
}

/** What cannot be read is left out. */
export function readAmounts(texts: Readonly<Record<string, string>>): Amounts {
  return new Map(
    Object.entries(texts).flatMap(([name, text]) => {
      const amount = parseQuantity(text)
      return amount === undefined ? [] : [[name, amount] as const]
    }),
  )
}

function addService(amounts: Map<string, Quantity>, { spec }: Service, one: Quantity): void {
  const ports = parseQuantity(String(spec?.ports?.length ?? 0))
  if (spec?.type === 'LoadBalancer') amounts.set('services.loadbalancers', one)
  const hasPorts = spec?.type === 'NodePort' || (spec?.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  if (hasPorts && ports !== undefined) amounts.set('services.nodeports', ports)
}

function addClaim(amounts: Map<string, Quantity>, { spec }: PersistentVolumeClaim): void {
  const storage = parseQuantity(spec?.resources?.requests?.storage)
  if (storage === undefined) return
  amounts.set('requests.storage', storage)
  if (!spec?.storageClassName) return
  const prefix = `${spec.storageClassName}.storageclass.storage.k8s.io`
  amounts.set(`${prefix}/requests.storage`, storage)
  const one = parseQuantity('1')
  if (one !== undefined) amounts.set(`${prefix}/persistentvolumeclaims`, one)
}
