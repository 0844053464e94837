import { isGone } from './api-error.ts'
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
  /** For each page. */
  readonly timeoutMs?: number
}

export interface ListResult<T> {
  readonly items: readonly T[]
  /** Version of the collection, to start a watch from. */
  readonly resourceVersion: string
}

interface Page {
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string }
  readonly items?: readonly unknown[] | null
}

const maxStarts = 3

/**
 * Lists a collection page by page. A `continue` token that expires on the way starts the list again, three times at most;
 * then the 410 is thrown and the caller's back-off decides.
 * `resourceVersion` is not sent: with `0`, servers before 1.31 answer from their cache and ignore the page size.
 * Source: Kubernetes API concepts, "Retrieving large results sets in chunks".
 */
export async function listAll<T>(transport: ApiTransport, resource: Resource, options: ListOptions<T> = {}): Promise<ListResult<T>> {
  for (let start = 1; ; start++) {
    try {
      return await listPages(transport, resource, options)
    } catch (error) {
      if (!isGone(error) || start === maxStarts) throw error
    }
  }
}

async function listPages<T>(transport: ApiTransport, resource: Resource, options: ListOptions<T>): Promise<ListResult<T>> {
  const { trim = (object) => object as T } = options
  const items: T[] = []
  let next: string | undefined
  for (;;) {
    const page: Page = await transport.json<Page>(pageRequest(resource, options, next))
    for (const item of page.items ?? []) items.push(trim(item))
    next = page.metadata?.continue
    if (next === undefined || next === '') return { items, resourceVersion: page.metadata?.resourceVersion ?? '' }
  }
}

function pageRequest<T>(resource: Resource, options: ListOptions<T>, next: string | undefined) {
  const { namespace, labelSelector, fieldSelector, pageSize = 500, signal, timeoutMs } = options
  return {
    method: 'GET' as const,
    path: resourcePath(resource, namespace === undefined ? {} : { namespace }),
    query: { limit: pageSize, continue: next, labelSelector, fieldSelector },
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
}
