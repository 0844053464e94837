import type { PersistentVolumeClaim, Pod, Service } from 'kubernetes-types/core/v1'
import { isPodFinished } from '../../../core/kubernetes/pod-state.ts'
import { parseQuantity, type Quantity } from '../../../core/kubernetes/quantity.ts'
import { as, type DraftObject } from '../../kube-object.ts'
import { type Amounts, podAmounts } from '../../pod-amounts.ts'

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

/**
 * What one object takes of its namespace's quotas, by the names that a quota has for it: `pods`, `requests.cpu`, `count/deployments.apps`.
 * `resource` is as the store names it. Source: Kubernetes, Resource Quotas.
 */
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
  for (const [name, amount] of podAmounts(spec, 'requests')) {
    amounts.set(`requests.${name}`, amount)
    if (shortNames.has(name) || name.startsWith('hugepages-')) amounts.set(name, amount)
  }
  // of devices and huge pages only requests are limited: they cannot be used beyond them
  for (const [name, amount] of podAmounts(spec, 'limits')) if (shortNames.has(name)) amounts.set(`limits.${name}`, amount)
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
