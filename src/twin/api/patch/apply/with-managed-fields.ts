import type { DraftObject } from '../../../kube-object.ts'

/** The same object with these managed fields, or without any. */
export function withManagedFields(object: DraftObject, managedFields: readonly unknown[] | undefined): DraftObject {
  if (object.metadata?.managedFields === managedFields) return object
  if (managedFields === undefined) return withoutManagedFields(object)
  return { ...object, metadata: { ...object.metadata, managedFields } }
}

export function withoutManagedFields(object: DraftObject): DraftObject {
  if (object.metadata === undefined || !('managedFields' in object.metadata)) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
