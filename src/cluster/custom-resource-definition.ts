import { FalkirkError } from '../core/falkirk-error.ts'
import type { KubeObject } from '../core/kubernetes/object-meta.ts'
import type { ApiClient, RequestOptions } from './api-client.ts'
import { type ApiError, isAlreadyExists, isForbidden, isInvalid } from './api-error.ts'
import { type CrdSpec, isSameSpec, missingFields } from './custom-resource-definition-spec.ts'
import { specV1beta1 } from './custom-resource-definition-v1beta1.ts'
import type { Resource } from './resource.ts'
import type { ServerCapabilities } from './server-capabilities.ts'

/** A CustomResourceDefinition as the API gives it. */
export interface CustomResourceDefinition extends KubeObject {
  readonly spec: CrdSpec
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[] }
}

/** What became of a definition: now as wanted, or why not. */
export type CrdOutcome =
  | 'Created'
  | 'Updated'
  /** As wanted, or newer: it has every field that is wanted. */
  | 'Unchanged'
  /** There, without fields that are wanted, and it could not be changed. */
  | { readonly kind: 'Outdated'; readonly message: string }
  /** It may not be looked at, or is not there and may not be created. */
  | { readonly kind: 'Forbidden'; readonly message: string }

/** How long a new definition may take until its API is served. */
const establishMs = 30_000
const firstPauseMs = 100

/**
 * Sees to it that a definition (`apiextensions.k8s.io/v1`) is registered and its API served.
 * One that is there keeps its labels and annotations: only `spec` is replaced, and not where it has more fields than are wanted,
 * for then a newer controller wrote it. Throws FK_CRD_OUTDATED when the API is not served within 30 s.
 */
export async function ensureCrd(
  client: ApiClient,
  capabilities: ServerCapabilities,
  crd: object,
  options: RequestOptions = {},
): Promise<CrdOutcome> {
  const resource = crdResource(capabilities)
  const wanted = writtenFor(capabilities, crd as CustomResourceDefinition)
  try {
    const live = await client.find<CustomResourceDefinition>(resource, wanted.metadata, options)
    const outcome =
      live === undefined ? await createCrd(client, resource, wanted, options) : await updateCrd(client, resource, { wanted, live }, options)
    if (typeof outcome === 'string') await untilEstablished(client, resource, wanted, options)
    return outcome
  } catch (error) {
    if (isForbidden(error)) return { kind: 'Forbidden', message: error.message }
    throw error
  }
}

function crdResource({ crdVersion }: ServerCapabilities): Resource {
  const kind = 'CustomResourceDefinition'
  return { group: 'apiextensions.k8s.io', version: crdVersion, plural: 'customresourcedefinitions', kind, namespaced: false }
}

function writtenFor({ crdVersion }: ServerCapabilities, crd: CustomResourceDefinition): CustomResourceDefinition {
  const apiVersion = `apiextensions.k8s.io/${crdVersion}`
  return { ...crd, apiVersion, spec: crdVersion === 'v1' ? crd.spec : specV1beta1(crd.spec) }
}

async function createCrd(
  client: ApiClient,
  resource: Resource,
  wanted: CustomResourceDefinition,
  options: RequestOptions,
): Promise<CrdOutcome> {
  try {
    await client.create(resource, wanted, options)
    return 'Created'
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    const live = await client.get<CustomResourceDefinition>(resource, wanted.metadata, options)
    return updateCrd(client, resource, { wanted, live }, options)
  }
}

interface Pair {
  readonly wanted: CustomResourceDefinition
  readonly live: CustomResourceDefinition
}

async function updateCrd(client: ApiClient, resource: Resource, { wanted, live }: Pair, options: RequestOptions): Promise<CrdOutcome> {
  const missing = missingFields(wanted.spec, live.spec)
  const isNewer = missing.length === 0 && missingFields(live.spec, wanted.spec).length > 0
  if (isNewer || isSameSpec(wanted.spec, live.spec)) return 'Unchanged'
  try {
    await client.patch(resource, wanted.metadata, { type: 'json', body: [{ op: 'replace', path: '/spec', value: wanted.spec }] }, options)
    return 'Updated'
  } catch (error) {
    if (!isForbidden(error) && !isInvalid(error)) throw error
    // Descriptions and columns may differ: it does its service all the same.
    return missing.length === 0 ? 'Unchanged' : { kind: 'Outdated', message: outdatedMessage(wanted, missing, error) }
  }
}

function outdatedMessage({ metadata }: CustomResourceDefinition, missing: readonly string[], error: ApiError): string {
  const shown = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ` and ${missing.length - 3} more` : '')
  return `the CustomResourceDefinition ${metadata.name} is older than this version of Falkirk and lacks ${shown}; apply the one that comes with it (deploy/), or let Falkirk do it: ${error.message}`
}

async function untilEstablished(client: ApiClient, resource: Resource, { metadata }: KubeObject, options: RequestOptions): Promise<void> {
  const endMs = client.clock.now() + establishMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, 2_000)) {
    const conditions = await readConditions(client, resource, metadata, options)
    if (conditions === 'Unknown' || conditionOf(conditions, 'Established')?.status === 'True') return
    const names = conditionOf(conditions, 'NamesAccepted')
    if (names?.status === 'False') throw notServed(metadata.name, `its names are taken (${names.message ?? 'no reason given'})`)
    if (client.clock.now() + pauseMs > endMs) throw notServed(metadata.name, `it is not established after ${establishMs / 1000} s`)
    await client.clock.sleep(pauseMs, options.signal)
    options.signal?.throwIfAborted()
  }
}

type Conditions = NonNullable<NonNullable<CustomResourceDefinition['status']>['conditions']>

const conditionOf = (conditions: Conditions, type: string) => conditions.find((condition) => condition.type === type)

/** Whoever may create may not always read: then nothing more can be known. */
async function readConditions(
  client: ApiClient,
  resource: Resource,
  at: { name: string },
  options: RequestOptions,
): Promise<Conditions | 'Unknown'> {
  try {
    const crd = await client.get<CustomResourceDefinition>(resource, at, options)
    return crd.status?.conditions ?? []
  } catch (error) {
    if (isForbidden(error)) return 'Unknown'
    throw error
  }
}

function notServed(name: string, why: string): FalkirkError {
  return new FalkirkError(
    'FK_CRD_OUTDATED',
    `the API of the CustomResourceDefinition ${name} is not served: ${why}; see kubectl describe crd ${name}`,
    {
      retry: 'backoff',
    },
  )
}
