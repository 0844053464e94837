import type { ApiRequest } from './transport.ts'

/** What a watch is asked for. */
export interface WatchWishes {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Whether the server sends bookmarks. */
  readonly bookmarks: boolean
  /** Between 0 (inclusive) and 1 (exclusive). */
  readonly random: () => number
}

/** The query of a watch that goes on from `resourceVersion`, or that begins with the first state where there is none (WatchList). */
export function watchQuery(wishes: WatchWishes, resourceVersion: string | undefined): NonNullable<ApiRequest['query']> {
  const { labelSelector, fieldSelector, bookmarks, random } = wishes
  const from =
    resourceVersion === undefined
      ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true }
      : { resourceVersion, allowWatchBookmarks: bookmarks ? true : undefined }
  // Spread, so that the watches of many clients do not all end at the same time.
  const timeoutSeconds = 270 + Math.floor(random() * 61)
  return { watch: true, timeoutSeconds, labelSelector, fieldSelector, ...from }
}
