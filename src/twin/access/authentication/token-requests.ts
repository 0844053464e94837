import type { Clock } from '../../../cluster/clock.ts'
import type { VirtualResource } from '../../api/http/server-parts.ts'
import { newUid } from '../../api/object-name.ts'
import { badRequest, conflict, invalid, notFound, type StatusCause } from '../../api/status-error.ts'
import { apiTime } from '../../api-time.ts'
import { as } from '../../kube-object.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import type { BoundObject, ServiceAccountTokens } from './service-account-tokens.ts'

const hourSeconds = 3_600
/** What kubelets ask for; such a token lives for a year, and its use after the hour is only warned of. */
const kubeletSeconds = hourSeconds + 7
const yearSeconds = 365 * 24 * hourSeconds
const extendedSince = 21
/** From then on each token has a name of its own. Source: KEP-4193. */
const tokenIdSince = 30

interface TokenRequestSpec {
  readonly audiences?: readonly string[]
  readonly expirationSeconds?: number
  readonly boundObjectRef?: { readonly kind?: string; readonly apiVersion?: string; readonly name?: string; readonly uid?: string } | null
}

export interface TokenRequestPorts {
  readonly tokens: ServiceAccountTokens
  readonly store: ObjectStore
  readonly clock: Clock
  readonly random: () => number
  readonly minor: number
}

/** POST of `serviceaccounts/NAME/token`. Source: Kubernetes API reference, TokenRequest. */
export function tokenRequests(ports: TokenRequestPorts): VirtualResource {
  const { tokens, store, clock, random, minor } = ports
  return {
    create(draft, { namespace = '', subresource }) {
      const name = subresource?.of ?? ''
      const account = store.get('serviceaccounts', namespace, name)
      if (account === undefined) throw notFound({ group: '', plural: 'serviceaccounts', name })
      const { spec = {} } = as<{ spec?: TokenRequestSpec }>(draft)
      const { expirationSeconds = hourSeconds, boundObjectRef = null } = spec
      const audiences = spec.audiences?.length ? spec.audiences : [tokens.issuer]
      refuse(expirationSeconds)
      const boundTo = boundObjectRef === null ? undefined : boundObject(boundObjectRef, namespace, { name, store })
      const extended = minor >= extendedSince && expirationSeconds === kubeletSeconds && boundTo?.kind === 'Pod'
      const token = tokens.issue({
        namespace,
        account,
        audiences,
        ...(extended ? { seconds: yearSeconds, warnSeconds: expirationSeconds } : { seconds: expirationSeconds }),
        ...(boundTo === undefined ? {} : { boundTo }),
        ...(minor < tokenIdSince ? {} : { tokenId: newUid(random) }),
      })
      return {
        ...draft,
        metadata: { ...draft.metadata, creationTimestamp: null } as never,
        spec: { audiences, expirationSeconds, boundObjectRef },
        status: { token, expirationTimestamp: apiTime(clock.now() + expirationSeconds * 1_000) },
      }
    },
  }
}

function refuse(seconds: number): void {
  const problem = (why: string): StatusCause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${seconds}: ${why}`,
    field: 'spec.expirationSeconds',
  })
  const causes = [
    ...(seconds < 600 ? [problem('may not specify a duration less than 10 minutes')] : []),
    ...(seconds > 2 ** 32 ? [problem('may not specify a duration larger than 2^32 seconds')] : []),
  ]
  if (causes.length > 0) throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest', name: '' }, causes)
}

function boundObject(
  { kind = '', apiVersion = '', name = '', uid = '' }: NonNullable<TokenRequestSpec['boundObjectRef']>,
  namespace: string,
  { name: accountName, store }: { readonly name: string; readonly store: ObjectStore },
): BoundObject {
  if (apiVersion !== 'v1' || (kind !== 'Pod' && kind !== 'Secret')) {
    throw badRequest(`cannot bind token to object of type ${apiVersion}, Kind=${kind}`)
  }
  const plural = kind === 'Pod' ? 'pods' : 'secrets'
  const found = store.get(plural, namespace, name)
  if (found === undefined) throw notFound({ group: '', plural, name })
  const runsAs = (found.spec as { readonly serviceAccountName?: string } | undefined)?.serviceAccountName
  if (kind === 'Pod' && runsAs !== accountName) {
    throw badRequest(`cannot bind token for serviceaccount "${accountName}" to pod running with different serviceaccount name.`)
  }
  if (uid !== '' && uid !== found.metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`
    throw conflict({ group: '', plural, name }, why)
  }
  return { kind, name, uid: found.metadata.uid }
}
