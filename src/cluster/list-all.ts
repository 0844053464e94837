import { isGone } from './api-error.ts'
import { listPages } from './list-pages.ts'
import { type Resource, resourcePath } from './resource.ts'
import type { ApiTransport } from './transport.ts'

export interface ListOptions<T> {
  /** Of namespaced kinds; all namespaces unless told. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Objects a page; 500 unless told. */
  readonly pageSize?: number
  /** Trims each object while its page is in memory, so that a big collection never is as a whole. */
  readonly trim?: (object: unknown) => T
  readonly signal?: AbortSignal
}

export interface ListResult<T> {
  readonly items: readonly T[]
  /** Version of the collection, to start a watch from. */
  readonly resourceVersion: string
}

const maxStarts = 3

/**
 * Lists a collection page by page. A `continue` token that expires on the way starts the list again, three times in all;
 * then the 410 is thrown and the caller's back-off decides.
 * Source: Kubernetes API concepts, "Retrieving large results sets in chunks".
 */
export async function listAll<T>(transport: ApiTransport, resource: Resource, options: ListOptions<T> = {}): Promise<ListResult<T>> {
  const { namespace, labelSelector, fieldSelector, pageSize = 500, signal = new AbortController().signal, trim = asIs<T> } = options
  const path = resourcePath(resource, namespace === undefined ? {} : { namespace })
  for (let start = 1; ; start++) {
    const items: T[] = []
    const onPage = (page: readonly unknown[]) => {
      for (const object of page) items.push(trim(object))
    }
    try {
      const resourceVersion = await listPages({ transport, path, query: { labelSelector, fieldSelector }, pageSize, signal, onPage })
      return { items, resourceVersion }
    } catch (error) {
      if (!isGone(error) || start === maxStarts) throw error
    }
  }
}

function asIs<T>(object: unknown): T {
  return object as T
}
