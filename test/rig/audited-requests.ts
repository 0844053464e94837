import type { TwinRequest, TwinResponse } from '../../src/twin/api/http/twin-request.ts'
import type { AuditedRequest } from './audit-log.ts'

type Handle = (request: TwinRequest) => Promise<TwinResponse>

/** What a twin's API server was asked, as the audit log of a real one has it. */
export class AuditedRequests {
  readonly #users: ReadonlySet<string>
  readonly #userOfToken: (token: string) => string
  readonly #seen: { -readonly [K in keyof AuditedRequest]: AuditedRequest[K] }[] = []

  /** Of these users alone. `userOfToken` knows the tokens that are no service account's. */
  constructor(users: readonly string[], userOfToken: (token: string) => string) {
    this.#users = new Set(users)
    this.#userOfToken = userOfToken
  }

  of(user: string): AuditedRequest[] {
    return this.#seen.filter((request) => request.user === user).map((request) => ({ ...request }))
  }

  /** The same server, listened to. */
  around(handle: Handle): Handle {
    return async (request) => {
      const token = (request.headers.authorization ?? '').replace(/^Bearer /, '')
      const user = serviceAccountOf(token) ?? this.#userOfToken(token)
      if (!this.#users.has(user)) return await handle(request)
      const { headers } = request
      const seen = { user, ...target(request), code: 0, atMs: Date.now(), userAgent: headers['user-agent'] ?? '' }
      this.#seen.push(seen)
      const response = await handle(request)
      if (response.kind !== 'Stream' && response.kind !== 'Broken') seen.code = response.status
      return response
    }
  }
}

/** The subject of a token that the API server has issued, unchecked. */
function serviceAccountOf(token: string): string | undefined {
  const [, claims] = token.split('.')
  if (claims === undefined) return undefined
  return (JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { sub?: string }).sub
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }

function target({ method, path, query }: TwinRequest): Pick<AuditedRequest, 'verb' | 'resource' | 'namespace' | 'name'> {
  const of = /^\/(?:api|apis\/[^/]+)\/[^/]+\/(?:namespaces\/([^/]+)\/)?([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path)
  if (of === null) return { verb: method.toLowerCase(), resource: path, namespace: '', name: '' }
  const [, namespace = '', plural = '', name = '', subresource] = of
  const read = name !== '' ? 'get' : query.get('watch') === null ? 'list' : 'watch'
  return {
    verb: method === 'DELETE' && name === '' ? 'deletecollection' : (verbs[method] ?? read),
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    namespace,
    name,
  }
}
