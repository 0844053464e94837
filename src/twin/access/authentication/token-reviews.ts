import type { VirtualResource } from '../../api/http/server-parts.ts'
import { badRequest } from '../../api/status-error.ts'
import { as } from '../../kube-object.ts'
import type { Authenticator } from './authenticator.ts'

/** Whose token something is. Source: Kubernetes API reference, TokenReview. */
export function tokenReviews(authenticator: Authenticator): VirtualResource {
  return {
    create(draft) {
      const { spec = {} } = as<{ spec?: { readonly token?: string; readonly audiences?: readonly string[] } }>(draft)
      if (!spec.token) throw badRequest('token is required for TokenReview in authentication')
      const known = authenticator.knownToken(spec.token, spec.audiences?.length ? spec.audiences : undefined)
      const status =
        known === undefined
          ? { user: {}, error: 'invalid bearer token' }
          : { authenticated: true, user: known.user, audiences: known.audiences }
      return { ...draft, metadata: { ...draft.metadata, creationTimestamp: null } as never, status }
    },
  }
}

/** Who the one who asks is: what `kubectl auth whoami` shows. Source: Kubernetes API reference, SelfSubjectReview. */
export const selfSubjectReviews: VirtualResource = {
  create: (draft, { user }) => ({
    ...draft,
    metadata: { creationTimestamp: null } as never,
    status: { userInfo: user },
  }),
}
