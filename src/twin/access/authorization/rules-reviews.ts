import type { VirtualResource } from '../../api/http/server-parts.ts'
import { badRequest } from '../../api/status-error.ts'
import { nodeOfUser } from '../../api/user-info.ts'
import { as } from '../../kube-object.ts'
import type { AccessAuthorizer } from './access-authorizer.ts'

/** All that the one who asks may do in a namespace: what `kubectl auth can-i --list` shows. Source: Kubernetes API reference, SelfSubjectRulesReview. */
export function selfSubjectRulesReviews({ rbac }: AccessAuthorizer): VirtualResource {
  return {
    create(draft, { user }) {
      const namespace = as<{ spec?: { namespace?: string } }>(draft).spec?.namespace
      if (!namespace) throw badRequest('no namespace on request')
      const { rules, problems } = rbac.rulesOf(user, namespace)
      const granted = rules.map(({ rule }) => rule)
      const node = nodeOfUser(user) === undefined ? [] : ['node authorizer does not support user rule resolution']
      const errors = [...node, ...problems]
      return {
        ...draft,
        metadata: { creationTimestamp: null } as never,
        spec: {},
        status: {
          resourceRules: granted
            .filter(({ resources }) => resources?.length)
            .map(({ verbs, apiGroups, resources, resourceNames }) => ({
              verbs,
              apiGroups,
              resources,
              ...(resourceNames?.length ? { resourceNames } : {}),
            })),
          nonResourceRules: granted
            .filter(({ nonResourceURLs }) => nonResourceURLs?.length)
            .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
          incomplete: errors.length > 0,
          ...(errors.length === 0 ? {} : { evaluationError: errors.join(', ') }),
        },
      }
    },
  }
}
