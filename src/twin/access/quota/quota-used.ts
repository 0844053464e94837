import type { ResourceQuota } from 'kubernetes-types/core/v1'
import { as, type KubeObject } from '../../kube-object.ts'
import { type Amounts, sumOf } from '../../pod-amounts.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { isInScope } from './quota-scope.ts'
import { quotaUsage } from './quota-usage.ts'

/** What the objects of a quota's namespace take of it, of those resources that it limits and that are asked for. */
export function usedOf(store: ObjectStore, quota: KubeObject, asked?: readonly string[]): Amounts {
  const { spec = {} } = as<ResourceQuota>(quota)
  const names = Object.keys(spec.hard ?? {}).filter((name) => asked === undefined || asked.includes(name))
  const { namespace } = quota.metadata
  const resources = new Set(names.map(countedIn))
  return sumOf(
    [...resources].flatMap((resource) =>
      store
        .list(resource, namespace)
        .filter((object) => isInScope(spec, resource, object))
        .map((object) => new Map([...quotaUsage(resource, object)].filter(([name]) => names.includes(name)))),
    ),
  )
}

/** Whose objects a limit counts. */
export function countedIn(name: string): string {
  if (name.startsWith('count/')) return name.slice('count/'.length)
  if (name === 'requests.storage' || name.includes('.storageclass.storage.k8s.io/')) return 'persistentvolumeclaims'
  if (name.startsWith('services')) return 'services'
  return ['secrets', 'configmaps', 'persistentvolumeclaims', 'replicationcontrollers', 'resourcequotas'].includes(name) ? name : 'pods'
}
