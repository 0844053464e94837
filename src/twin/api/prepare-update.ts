import type { DraftObject, KubeObject, ObjectMeta, Writable } from '../kube-object.ts'
import { asWritten } from './as-written.ts'
import { metadataChangeProblems } from './metadata-problems.ts'
import type { WriteRules } from './prepare-creation.ts'
import { storedApiVersion } from './resource-catalog.ts'
import { type ResourceType, storedAs } from './resource-type.ts'
import { sameJson } from './same-json.ts'
import { badRequest, conflict, invalid, type RefusedObject, staleVersion } from './status-error.ts'

/** They are never written blindly: an update has to name the version that it is made of. Custom resources neither. Source: Kubernetes, AllowUnconditionalUpdate. */
const versionRequired = new Set([
  'runtimeclasses.node.k8s.io',
  'poddisruptionbudgets.policy',
  'csidrivers.storage.k8s.io',
  'csistoragecapacities.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'leases.coordination.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'apiservices.apiregistration.k8s.io',
])

/** They are created by a PUT where they are not there. Source: Kubernetes, AllowCreateOnUpdate. */
const createdByUpdate = new Set([
  'runtimeclasses.node.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'leases.coordination.k8s.io',
  'limitranges',
  'events',
  'endpoints',
])

/** Whether a PUT creates an object of this type that is not there; Services only since their storage was rewritten in 1.24. */
export function isCreatedByUpdate(type: ResourceType, minor: number): boolean {
  return createdByUpdate.has(storedAs(type)) || (storedAs(type) === 'services' && minor >= 24)
}

/**
 * The object that an update stores, but for its resourceVersion, which stays that of `old`. With `context.subresource` `status` everything
 * but the status and some metadata stays as it is. Throws `StatusError` 400, 409 or 422.
 * Source: Kubernetes, apiserver registry/rest BeforeUpdate and generic/registry Store.Update.
 */
export function prepareUpdate(draft: DraftObject, old: KubeObject, rules: WriteRules): KubeObject {
  const { type, strategy, context } = rules
  checkVersion(draft, old, type)
  checkPlace(draft, old, type)
  const merged = mergeParts(draft, old, rules)
  const prepared = strategy.prepare?.(merged, old, context) ?? merged
  const next = asWritten(countGeneration(prepared, old, rules), storedAs(type))
  const causes = [...metadataChangeProblems(type, next.metadata, old.metadata), ...(strategy.validate?.(next, old, context) ?? [])]
  if (causes.length > 0) throw invalid({ group: type.group, kind: type.kind, name: old.metadata.name }, causes)
  return next
}

function checkPlace(draft: DraftObject, { metadata: { namespace } }: KubeObject, type: ResourceType): void {
  const own = draft.metadata?.namespace
  if (!type.namespaced || !own || own === namespace) return
  throw badRequest(`the namespace of the object (${own}) does not match the namespace on the request (${namespace})`)
}

