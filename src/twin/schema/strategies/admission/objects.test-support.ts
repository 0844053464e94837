import type { DraftObject, KubeObject } from '../../../kube-object.ts'
import type { ObjectReader } from './admission-verdict.ts'

/** A stored object of which only what matters is said. */
export function stored(kind: string, name: string, fields: Readonly<Record<string, unknown>> = {}, metadata: object = {}): KubeObject {
  const own = { name, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata }
  return { apiVersion: 'v1', kind, metadata: own, ...fields }
}

/** Reads out of lists by resource; namespaces are not looked at. */
export function readerOf(objects: Readonly<Record<string, readonly KubeObject[]>>): ObjectReader {
  return {
    get: (resource, _namespace, name) => objects[resource]?.find(({ metadata }) => metadata.name === name),
    list: (resource) => objects[resource] ?? [],
  }
}

export function podOf(spec: object, metadata: object = {}): DraftObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...metadata }, spec: { containers: [{ name: 'a', image: 'x' }], ...spec } }
}
