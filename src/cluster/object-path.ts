import type { KubeObject } from '../core/kubernetes/object-meta.ts'
import { type Resource, resourcePath } from './resource.ts'

/** Which object of a collection. */
export interface ObjectName {
  /** Needed for namespaced kinds, ignored for the others. */
  readonly namespace?: string
  readonly name: string
}

/**
 * Path of one object, or of a subresource of it.
 * Throws a TypeError for a name that would address something else: an empty one is the whole collection, `..` the level above.
 * Source: Kubernetes "Object Names and IDs", path segment names.
 */
export function itemPath(resource: Resource, at: ObjectName, subresource?: string): string {
  requireSegment(resource, 'name', at.name)
  if (resource.namespaced) requireSegment(resource, 'namespace', at.namespace)
  return resourcePath(resource, { ...at, ...(subresource === undefined ? {} : { subresource }) })
}

/** Path of an object that is at hand. */
export function pathOf(resource: Resource, object: KubeObject, subresource?: string): string {
  return itemPath(resource, object.metadata, subresource)
}

/** Path to which a new object is posted; `generateName` is fine. */
export function collectionOf(resource: Resource, object: KubeObject): string {
  if (!resource.namespaced) return resourcePath(resource)
  const { namespace } = object.metadata
  requireSegment(resource, 'namespace', namespace)
  return resourcePath(resource, { namespace })
}

function requireSegment(resource: Resource, field: 'name' | 'namespace', value: string | undefined): asserts value is string {
  if (value !== undefined && value !== '' && value !== '.' && value !== '..' && !/[/%]/.test(value)) return
  throw new TypeError(`metadata.${field} of a ${resource.kind} must be a path segment, and is ${JSON.stringify(value)}`)
}
