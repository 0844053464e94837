import type { ApiClient } from '../../cluster/api-client.ts'
import { isForbidden, isNotFound } from '../../cluster/api-error.ts'
import { type ListOptions, listAll } from '../../cluster/list-all.ts'
import { pods, type Resource } from '../../cluster/resource.ts'
import { apiServiceTrouble, type ClusterHealth, componentOf, workloadTrouble } from '../../core/upgrade/health/cluster-health.ts'

const workloads: readonly Resource[] = [
  { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment', namespaced: true },
  { group: 'apps', version: 'v1', plural: 'statefulsets', kind: 'StatefulSet', namespaced: true },
  { group: 'apps', version: 'v1', plural: 'daemonsets', kind: 'DaemonSet', namespaced: true },
]

const apiServices: Resource = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  plural: 'apiservices',
  kind: 'APIService',
  namespaced: false,
}

/** Labels of kubeadm, which RKE2 takes over. k3s runs all of it in one process. */
const componentSelectors = ['component in (kube-apiserver,kube-controller-manager,kube-scheduler,etcd)', 'k8s-app=kube-proxy']

/**
 * Reads once how a cluster is, page by page; only what is not well is kept. What may not be read is told in `unread`; any other failure is thrown,
 * to be tried again.
 */
export async function readHealth({ transport, clock }: ApiClient): Promise<ClusterHealth> {
  const unread: string[] = []
  const read = async <T>(resource: Resource, trim: (object: unknown) => T | undefined, where: ListOptions<T | undefined> = {}) => {
    try {
      const { items } = await listAll<T | undefined>(transport, resource, { ...where, trim })
      return items.filter((item) => item !== undefined)
    } catch (error) {
      if (isForbidden(error)) unread.push(`${resource.plural} may not be listed; docs/rbac.md has the right`)
      else if (!isNotFound(error)) throw error
      return []
    }
  }
  const troubles = await Promise.all([
    ...workloads.map((resource) => read(resource, (object) => workloadTrouble(resource.kind, object))),
    read(apiServices, apiServiceTrouble),
  ])
  const components = await Promise.all(
    componentSelectors.map((labelSelector) => read(pods, componentOf, { namespace: 'kube-system', labelSelector })),
  )
  return { atMs: clock.now(), troubles: troubles.flat(), components: components.flat(), unread: [...new Set(unread)].sort() }
}
