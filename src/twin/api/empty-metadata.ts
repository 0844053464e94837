import type { ObjectMeta } from '../kube-object.ts'

const emptied = ['labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields'] as const

/** Metadata without maps and lists that hold nothing: they are not stored. Itself when it has none. Source: Kubernetes, ObjectMeta (`omitempty`). */
export function withoutEmptyFields<T extends Partial<ObjectMeta>>(metadata: T): T {
  const empty = emptied.filter((field) => isEmpty(metadata[field]))
  if (empty.length === 0) return metadata
  return Object.fromEntries(Object.entries(metadata).filter(([field]) => !empty.some((one) => one === field))) as T
}

function isEmpty(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return value === null
  if (Array.isArray(value)) return value.length === 0
  for (const _field in value) return false
  return true
}
