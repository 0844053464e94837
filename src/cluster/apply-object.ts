import type { KubeObject } from '../core/kubernetes/object-meta.ts'
import type { ApiClient, ApplyOptions } from './api-client.ts'
import { ApiError, isAlreadyExists, isNotFound } from './api-error.ts'
import { pathOf } from './object-path.ts'
import type { Resource } from './resource.ts'
import { writeFields } from './write-fields.ts'

/**
 * Makes the server's object say what `object` says.
 * Server-side apply where the server has it; else a create, or a merge patch over what is there: lists are replaced whole,
 * and fields that an earlier call set and this one leaves out stay. A server with the feature switched off answers 415 and is treated alike.
 * Source: Kubernetes "Server-Side Apply" (beta in 1.16, GA in 1.22).
 */
export async function applyObject<T extends KubeObject>(
  client: ApiClient,
  resource: Resource,
  object: T,
  options: ApplyOptions = {},
): Promise<T> {
  if (!client.capabilities.serverSideApply) return createOrMerge(client, resource, object, options)
  try {
    return await serverSideApply(client, resource, object, options)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 415) throw error
    return createOrMerge(client, resource, object, options)
  }
}

function serverSideApply<T extends KubeObject>(client: ApiClient, resource: Resource, object: T, options: ApplyOptions): Promise<T> {
  const fields = writeFields(options)
  return client.transport.json<T>({
    method: 'PATCH',
    path: pathOf(resource, object, options.subresource),
    contentType: 'application/apply-patch+yaml',
    body: object,
    ...fields,
    query: { ...fields.query, force: options.force === true ? true : undefined },
  })
}

async function createOrMerge<T extends KubeObject>(client: ApiClient, resource: Resource, object: T, options: ApplyOptions): Promise<T> {
  const merge = () => client.patch<T>(resource, object.metadata, { type: 'merge', body: object }, options)
  try {
    return await merge()
  } catch (error) {
    if (!isNotFound(error) || options.subresource !== undefined) throw error
  }
  try {
    return await client.create(resource, object, options)
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    return merge()
  }
}
