import type { Clock } from '../../cluster/clock.ts'
import type { AdmissionStep } from '../api/admission.ts'
import type { AccessControl } from '../api/http/access.ts'
import type { ServerParts, VirtualResource } from '../api/http/server-parts.ts'
import { storedAs } from '../api/resource-type.ts'
import type { Controller } from '../control-loop/controller.ts'
import type { TokenSubject } from '../controllers/service-account/token-controller.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { TwinClient } from '../twin-client.ts'
import { Authenticator, type StaticToken } from './authentication/authenticator.ts'
import { impersonated } from './authentication/impersonation.ts'
import { ServiceAccountTokens, usualIssuer } from './authentication/service-account-tokens.ts'
import { tokenRequests } from './authentication/token-requests.ts'
import { selfSubjectReviews, tokenReviews } from './authentication/token-reviews.ts'
import { AccessAuthorizer } from './authorization/access-authorizer.ts'
import { localSubjectAccessReviews, selfSubjectAccessReviews, subjectAccessReviews } from './authorization/access-reviews.ts'
import { bootstrapPolicy } from './authorization/bootstrap/bootstrap-policy.ts'
import { ClusterRoleAggregationController } from './authorization/cluster-role-aggregation-controller.ts'
import { escalationCheck } from './authorization/escalation-check.ts'
import { selfSubjectRulesReviews } from './authorization/rules-reviews.ts'
import { QuotaController } from './quota/quota-controller.ts'

export interface TwinAccessOptions {
  readonly store: ObjectStore
  readonly clock: Clock
  /** Numbers in [0, 1). */
  readonly random: () => number
  /** Minor of Kubernetes 1 that the server is. */
  readonly minor: number
  /** Users with tokens of their own: an administrator, say. */
  readonly tokens?: readonly StaticToken[]
  /**
   * 32 bytes that service account tokens are signed with. Made of `random` unless told, so that a run can be repeated: a server that others
   * can reach is to be given bytes that nobody can guess.
   */
  readonly signingSeed?: Uint8Array
  /** As tokens name the API server; as kubeadm sets it unless told. */
  readonly issuer?: string
}

/** Who somebody is and what they may do, as the parts of an API server and of its controllers. */
export interface TwinAccess {
  readonly access: AccessControl
  /** To be asked last among what changes objects. */
  readonly escalation: AdmissionStep
  readonly virtual: ServerParts['virtual']
  readonly controllers: (client: TwinClient) => readonly Controller[]
  /** Writes the roles that every cluster has. */
  readonly bootstrap: (client: TwinClient) => Promise<void>
  /** The tokens of Secrets, for the controller that makes these. */
  readonly tokenFor: (subject: TokenSubject) => string
}

/** Authentication by tokens, the Node authorizer and RBAC, over one store. */
export function createTwinAccess(options: TwinAccessOptions): TwinAccess {
  const { store, clock, random, minor, issuer = usualIssuer, signingSeed = randomBytes(random) } = options
  const tokens = new ServiceAccountTokens({ store, clock, issuer, seed: signingSeed })
  const authenticator = new Authenticator(tokens, options.tokens ?? [])
  const authorizer = new AccessAuthorizer(store, minor)
  const resources: Readonly<Record<string, VirtualResource>> = {
    'serviceaccounts/token': tokenRequests({ tokens, store, clock, random, minor }),
    'tokenreviews.authentication.k8s.io': tokenReviews(authenticator),
    'selfsubjectreviews.authentication.k8s.io': selfSubjectReviews,
    'subjectaccessreviews.authorization.k8s.io': subjectAccessReviews(authorizer),
    'localsubjectaccessreviews.authorization.k8s.io': localSubjectAccessReviews(authorizer, minor),
    'selfsubjectaccessreviews.authorization.k8s.io': selfSubjectAccessReviews(authorizer),
    'selfsubjectrulesreviews.authorization.k8s.io': selfSubjectRulesReviews(authorizer),
  }
  return {
    access: {
      authenticate: (headers) => authenticator.authenticate(headers),
      impersonate: (user, headers) => impersonated(authorizer, user, headers),
      authorize: (user, attributes) => authorizer.authorize(user, attributes),
    },
    escalation: escalationCheck(authorizer),
    virtual: ({ type }, subresource) => resources[subresource === undefined ? storedAs(type) : `${storedAs(type)}/${subresource}`],
    controllers: (client) => [new ClusterRoleAggregationController(client), new QuotaController(client)],
    bootstrap: (client) => bootstrapPolicy(client, minor),
    tokenFor: tokens.forSecret,
  }
}

function randomBytes(random: () => number): Uint8Array {
  return Uint8Array.from({ length: 32 }, () => Math.floor(random() * 256))
}
