import type { DraftObject } from '../../../kube-object.ts'
import { compareFields } from '../fields/compare-fields.ts'
import { differenceOf, type FieldSet, noFields } from '../fields/field-set.ts'
import { ownedFields } from '../fields/owned-fields.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import type { MergeSchema } from '../merge-schema.ts'

/** The annotation of client-side `kubectl apply`. */
const annotation = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * What `kubectl apply` may take over without a conflict when it changes to server-side apply: fields that it applied from the client and that
 * still are what it made them. Empty without its annotation, or with one of another version.
 * Source: Kubernetes docs, "Server-Side Apply", upgrading from client-side apply.
 */
export function fieldsLastApplied(live: DraftObject, apiVersion: string, schema: MergeSchema): FieldSet {
  const applied = parsedObject(live.metadata?.annotations?.[annotation])
  if (applied === undefined || applied.apiVersion !== apiVersion) return noFields
  const { added, modified, removed } = compareFields(applied, live, schema)
  return [modified, added, removed].reduce(differenceOf, ownedFields(applied, schema))
}

function parsedObject(text: string | undefined): JsonObject | undefined {
  if (text === undefined || text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The annotation, where it is there, brought up to what is applied now, so that a return to client-side apply finds it. */
export function withLastApplied(object: DraftObject, applied: DraftObject): DraftObject {
  if (object.metadata?.annotations?.[annotation] === undefined) return object
  const annotations = { ...object.metadata.annotations, [annotation]: `${JSON.stringify(sortedKeys(withoutAnnotation(applied)))}\n` }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

function withoutAnnotation(applied: DraftObject): DraftObject {
  if (applied.metadata?.annotations === undefined) return applied
  const { [annotation]: _, ...annotations } = applied.metadata.annotations
  return { ...applied, metadata: { ...applied.metadata, annotations } }
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sortedKeys(value[key])]),
  )
}
