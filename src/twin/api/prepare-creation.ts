import { apiTime } from '../api-time.ts'
import type { DraftObject, KubeObject, ObjectMeta } from '../kube-object.ts'
import { asWritten } from './as-written.ts'
import { metadataProblems } from './metadata-problems.ts'
import { generatedName } from './object-name.ts'
import { storedApiVersion } from './resource-catalog.ts'
import type { ResourceStrategy, StrategyContext } from './resource-strategy.ts'
import { type ResourceType, storedAs } from './resource-type.ts'
import { badRequest, invalid, StatusError } from './status-error.ts'

/** What is written, and by which rules. */
export interface WriteRules {
  readonly type: ResourceType
  readonly strategy: ResourceStrategy
  readonly context: StrategyContext
}

/** What of a new object is chance. */
export interface CreationChance {
  /** Numbers in [0, 1). */
  readonly random: () => number
  /** One that no object has. */
  readonly newUid: () => string
}

/**
 * The object that a creation stores, but for its resourceVersion: what all kinds have in common, then what its own asks for.
 * Throws `StatusError` 400, 422 or 500. Source: Kubernetes, apiserver registry/rest BeforeCreate.
 */
export function prepareCreation(draft: DraftObject, namespace: string | undefined, rules: WriteRules, chance: CreationChance): KubeObject {
  const { type, strategy, context } = rules
  if (isSet(draft.metadata?.resourceVersion)) {
    throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created')
  }
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = draft
  const metadata = newMetadata(draft.metadata ?? {}, placeOf(draft, namespace, type), rules, chance)
  const object: KubeObject = { apiVersion: storedApiVersion(type), kind: type.kind, metadata, ...rest }
  const made = strategy.prepare?.(object, undefined, context) ?? withoutStatus(object, type, strategy)
  const prepared = asWritten(made, storedAs(type))
  const causes = [...metadataProblems(type, prepared), ...(strategy.validate?.(prepared, undefined, context) ?? [])]
  if (causes.length > 0) throw invalid({ group: type.group, kind: type.kind, name: prepared.metadata.name }, causes)
  return prepared
}

/** The namespace an object goes to: that of the request; `undefined` for what is cluster-scoped. Throws 400 when the object names another. */
function placeOf(draft: DraftObject, namespace: string | undefined, type: ResourceType): string | undefined {
  if (!type.namespaced) return undefined
  const own = draft.metadata?.namespace
  if (own && own !== namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  return namespace
}

function newMetadata(draft: Partial<ObjectMeta>, namespace: string | undefined, rules: WriteRules, chance: CreationChance): ObjectMeta {
  const { strategy, context } = rules
  const { random, newUid } = chance
  const { name, generateName, namespace: _namespace, uid: _uid, resourceVersion: _version, ...rest } = draft
  const { deletionTimestamp: _deleted, deletionGracePeriodSeconds: _grace, generation, ...kept } = rest
  const { selfLink: _selfLink, clusterName: _clusterName, creationTimestamp: _created, ...others } = kept as typeof kept & Obsolete
  return {
    name: name || (generateName ? generatedName(generateName, random) : ''),
    ...(generateName ? { generateName } : {}),
    ...(namespace === undefined ? {} : { namespace }),
    uid: newUid(),
    resourceVersion: '',
    ...startGeneration(generation, strategy),
    creationTimestamp: apiTime(context.nowMs),
    ...others,
  }
}

/** Who counts begins anew; elsewhere it stays what the client says that it is. */
function startGeneration(sent: number | undefined, { countsGeneration }: ResourceStrategy): { readonly generation?: number } {
  if (countsGeneration === true) return { generation: 1 }
  return sent ? { generation: sent } : {}
}

interface Obsolete {
  readonly selfLink?: unknown
  readonly clusterName?: unknown
}

/** Where a kind has no rule of its own, a status is not taken from whoever creates the object. */
function withoutStatus(object: KubeObject, type: ResourceType, strategy: ResourceStrategy): KubeObject {
  if (strategy.prepare !== undefined || !type.subresources.includes('status')) return object
  const { status: _status, ...rest } = object
  return rest as KubeObject
}

function isSet(resourceVersion: string | undefined): boolean {
  return resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== '0'
}
