import { resourceTypes } from '../types/resource-types.ts'

/** The part of a type's name before its version, by API group. Source: Kubernetes, names of the OpenAPI definitions. */
const roomOfGroup: Readonly<Record<string, string>> = {
  '': 'core',
  'admissionregistration.k8s.io': 'admissionregistration',
  'apiextensions.k8s.io': 'apiextensions',
  'apiregistration.k8s.io': 'apiregistration',
  'authentication.k8s.io': 'authentication',
  'authorization.k8s.io': 'authorization',
  'certificates.k8s.io': 'certificates',
  'coordination.k8s.io': 'coordination',
  'discovery.k8s.io': 'discovery',
  'events.k8s.io': 'events',
  'flowcontrol.apiserver.k8s.io': 'flowcontrol',
  'meta.k8s.io': 'meta',
  'metrics.k8s.io': 'metrics',
  'networking.k8s.io': 'networking',
  'node.k8s.io': 'node',
  'rbac.authorization.k8s.io': 'rbac',
  'resource.k8s.io': 'resource',
  'scheduling.k8s.io': 'scheduling',
  'storage.k8s.io': 'storage',
}

/** Kinds that are no resource of their own: bodies of subresources, options, answers. */
const otherTypes = [
  'apps/v1beta1.DeploymentRollback',
  'apps/v1beta1.Scale',
  'apps/v1beta2.Scale',
  'authentication/v1.TokenRequest',
  'autoscaling/v1.Scale',
  'extensions/v1beta1.DeploymentRollback',
  'extensions/v1beta1.Scale',
  'meta/v1.APIGroup',
  'meta/v1.APIGroupList',
  'meta/v1.APIResourceList',
  'meta/v1.APIVersions',
  'meta/v1.CreateOptions',
  'meta/v1.DeleteOptions',
  'meta/v1.ListMeta',
  'meta/v1.PatchOptions',
  'meta/v1.Status',
  'meta/v1.UpdateOptions',
  'meta/v1.WatchEvent',
  'policy/v1.Eviction',
  'policy/v1beta1.Eviction',
]

/** The name under which the tables have a kind: `core/v1.Pod`. Undefined for a group that is not built in. */
export function kindType(group: string, version: string, kind: string): string | undefined {
  const room = roomOfGroup[group] ?? (group.includes('.') ? undefined : group)
  return room === undefined ? undefined : `${room}/${version}.${kind}`
}

/** Every kind that some minor from 1.14 to 1.37 serves or takes. */
export function kindTypes(): readonly string[] {
  const served = Array.from({ length: 24 }, (_, index) => resourceTypes(14 + index)).flat()
  const kinds = served.flatMap((type) => type.versions.map(({ version }) => kindType(type.group, version, type.kind) ?? ''))
  return [...new Set([...kinds, ...otherTypes])].sort()
}
