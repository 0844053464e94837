import type { KubeObject } from './kube-object.ts'
import type { ObjectKey } from './twin-client.ts'

/** `namespace/name`, or the name alone of what is cluster-scoped: as etcd keeps it, and as controllers name the object they work on. */
export function nameOf({ metadata }: Pick<KubeObject, 'metadata'>): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`
}

/** Takes `namespace/name` apart. */
export function keyOf(name: string): ObjectKey {
  const slash = name.indexOf('/')
  return slash < 0 ? { name } : { namespace: name.slice(0, slash), name: name.slice(slash + 1) }
}
