import { forbidden, type RequestAttributes } from '../../api/http/access.ts'
import { InternalTextError } from '../../api/http/refusal-answer.ts'
import type { UserInfo } from '../../api/user-info.ts'
import type { AccessAuthorizer } from '../authorization/access-authorizer.ts'
import { anonymous, withAuthenticated } from './authenticator.ts'
import { serviceAccountUser } from './service-account-tokens.ts'

type Headers = Readonly<Record<string, string | undefined>>
const extraPrefix = 'impersonate-extra-'
const accountPrefix = 'system:serviceaccount:'
const authenticationGroup = 'authentication.k8s.io'

/**
 * The user that somebody wants to be instead, or themselves where nobody is named. Throws 403 when one part of it is not allowed to them.
 * Source: Kubernetes, Authenticating, user impersonation.
 */
export function impersonated(authorizer: AccessAuthorizer, user: UserInfo, headers: Headers): UserInfo {
  const username = headers['impersonate-user'] ?? ''
  const groups = listOf(headers['impersonate-group'])
  const uid = headers['impersonate-uid'] ?? ''
  const extra = extraOf(headers)
  const names = Object.keys(extra)
  if (username === '') {
    if (groups.length === 0 && uid === '' && names.length === 0) return user
    throw new InternalTextError(`requested ${asked({ groups, uid, extra })} without impersonating a user`)
  }
  const ask = (resource: NonNullable<RequestAttributes['resource']>) => {
    const attributes = { verb: 'impersonate', path: '', resource }
    const { allowed, reason } = authorizer.authorize(user, attributes)
    if (!allowed) throw forbidden(user, attributes, reason)
  }
  ask(userResource(username))
  for (const name of groups) ask({ group: '', version: 'v1', plural: 'groups', name })
  for (const key of names) {
    for (const name of extra[key] ?? []) ask({ group: authenticationGroup, version: 'v1', plural: 'userextras', subresource: key, name })
  }
  if (uid !== '') ask({ group: authenticationGroup, version: 'v1', plural: 'uids', name: uid })
  return {
    ...asGroupMember(username, groups),
    ...(uid === '' ? {} : { uid }),
    ...(names.length === 0 ? {} : { extra }),
  }
}

/** As Go prints object references. */
function asked({
  groups,
  uid,
  extra,
}: {
  groups: readonly string[]
  uid: string
  extra: Readonly<Record<string, readonly string[]>>
}): string {
  const version = `${authenticationGroup}/v1`
  const references = [
    ...groups.map((name) => `{Group  ${name}    }`),
    ...Object.entries(extra).flatMap(([key, values]) => values.map((value) => `{UserExtra  ${value}  ${version}  ${key}}`)),
    ...(uid === '' ? [] : [`{UID  ${uid}  ${version}  }`]),
  ]
  return `[${references.join(' ')}]`
}

function userResource(username: string): NonNullable<RequestAttributes['resource']> {
  const [namespace, name] = accountOf(username) ?? []
  if (namespace === undefined || name === undefined) return { group: '', version: 'v1', plural: 'users', name: username }
  return { group: '', version: 'v1', plural: 'serviceaccounts', namespace, name }
}

function asGroupMember(username: string, groups: readonly string[]): UserInfo {
  const [namespace, name] = accountOf(username) ?? []
  if (groups.length === 0 && namespace !== undefined && name !== undefined) return serviceAccountUser(namespace, { name })
  if (username === anonymous.username) return { username, groups: [...new Set([...groups, ...anonymous.groups])] }
  return withAuthenticated({ username, groups })
}

function accountOf(username: string): readonly string[] | undefined {
  if (!username.startsWith(accountPrefix)) return undefined
  const parts = username.slice(accountPrefix.length).split(':')
  return parts.length === 2 ? parts : undefined
}

function extraOf(headers: Headers): Readonly<Record<string, readonly string[]>> {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(extraPrefix))
  return Object.fromEntries(found.map(([name, value]) => [decodedKey(name.slice(extraPrefix.length)), listOf(value)]))
}

/** A key may be percent-encoded; one that is not well encoded is taken as it is. */
function decodedKey(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

/** A header that is sent several times comes joined. */
function listOf(value = ''): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
