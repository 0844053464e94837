import { createHash, timingSafeEqual } from 'node:crypto'
import type { UserInfo } from '../../api/user-info.ts'
import type { KnownToken, ServiceAccountTokens } from './service-account-tokens.ts'

/** Somebody with a token that was given out beforehand. */
export interface StaticToken {
  readonly token: string
  readonly user: UserInfo
}

export const anonymous: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] }
const authenticatedGroup = 'system:authenticated'

type Headers = Readonly<Record<string, string | undefined>>

/** Finds out who sends a request by its bearer token. Source: Kubernetes, Authenticating. */
export class Authenticator {
  readonly #tokens: ServiceAccountTokens
  readonly #statics: readonly { readonly digest: Buffer; readonly user: UserInfo }[]

  constructor(tokens: ServiceAccountTokens, statics: readonly StaticToken[]) {
    this.#tokens = tokens
    this.#statics = statics.map(({ token, user }) => ({ digest: digestOf(token), user: withAuthenticated(user) }))
  }

  /** Without a token anonymous; `undefined` with one that is not good. */
  authenticate({ authorization = '' }: Headers): UserInfo | undefined {
    const [, token] = /^bearer +(\S+)\s*$/i.exec(authorization) ?? []
    return token === undefined ? anonymous : this.knownToken(token)?.user
  }

  knownToken(token: string, audiences: readonly string[] = [this.#tokens.issuer]): KnownToken | undefined {
    const digest = digestOf(token)
    // All are compared, so that the time it takes tells nothing.
    const found = this.#statics.filter((one) => timingSafeEqual(one.digest, digest))[0]
    if (found === undefined) return this.#tokens.known(token, audiences)
    const common = audiences.filter((audience) => audience === this.#tokens.issuer)
    return common.length === 0 ? undefined : { user: found.user, audiences: common }
  }
}

/** Whoever is known is in this group. */
export function withAuthenticated(user: UserInfo): UserInfo {
  return user.groups.includes(authenticatedGroup) ? user : { ...user, groups: [...user.groups, authenticatedGroup] }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
