import type { KubeObject, ObjectMeta } from '../kube-object.ts'

/** Numbers of a status that are left out when they are 0. Source: Kubernetes API types, `omitempty`. */
const omittedZeros: Readonly<Record<string, ReadonlySet<string>>> = {
  'deployments.apps': new Set([
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'observedGeneration',
  ]),
  'replicasets.apps': new Set(['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration']),
  replicationcontrollers: new Set(['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration']),
  'statefulsets.apps': new Set(['readyReplicas', 'currentReplicas', 'updatedReplicas', 'observedGeneration']),
  'daemonsets.apps': new Set(['updatedNumberScheduled', 'numberAvailable', 'numberUnavailable', 'observedGeneration']),
  'jobs.batch': new Set(['active', 'succeeded', 'failed']),
}

const omittedEmpty: readonly (keyof ObjectMeta)[] = ['labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields']

/** An object as the real server stores it: numbers, lists and maps that say nothing are not there. */
export function asWritten(object: KubeObject, resource: string): KubeObject {
  const metadata = hasEmpty(object.metadata) ? withoutEmpty(object.metadata) : object.metadata
  const status = object.status === undefined ? undefined : statusAsWritten(object.status as object, resource)
  if (metadata === object.metadata && status === object.status) return object
  return { ...object, metadata, ...(status === undefined ? {} : { status }) }
}

/** A status without the zeros that its kind leaves out; the argument itself when it has none. `resource` like `deployments.apps`. */
export function statusAsWritten(status: object, resource: string): object {
  const omitted = omittedZeros[resource]
  if (omitted === undefined) return status
  const fields = status as Readonly<Record<string, unknown>>
  const saysNothing = (field: string) => fields[field] === 0 && omitted.has(field)
  for (const field in fields) if (saysNothing(field)) return Object.fromEntries(Object.entries(fields).filter(([one]) => !saysNothing(one)))
  return status
}

function withoutEmpty(metadata: ObjectMeta): ObjectMeta {
  const said = Object.entries(metadata).filter(([field, value]) => !(omittedEmpty as readonly string[]).includes(field) || !isEmpty(value))
  return Object.fromEntries(said) as unknown as ObjectMeta
}

function hasEmpty({ labels, annotations, finalizers, ownerReferences, managedFields }: ObjectMeta): boolean {
  return isEmpty(labels) || isEmpty(annotations) || isEmpty(finalizers) || isEmpty(ownerReferences) || isEmpty(managedFields)
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.length === 0
  for (const _ in value) return false
  return true
}
