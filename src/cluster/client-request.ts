import type { Dispatcher } from 'undici'
import type { Credentials } from './cluster-access.ts'
import type { ApiRequest } from './transport.ts'

/** What is the same in every request of a transport. */
export interface ClientIdentity {
  readonly server: URL
  readonly userAgent: string
}

/** Writes a request as it goes over the wire; a path behind the server's own (as Rancher has it) is kept. */
export function requestOptions(
  { server, userAgent }: ClientIdentity,
  request: ApiRequest,
  { credentials, gzip }: { credentials: Credentials; gzip: boolean },
): Dispatcher.RequestOptions {
  const { method, body, contentType = 'application/json', accept = 'application/json' } = request
  return {
    origin: server.origin,
    path: `${server.pathname.replace(/\/+$/, '')}${request.path}${queryString(request.query)}`,
    method,
    headers: {
      accept,
      'user-agent': userAgent,
      ...(gzip ? { 'accept-encoding': 'gzip' } : {}),
      ...(body === undefined ? {} : { 'content-type': contentType }),
      ...(credentials.headers as Record<string, string | string[]>),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) }),
  }
}

function queryString(query: ApiRequest['query'] = {}): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) search.set(key, String(value))
  }
  return search.size === 0 ? '' : `?${search}`
}
