import type { KubeObject } from '../core/kubernetes/object-meta.ts'
import { isNotFound } from './api-error.ts'
import { applyObject } from './apply-object.ts'
import { type Clock, systemClock } from './clock.ts'
import { type ListOptions, type ListResult, listAll } from './list-all.ts'
import { collectionOf, itemPath, type ObjectName, pathOf } from './object-path.ts'
import { type PodLogOptions, readPodLog } from './pod-log.ts'
import type { Resource } from './resource.ts'
import type { ServerCapabilities } from './server-capabilities.ts'
import type { ApiRequest, ApiTransport } from './transport.ts'
import { requestFields, writeFields } from './write-fields.ts'

/** Common to all requests. */
export interface RequestOptions {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** Common to requests that change something. */
export interface WriteOptions extends RequestOptions {
  /** Checked by the server, stored nowhere. */
  readonly dryRun?: boolean
  /** Who changes, in `metadata.managedFields`; `falkirk` unless told. */
  readonly fieldManager?: string
  /** E.g. `status`. */
  readonly subresource?: string
}

/** How a patch is written; `strategic` merges lists by key and exists for built-in kinds only. */
export type Patch =
  | { readonly type: 'merge' | 'strategic'; readonly body: object }
  | { readonly type: 'json'; readonly body: readonly JsonPatchOperation[] }

/** One operation of RFC 6902. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }

export interface DeleteOptions extends RequestOptions {
  readonly dryRun?: boolean
  /** What happens to dependents; the kind's default unless told. */
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  /** The server answers 409 when the object is another one by now. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly gracePeriodSeconds?: number
}

export interface ApplyOptions extends WriteOptions {
  /** Takes fields over from other managers instead of a 409; false unless told. */
  readonly force?: boolean
}

/**
 * The verbs of the Kubernetes API, typed by the caller.
 * All throw `ApiError` for an answer that is not 2xx, FK_API_UNREACHABLE when there is none, and the signal's reason when aborted.
 */
export interface ApiClient {
  readonly transport: ApiTransport
  readonly capabilities: ServerCapabilities
  readonly clock: Clock
  get<T extends KubeObject>(resource: Resource, at: ObjectName, options?: RequestOptions): Promise<T>
  /** Like `get`; undefined when the object is not there. */
  find<T extends KubeObject>(resource: Resource, at: ObjectName, options?: RequestOptions): Promise<T | undefined>
  /** All pages of 500; without `namespace`, of all namespaces. */
  list<T extends KubeObject>(resource: Resource, options?: ListOptions<T>): Promise<ListResult<T>>
  /** POST to the namespace in the object's metadata. */
  create<T extends KubeObject>(resource: Resource, object: T, options?: WriteOptions): Promise<T>
  /** PUT; with `metadata.resourceVersion` only over that version (409 otherwise). */
  replace<T extends KubeObject>(resource: Resource, object: T, options?: WriteOptions): Promise<T>
  patch<T extends KubeObject>(resource: Resource, at: ObjectName, patch: Patch, options?: WriteOptions): Promise<T>
  /** `patch` of the subresource `status`. */
  patchStatus<T extends KubeObject>(resource: Resource, at: ObjectName, patch: Patch, options?: WriteOptions): Promise<T>
  delete(resource: Resource, at: ObjectName, options?: DeleteOptions): Promise<void>
  /** Server-side apply; before 1.18 get, then create or merge-patch (fields that were dropped stay there). */
  apply<T extends KubeObject>(resource: Resource, object: T, options?: ApplyOptions): Promise<T>
  /** Text of a container's log; what is not UTF-8 becomes U+FFFD. */
  logs(namespace: string, pod: string, container: string, options?: PodLogOptions): Promise<string>
}

const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
} as const

/** The only client of `src/cluster`: verbs over a transport, restricted to what the server can do. */
export function createApiClient(
  transport: ApiTransport,
  capabilities: ServerCapabilities,
  { clock = systemClock }: { clock?: Clock } = {},
): ApiClient {
  const get: ApiClient['get'] = (resource, at, options) =>
    transport.json({ method: 'GET', path: itemPath(resource, at), ...requestFields(options) })
  const patch: ApiClient['patch'] = (resource, at, { type, body }, options) =>
    transport.json({
      method: 'PATCH',
      path: itemPath(resource, at, options?.subresource),
      contentType: patchTypes[type],
      body,
      ...writeFields(options),
    })
  const client: ApiClient = {
    transport,
    capabilities,
    clock,
    get,
    find: async (resource, at, options) => absentAsUndefined(() => get(resource, at, options)),
    list: (resource, options) => listAll(transport, resource, options),
    create: (resource, object, options) =>
      transport.json({ method: 'POST', path: collectionOf(resource, object), body: typed(resource, object), ...writeFields(options) }),
    replace: (resource, object, options) =>
      transport.json({
        method: 'PUT',
        path: pathOf(resource, object, options?.subresource),
        body: typed(resource, object),
        ...writeFields(options),
      }),
    patch,
    patchStatus: (resource, at, body, options) => patch(resource, at, body, { ...options, subresource: 'status' }),
    delete: async (resource, at, options) => {
      await transport.json({ method: 'DELETE', path: itemPath(resource, at), ...deleteFields(options) })
    },
    apply: (resource, object, options) => applyObject(client, resource, typed(resource, object), options),
    logs: (namespace, pod, container, options) => readPodLog({ transport, clock }, { namespace, pod, container }, options),
  }
  return client
}

async function absentAsUndefined<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** Lists and caches leave `apiVersion` and `kind` out of their items; a body needs them. */
function typed<T extends KubeObject>({ group, version, kind }: Resource, object: T): T {
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind, ...object }
}

function deleteFields(options: DeleteOptions = {}): Pick<ApiRequest, 'signal' | 'timeoutMs' | 'body'> {
  const { dryRun = false, propagationPolicy, preconditions, gracePeriodSeconds } = options
  return {
    ...requestFields(options),
    body: {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy,
      preconditions,
      gracePeriodSeconds,
      dryRun: dryRun ? ['All'] : undefined,
    },
  }
}
