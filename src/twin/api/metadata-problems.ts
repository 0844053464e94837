import { labelKeyProblem, labelValueProblem } from '../../core/kubernetes/label-syntax.ts'
import type { OwnerReference } from '../../core/kubernetes/object-meta.ts'
import type { KubeObject, ObjectMeta } from '../kube-object.ts'
import { memoOfObject } from '../object-memo.ts'
import { forbiddenValue, invalidValue, requiredValue } from './field-problem.ts'
import { nameProblem } from './name-rule.ts'
import { type ResourceType, storedAs } from './resource-type.ts'
import { sameJson } from './same-json.ts'
import type { StatusCause } from './status-error.ts'

const mostAnnotationBytes = 256 * 1024
const immutable = 'field is immutable'

/** Why the metadata of an object that is created is refused, in the words of the API server. Source: Kubernetes, apimachinery ValidateObjectMeta. */
export function metadataProblems(type: ResourceType, { metadata }: KubeObject): readonly StatusCause[] {
  const { finalizers = [] } = metadata
  return [
    ...nameProblems(storedAs(type), metadata),
    ...commonProblems(metadata),
    ...finalizerProblems(finalizers),
    ...qualifiedFinalizerProblems(finalizers, type),
  ]
}

/** Why the metadata of an object that is updated is refused. What must not change is looked at twice, and said twice. */
export function metadataChangeProblems(type: ResourceType, next: ObjectMeta, old: ObjectMeta): readonly StatusCause[] {
  if (next === old) return []
  const changes = [...newFinalizerProblems(next, old), ...immutableProblems(next, old)]
  const { finalizers = [] } = next
  return [
    ...changes,
    ...changes,
    ...commonProblems(next),
    ...finalizerProblems(finalizers),
    ...qualifiedFinalizerProblems(finalizers, type),
  ]
}

function nameProblems(resource: string, { name, generateName }: ObjectMeta): readonly StatusCause[] {
  const causes: StatusCause[] = []
  const prefix = generateName ? nameProblem(resource, generateName, true) : undefined
  if (prefix !== undefined) causes.push(invalidValue('metadata.generateName', generateName, prefix))
  if (name === '') return [...causes, requiredValue('metadata.name', 'name or generateName is required')]
  const problem = nameProblem(resource, name, false)
  return problem === undefined ? causes : [...causes, invalidValue('metadata.name', name, problem)]
}

function commonProblems(metadata: ObjectMeta): readonly StatusCause[] {
  const { labels, annotations, ownerReferences } = metadata
  if (labels === undefined && annotations === undefined && ownerReferences === undefined) return []
  return [
    ...(!labels ? [] : labelProblems(labels)),
    ...(!annotations ? [] : annotationProblems(annotations)),
    ...(!ownerReferences ? [] : ownerProblems(ownerReferences)),
  ]
}

/** All versions of an object share its labels, as long as nobody changes these. */
const labelProblems = memoOfObject(newLabelProblems)

function newLabelProblems(labels: Readonly<Record<string, string>>): readonly StatusCause[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const keyWhy = labelKeyProblem(key)
    const valueWhy = labelValueProblem(value)
    return [
      ...(keyWhy === undefined ? [] : [invalidValue('metadata.labels', key, keyWhy)]),
      ...(valueWhy === undefined ? [] : [invalidValue('metadata.labels', value, valueWhy)]),
    ]
  })
}

function annotationProblems(annotations: Readonly<Record<string, string>>): readonly StatusCause[] {
  const causes: StatusCause[] = []
  let bytes = 0
  for (const [key, value] of Object.entries(annotations)) {
    const why = labelKeyProblem(key.toLowerCase())
    if (why !== undefined) causes.push(invalidValue('metadata.annotations', key, why))
    bytes += key.length + value.length
  }
  if (bytes <= mostAnnotationBytes) return causes
  const message = `Too long: must have at most ${mostAnnotationBytes} bytes`
  return [...causes, { reason: 'FieldValueTooLong', message, field: 'metadata.annotations' }]
}

function ownerProblems(owners: readonly OwnerReference[]): readonly StatusCause[] {
  const field = 'metadata.ownerReferences'
  const causes = owners.flatMap(({ apiVersion, kind, name, uid }) => [
    ...(apiVersion ? [] : [invalidValue(`${field}.apiVersion`, apiVersion ?? '', 'version must not be empty')]),
    ...(kind ? [] : [invalidValue(`${field}.kind`, kind ?? '', 'kind must not be empty')]),
    ...(name ? [] : [invalidValue(`${field}.name`, name ?? '', 'name must not be empty')]),
    ...(uid ? [] : [invalidValue(`${field}.uid`, uid ?? '', 'uid must not be empty')]),
  ])
  const [first, second] = owners.filter(({ controller }) => controller === true)
  if (first === undefined || second === undefined) return causes
  const why = `Only one reference can have Controller set to true. Found "true" in references for ${first.name} and ${second.name}`
  return [...causes, invalidValue(field, owners, why)]
}

function finalizerProblems(finalizers: readonly string[]): readonly StatusCause[] {
  const causes = finalizers.flatMap((finalizer) => {
    const why = labelKeyProblem(finalizer)
    return why === undefined ? [] : [invalidValue('metadata.finalizers', finalizer, why)]
  })
  if (!finalizers.includes('orphan') || !finalizers.includes('foregroundDeletion')) return causes
  return [...causes, invalidValue('metadata.finalizers', finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')]
}

const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

/** Built-in kinds want to know whose a finalizer is. Source: Kubernetes, core validation ValidateFinalizerName. */
function qualifiedFinalizerProblems(finalizers: readonly string[], { custom }: ResourceType): readonly StatusCause[] {
  if (custom !== undefined) return []
  return finalizers.flatMap((finalizer, i) => {
    if (finalizer.includes('/') || standardFinalizers.has(finalizer)) return []
    const why = 'name is neither a standard finalizer name nor is it fully qualified'
    return [invalidValue(`metadata.finalizers[${i}]`, finalizer, why)]
  })
}

function newFinalizerProblems(next: ObjectMeta, old: ObjectMeta): readonly StatusCause[] {
  if (old.deletionTimestamp === undefined) return []
  const added = (next.finalizers ?? []).filter((finalizer) => !old.finalizers?.includes(finalizer)).sort()
  if (added.length === 0) return []
  const list = `[]string{${added.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`
  return [forbiddenValue('metadata.finalizers', why)]
}

const immutableFields = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const

function immutableProblems(next: ObjectMeta, old: ObjectMeta): readonly StatusCause[] {
  return immutableFields
    .filter((field) => next[field] !== old[field] && !sameJson(next[field], old[field]))
    .map((field) => ({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${goValue(field, next[field])}: ${immutable}`,
      field: `metadata.${field}`,
    }))
}

/** A value as the server prints it: times as Go does. */
function goValue(field: string, value: unknown): string {
  if (value === undefined) return 'null'
  if (!field.endsWith('Timestamp')) return JSON.stringify(value)
  const at = new Date(Date.parse(String(value)))
  return Number.isNaN(at.getTime()) ? JSON.stringify(value) : `${at.toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
}
