import type { UserInfo } from '../user-info.ts'

/** A request as it reaches the API server, by HTTP or from inside the process. */
export interface TwinRequest {
  readonly method: string
  /** Without the query; percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body?: Uint8Array
  /** Who asks, where the connection has told already (a client certificate); otherwise the headers are asked. */
  readonly user?: UserInfo
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal
}

/** The answer to a request. */
export type TwinResponse =
  /** An object or a list, as JSON or YAML. It may share parts with stored objects: not to be changed. */
  | {
      readonly kind: 'Object'
      readonly status: number
      readonly headers?: ResponseHeaders
      readonly object: unknown
      readonly as: 'Json' | 'Yaml'
    }
  | { readonly kind: 'Bytes'; readonly status: number; readonly headers: ResponseHeaders; readonly body: string | Uint8Array }
  /** Comes in pieces until it ends; must be read to its end or left with `return()`. */
  | { readonly kind: 'Stream'; readonly status: number; readonly headers: ResponseHeaders; readonly pieces: AsyncIterable<string> }
  /** The connection breaks without an answer. */
  | { readonly kind: 'Broken' }

export type ResponseHeaders = Readonly<Record<string, string>>
