import { rawMetadata } from './raw-metadata.ts'
import type { ApiRequest, ApiTransport } from './transport.ts'

export interface ListPagesOptions {
  readonly transport: ApiTransport
  readonly path: string
  /** Selectors. */
  readonly query: NonNullable<ApiRequest['query']>
  readonly pageSize: number
  readonly signal: AbortSignal
  /** Gets the items of each page; they are not held any longer than that. */
  readonly onPage: (items: readonly unknown[]) => void
}

interface ListAnswer {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }
  readonly items?: readonly unknown[] | null
}

/** A page of large objects may take its time over a slow line. */
const pageTimeoutMs = 60_000

/**
 * Lists a collection page by page and gives the resourceVersion a watch can start from.
 * Asks without `resourceVersion=0`: servers up to v1.20 at least ignore `limit` there and answer everything in one piece.
 * Throws what the transport throws; `ApiError` 410 when the list took so long that its `continue` token expired.
 */
export async function listPages(options: ListPagesOptions): Promise<string> {
  let resourceVersion: string | undefined
  let token: string | undefined
  do {
    const answer = await options.transport.json<ListAnswer>({
      method: 'GET',
      path: options.path,
      query: { ...options.query, limit: options.pageSize, continue: token },
      signal: options.signal,
      timeoutMs: pageTimeoutMs,
    })
    const items = answer?.items ?? []
    if (!Array.isArray(items)) throw new Error(`the answer to a list of ${options.path} is no list`)
    resourceVersion ??= rawMetadata(answer).resourceVersion
    options.onPage(items)
    token = answer.metadata?.continue || undefined
  } while (token !== undefined)
  return resourceVersion
}
