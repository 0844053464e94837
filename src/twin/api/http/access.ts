import { groupResource, StatusError } from '../status-error.ts'
import type { UserInfo } from '../user-info.ts'

/** What somebody wants to do. Source: Kubernetes, Authorization overview. */
export interface RequestAttributes {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; of a path that is no resource the method in lower case. */
  readonly verb: string
  readonly path: string
  readonly resource?: {
    readonly group: string
    readonly version: string
    readonly plural: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
  }
}

/** Who somebody is and what they may do. */
export interface AccessControl {
  /** `undefined`: nobody that is known, answered with 401. May throw a `StatusError`. */
  authenticate(headers: Readonly<Record<string, string | undefined>>): Promise<UserInfo | undefined> | UserInfo | undefined
  /** The other user that is asked for with `Impersonate-` headers; throws 403 when that is not allowed. */
  impersonate?(user: UserInfo, headers: Readonly<Record<string, string | undefined>>): Promise<UserInfo> | UserInfo
  authorize(user: UserInfo, attributes: RequestAttributes): Promise<AccessDecision> | AccessDecision
}

export interface AccessDecision {
  readonly allowed: boolean
  /** Added to the refusal; may be empty. */
  readonly reason?: string
}

/** Lets everybody in as an administrator. */
export const openAccess: AccessControl = {
  authenticate: () => ({ username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }),
  authorize: () => ({ allowed: true }),
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized')
}

/** Source: Kubernetes, apiserver handlers/responsewriters. */
export function forbidden({ username }: UserInfo, { verb, path, resource }: RequestAttributes, reason = ''): StatusError {
  const because = reason === '' ? '' : `: ${reason}`
  if (resource === undefined) {
    const message = `forbidden: User ${JSON.stringify(username)} cannot ${verb} path ${JSON.stringify(path)}${because}`
    return new StatusError(403, 'Forbidden', message, {})
  }
  const { group, plural, subresource, namespace, name } = resource
  const full = subresource === undefined ? plural : `${plural}/${subresource}`
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  const who = `User ${JSON.stringify(username)} cannot ${verb} resource ${JSON.stringify(full)} in API group ${JSON.stringify(group)} ${where}`
  const what = groupResource(group, plural) + (name === undefined ? '' : ` ${JSON.stringify(name)}`)
  const details = { ...(name === undefined ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural }
  return new StatusError(403, 'Forbidden', `${what} is forbidden: ${who}${because}`, details)
}