function checkVersion(draft: DraftObject, old: KubeObject, type: ResourceType): void {
  const { name, resourceVersion } = old.metadata
  const of: RefusedObject = { group: type.group, plural: type.plural, name }
  const version = draft.metadata?.resourceVersion
  if (version && version !== '0') {
    if (version !== resourceVersion) throw conflict(of, staleVersion)
  } else if (type.custom !== undefined || versionRequired.has(storedAs(type))) {
    const message = 'Invalid value: 0x0: must be specified for an update'
    throw invalid({ group: type.group, kind: type.plural, name }, [
      { reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' },
    ])
  }
}

/** Throws 409 when the object that is stored is not the one that a PUT names by its UID, in the words of the storage layer. */
export function checkUid(draft: DraftObject, { metadata }: KubeObject, type: ResourceType): void {
  const asked = draft.metadata?.uid
  if (!asked || asked === metadata.uid) return
  const folder = type.group === '' || type.custom === undefined ? type.plural : `${type.group}/${type.plural}`
  const key = `/registry/${[folder, metadata.namespace, metadata.name].filter((part) => part !== undefined).join('/')}`
  const why = `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${metadata.uid}`
  const problem = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`
  throw conflict({ group: type.group, plural: type.plural, name: metadata.name }, problem)
}

function mergeParts(draft: DraftObject, old: KubeObject, { type, context }: WriteRules): KubeObject {
  // whoever writes without a wire mostly hands on the metadata that he has found
  const metadata = draft.metadata === old.metadata ? old.metadata : nextMetadata(draft.metadata ?? {}, old.metadata)
  if (context.subresource === 'status' || context.subresource === 'approval') {
    const next: Writable<KubeObject> = { ...old }
    next.apiVersion = storedApiVersion(type)
    next.metadata = statusMetadata(metadata, old.metadata, type)
    next.status = draft.status
    return next
  }
  if (context.subresource === 'finalize') {
    const { finalizers } = (draft.spec ?? {}) as { readonly finalizers?: unknown }
    return { ...old, metadata, spec: { ...(old.spec as object | undefined), finalizers } }
  }
  const next: Writable<DraftObject> = { ...draft }
  next.apiVersion = storedApiVersion(type)
  next.kind = type.kind
  next.metadata = metadata
  if (context.subresource === undefined && type.subresources.includes('status')) {
    if (old.status === undefined) delete next.status
    else next.status = old.status
  }
  return next as KubeObject
}

/** What a client has no say in stays as it was. */
function nextMetadata(draft: Partial<ObjectMeta>, old: ObjectMeta): ObjectMeta {
  const { generation: _generation, deletionGracePeriodSeconds, ...rest } = draft
  const grace = deletionGracePeriodSeconds ?? old.deletionGracePeriodSeconds
  return {
    ...rest,
    name: draft.name || old.name,
    ...(old.namespace === undefined ? {} : { namespace: old.namespace }),
    uid: draft.uid || old.uid,
    resourceVersion: old.resourceVersion,
    ...(old.generation === undefined ? {} : { generation: old.generation }),
    creationTimestamp: old.creationTimestamp,
    ...(old.deletionTimestamp === undefined ? {} : { deletionTimestamp: old.deletionTimestamp }),
    ...(grace === undefined ? {} : { deletionGracePeriodSeconds: grace }),
  }
}

/** Source: Kubernetes, the status strategies of pods, deployments and custom resources. */
function statusMetadata(next: ObjectMeta, old: ObjectMeta, type: ResourceType): ObjectMeta {
  if (next === old) return old
  if (type.custom !== undefined) return withField(old, 'managedFields', next.managedFields)
  switch (storedAs(type)) {
    case 'pods':
      return withField(next, 'ownerReferences', old.ownerReferences)
    case 'deployments.apps':
      return withField(next, 'labels', old.labels)
    default:
      return next
  }
}

function withField<K extends keyof ObjectMeta>(metadata: ObjectMeta, field: K, value: ObjectMeta[K]): ObjectMeta {
  const { [field]: _before, ...rest } = metadata
  return (value === undefined ? rest : { ...rest, [field]: value }) as ObjectMeta
}

/** Counts what changes beside the metadata, and the status where that is written apart. */
function countGeneration(next: KubeObject, old: KubeObject, { type, strategy, context }: WriteRules): KubeObject {
  if (strategy.countsGeneration !== true || context.subresource === 'status') return next
  const statusCounts = type.custom !== undefined && !type.subresources.includes('status')
  if (sameBesideStatus(next, old) && !(statusCounts && !sameJson(next.status, old.status))) return next
  return { ...next, metadata: { ...next.metadata, generation: (old.metadata.generation ?? 0) + 1 } }
}

const notCounted: ReadonlySet<string> = new Set(['metadata', 'status', 'apiVersion'])

function sameBesideStatus(next: KubeObject, old: KubeObject): boolean {
  const counted = new Set([...Object.keys(next), ...Object.keys(old)].filter((field) => !notCounted.has(field)))
  for (const field of counted) if (!sameJson(next[field], old[field])) return false
  return true
}
