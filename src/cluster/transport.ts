/** One request to a Kubernetes API server. `path` begins with `/`; `query` values that are undefined are left out. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  /** Of the body; `application/json` unless told. */
  readonly contentType?: string
  readonly accept?: string
  readonly signal?: AbortSignal
  /** Whole answer for `json`, headers for `stream`; 30 s unless told. */
  readonly timeoutMs?: number
  /**
   * What a server that is too busy (429, or 5xx with `Retry-After`) means: wait as it asks and try again, or fail at once.
   * `Retry` unless told; `Fail` is for callers with a pace of their own, to whom the answer says more (an eviction).
   */
  readonly whenBusy?: 'Retry' | 'Fail'
}

/** The body of an answer that comes in pieces (a watch, a log). Ends when the server ends it; throws on a broken connection. */
export interface ApiStream extends AsyncIterable<Uint8Array> {
  /** Breaks the connection; the iteration then ends. */
  close(): void
}

/**
 * How everything in `src/cluster` reaches an API server: one adapter speaks HTTPS, tests and the twin bring their own.
 * Both methods throw `ApiError` (an answer that is not 2xx) or `FalkirkError` FK_API_UNREACHABLE (no answer).
 */
export interface ApiTransport {
  json<T>(request: ApiRequest): Promise<T>
  stream(request: ApiRequest): Promise<ApiStream>
}
