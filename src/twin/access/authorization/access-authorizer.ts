import type { AccessDecision, RequestAttributes } from '../../api/http/access.ts'
import { nodeOfUser, type UserInfo } from '../../api/user-info.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { NodeAuthorizer } from './node-authorizer.ts'
import { RbacAuthorizer } from './rbac-authorizer.ts'

/** Who may do what: administrators everything, then the Node authorizer, then RBAC. Source: Kubernetes, Authorization overview. */
export class AccessAuthorizer {
  readonly rbac: RbacAuthorizer
  readonly #nodes: NodeAuthorizer

  constructor(store: ObjectStore, minor: number) {
    this.rbac = new RbacAuthorizer(store)
    this.#nodes = new NodeAuthorizer(store, minor)
  }

  authorize(user: UserInfo, attributes: RequestAttributes): AccessDecision {
    if (isMaster(user)) return { allowed: true }
    const node = nodeOfUser(user)
    const byNode = node === undefined ? undefined : this.#nodes.authorize(node, attributes)
    if (byNode?.allowed === true) return byNode
    const decision = this.rbac.authorize(user, attributes)
    if (decision.allowed || byNode?.reason === undefined) return decision
    return { allowed: false, reason: [byNode.reason, decision.reason].filter((reason) => reason).join('\n') }
  }
}

/** Nobody has to give them rights, and nobody can take them away. */
export function isMaster({ groups }: UserInfo): boolean {
  return groups.includes('system:masters')
}
