/** Rooms of the tables that are no part of `k8s.io/api`. */
const packages: Readonly<Record<string, string>> = {
  apiextensions: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  apiregistration: 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
  meta: 'io.k8s.apimachinery.pkg.apis.meta',
  metrics: 'io.k8s.metrics.pkg.apis.metrics',
}

/** The name of a struct's definition: `io.k8s.api.core.v1.Pod` of `core/v1.Pod`. Source: Kubernetes, names of the OpenAPI definitions. */
export function definitionName(struct: string): string {
  const [room = '', rest = ''] = struct.split('/')
  return `${packages[room] ?? `io.k8s.api.${room}`}.${rest}`
}

/** The name of a custom kind's definition: `io.cattle.upgrade.v1.Plan`. */
export function customDefinitionName(group: string, version: string, kind: string): string {
  return [...group.split('.').reverse(), version, kind].join('.')
}

export const scalarNames = {
  intOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  microTime: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime',
  patch: 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch',
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  rawExtension: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  time: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
} as const
