import type { ApiTransport } from '../../cluster/transport.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'

interface Right {
  readonly verbs: readonly string[]
  readonly group?: string
  /** `pods/status` for a subresource. */
  readonly resource: string
  readonly namespace?: string
}

/** What kubelets of joined nodes do, and what it takes to clear away behind them. */
const needed: readonly Right[] = [
  { verbs: ['list', 'get', 'create', 'patch', 'delete'], resource: 'nodes' },
  { verbs: ['patch'], resource: 'nodes/status' },
  { verbs: ['list', 'watch', 'delete'], resource: 'pods' },
  { verbs: ['patch'], resource: 'pods/status' },
  { verbs: ['create', 'patch'], group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-node-lease' },
  { verbs: ['create'], resource: 'events' },
  { verbs: ['get'], resource: 'secrets' },
  { verbs: ['get'], resource: 'configmaps' },
  { verbs: ['create'], resource: 'serviceaccounts/token' },
]

/** Refuses a user who could not go through with it, before anything has been written. Throws FK_FORBIDDEN in one sentence. */
export async function requireJoiningRights(transport: ApiTransport, source: string): Promise<void> {
  const missing = await Promise.all(needed.map((right) => missingVerbs(transport, right)))
  const words = missing.flatMap((verbs, at) => (verbs.length === 0 ? [] : [`${verbs.join(', ')} ${needed[at]?.resource}`]))
  if (words.length === 0) return
  const message = `the user of ${source} may not ${words.join('; ')}, as kubelets do: name the kubeconfig of an administrator`
  throw new FalkirkError('FK_FORBIDDEN', message)
}

async function missingVerbs(transport: ApiTransport, { verbs, ...right }: Right): Promise<readonly string[]> {
  const allowed = await Promise.all(verbs.map((verb) => isAllowed(transport, verb, right)))
  return verbs.filter((_, at) => !allowed[at])
}

async function isAllowed(transport: ApiTransport, verb: string, { group = '', resource, namespace }: Omit<Right, 'verbs'>) {
  const [plural = '', subresource] = resource.split('/')
  const resourceAttributes = { verb, group, resource: plural, ...(subresource && { subresource }), ...(namespace && { namespace }) }
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } }
  const answer = await transport.json<{ status?: { allowed?: boolean } }>({ method: 'POST', path, body })
  return answer.status?.allowed === true
}
