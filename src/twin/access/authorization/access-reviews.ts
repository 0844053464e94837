import type { RequestAttributes } from '../../api/http/access.ts'
import type { VirtualCall, VirtualResource } from '../../api/http/server-parts.ts'
import { invalid, type StatusCause } from '../../api/status-error.ts'
import type { UserInfo } from '../../api/user-info.ts'
import { as, type DraftObject } from '../../kube-object.ts'
import type { AccessAuthorizer } from './access-authorizer.ts'

interface ReviewSpec {
  readonly user?: string
  readonly uid?: string
  readonly groups?: readonly string[]
  /** As the first version had it. */
  readonly group?: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
  readonly resourceAttributes?: ResourceAttributes
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string }
}

interface ResourceAttributes {
  readonly namespace?: string
  readonly verb?: string
  readonly group?: string
  readonly version?: string
  readonly resource?: string
  readonly subresource?: string
  readonly name?: string
}

/** Since then a review that names no namespace has that of its path. */
const placedSince = 22

/** Whether somebody may do something: `SubjectAccessReview`. Source: Kubernetes API reference. */
export function subjectAccessReviews(authorizer: AccessAuthorizer): VirtualResource {
  return {
    create(draft) {
      const { spec = {} } = as<{ spec?: ReviewSpec }>(draft)
      refuse([...attributeProblems(spec), ...userProblems(spec)])
      return reviewed(draft, authorizer, userOf(spec), spec)
    },
  }
}

/** The same, in one namespace only. */
export function localSubjectAccessReviews(authorizer: AccessAuthorizer, minor: number): VirtualResource {
  return {
    create(draft, call) {
      const { spec = {} } = as<{ spec?: ReviewSpec }>(draft)
      const namespace = draft.metadata?.namespace || (minor < placedSince ? '' : (call.namespace ?? ''))
      refuse([...attributeProblems(spec), ...userProblems(spec), ...placeProblems(spec, namespace)])
      return reviewed(draft, authorizer, userOf(spec), spec)
    },
  }
}

/** Whether the one who asks may do something. */
export function selfSubjectAccessReviews(authorizer: AccessAuthorizer): VirtualResource {
  return {
    create(draft, { user }: VirtualCall) {
      const { spec = {} } = as<{ spec?: ReviewSpec }>(draft)
      refuse(attributeProblems(spec))
      return reviewed(draft, authorizer, user, spec)
    },
  }
}

function reviewed(draft: DraftObject, authorizer: AccessAuthorizer, user: UserInfo, spec: ReviewSpec): DraftObject {
  const { allowed, reason } = authorizer.authorize(user, attributesOf(spec))
  return {
    ...draft,
    metadata: { ...(draft.metadata ?? {}), creationTimestamp: null } as never,
    status: { allowed, ...(reason ? { reason } : {}) },
  }
}

/** What the words of a review mean to the authorizer. */
function attributesOf({ resourceAttributes, nonResourceAttributes }: ReviewSpec): RequestAttributes {
  if (resourceAttributes === undefined) {
    const { path = '', verb = '' } = nonResourceAttributes ?? {}
    return { verb, path }
  }
  const { verb = '', group = '', version = '', resource = '', subresource, name, namespace } = resourceAttributes
  return {
    verb,
    path: '',
    resource: {
      group,
      version,
      plural: resource,
      ...(subresource ? { subresource } : {}),
      ...(name ? { name } : {}),
      ...(namespace ? { namespace } : {}),
    },
  }
}

function userOf({ user = '', uid, groups, group, extra }: ReviewSpec): UserInfo {
  return {
    username: user,
    groups: groups ?? group ?? [],
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function attributeProblems({ resourceAttributes, nonResourceAttributes }: ReviewSpec): readonly StatusCause[] {
  const field = 'spec.resourceAttributes'
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    return [invalidField('spec.nonResourceAttributes', '"null"', 'cannot be specified in combination with resourceAttributes')]
  }
  if (resourceAttributes !== undefined || nonResourceAttributes !== undefined) return []
  return [invalidField(field, '"null"', 'exactly one of nonResourceAttributes or resourceAttributes must be specified')]
}

function userProblems({ user, groups, group }: ReviewSpec): readonly StatusCause[] {
  if (user || groups?.length || group?.length) return []
  return [invalidField('spec.user', '""', 'at least one of user or group must be specified')]
}

function placeProblems({ resourceAttributes }: ReviewSpec, namespace: string): readonly StatusCause[] {
  const asked = resourceAttributes?.namespace ?? ''
  if (resourceAttributes === undefined || asked === namespace) return []
  return [invalidField('spec.resourceAttributes.namespace', JSON.stringify(asked), 'must match metadata.namespace')]
}

function invalidField(field: string, value: string, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${value}: ${why}`, field }
}

/** The real server does not say of what kind it was. */
function refuse(causes: readonly StatusCause[]): void {
  if (causes.length > 0) throw invalid({ group: 'authorization.k8s.io', kind: '', name: '' }, causes)
}
